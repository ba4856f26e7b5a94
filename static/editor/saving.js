/** Decisions on their way to the server, and what its answers change on the sheet they came from. Knows no DOM. */

import * as state from "./state.js";

/**
 * @typedef {import("./conveyor.js").Sheet} Sheet
 * @typedef {import("./state.js").Verdict} Verdict
 * @typedef {{saved: (sheet: Sheet) => void, refused: (sheet: Sheet, index: number | null, message: string) => void}} News
 *   refused: index is the person's, null where the whole image was meant
 */

const PATHS = { accepted: "/api/accept", skipped: "/api/skip", not_a_person: "/api/not-a-person", open: "/api/reopen" };

/** Posts what the annotator decides. */
export class Saving {
  #outbox;
  #news;

  /** @param {import("./outbox.js").Outbox} outbox @param {News} news */
  constructor(outbox, news) {
    this.#outbox = outbox;
    this.#news = news;
  }

  /**
   * A decision about a person, before it is made on the desk. Refused, the person is as before, edits and all.
   * @param {Sheet} sheet @param {number} index @param {Verdict} verdict
   */
  decided(sheet, index, verdict) {
    const person = sheet.desk.persons[index];
    if (person.isUnknown) this.added(sheet, index);
    const before = { state: person.state, reason: person.reason };
    const label = state.labelOf(person);
    this.#entrust(sheet, person.key, {
      path: PATHS[verdict.state],
      body: () => bodyOf(state.byKey(sheet.desk, person.key), verdict, label),
      saved: (answer) => state.withKnown(sheet.desk, person.key, { revision: answer.person.revision, ...nowSaved(verdict, person.pose) }),
      refused: (problem) => takenBack(sheet.desk, person.key, before, problem),
    });
  }

  /** A person the annotator added: they get their real id. @param {Sheet} sheet @param {number} index */
  added(sheet, index) {
    sheet.desk = state.withPerson(sheet.desk, index, { isUnknown: false });
    const { key, box } = sheet.desk.persons[index];
    this.#entrust(sheet, key, {
      path: "/api/persons",
      body: () => ({ image_id: sheet.desk.imageId, box }),
      saved: (answer) => state.withKnown(sheet.desk, key, { id: answer.person.id, revision: answer.person.revision }),
      refused: (problem) => {
        const desk = state.withKnown(state.forget(sheet.desk, key), key, { isUnknown: true });
        return isListed(desk, key) ? takenBack(desk, key, { state: "open", reason: null }, problem) : desk;
      },
    });
  }

  /** A person added and taken off the list again: to the server nobody, as soon as it knows them.
   * @param {Sheet} sheet @param {import("./state.js").Person} person */
  removed(sheet, { key, isUnknown }) {
    if (isUnknown) return void (sheet.desk = state.forget(sheet.desk, key));
    this.#entrust(sheet, key, {
      path: PATHS.not_a_person,
      body: () => bodyOf(state.byKey(sheet.desk, key), { state: "not_a_person", reason: null }),
      saved: () => state.forget(sheet.desk, key),
      refused: (problem) => state.listAgain(sheet.desk, key, problem),
    });
  }

  /** Nobody (else) is in the image. @param {Sheet} sheet */
  finished(sheet) {
    this.#entrust(sheet, null, {
      path: "/api/finish",
      body: () => ({ image_id: sheet.desk.imageId }),
      saved: () => sheet.desk,
      refused: () => sheet.desk,
    });
  }

  /** Into the outbox, counted on its sheet until answered. key: whom it is about; null: the image. */
  #entrust(sheet, key, { path, body, saved, refused }) {
    sheet.waiting += 1;
    this.#outbox.add({
      path,
      body,
      about: `${sheet.desk.imageId}/${key ?? "image"}`,
      saved: (answer) => {
        sheet.waiting -= 1;
        sheet.desk = saved(answer);
        this.#news.saved(sheet);
      },
      refused: (error) => {
        sheet.waiting -= 1;
        sheet.desk = refused(error.message);
        const index = key === null ? null : sheet.desk.persons.findIndex((person) => person.key === key);
        if (index !== -1) this.#news.refused(sheet, index, error.message);
        else this.#news.saved(sheet); // whoever was taken off the list is not missed
      },
      dropped: () => {
        sheet.waiting -= 1;
      },
    });
  }
}

function isListed(desk, key) {
  return desk.persons.some((person) => person.key === key);
}

/** As before the decision; somebody taken off the list meanwhile is there again, since the server still knows them. */
function takenBack(desk, key, before, problem) {
  if (!isListed(desk, key)) return state.listAgain(desk, key, problem);
  return state.takeBack(desk, desk.persons.findIndex((person) => person.key === key), before, problem);
}

/** What a reload would bring after this decision: the label just saved; not what was there before it was taken back. */
function nowSaved(verdict, pose) {
  if (verdict.state === "accepted") return { start: pose, from: "label" };
  return verdict.state === "open" ? { start: null } : {};
}

function bodyOf(person, verdict, label) {
  const whom = { person_id: person.id, revision: person.revision };
  if (verdict.state === "accepted") return { ...whom, ...label, started_from: person.startedFrom };
  // A person skipped before this page was opened came without the reason.
  return verdict.state === "skipped" ? { ...whom, reason: verdict.reason ?? "other" } : whom;
}

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
    this.#entrust(sheet, index, {
      path: PATHS[verdict.state],
      body: () => bodyOf(sheet.desk.persons[index], verdict, label),
      saved: (answer) => ({ revision: answer.person.revision, ...nowSaved(verdict, person.pose) }),
      refused: (problem) => state.takeBack(sheet.desk, index, before, problem),
    });
  }

  /** A person the annotator added: they get their real id. @param {Sheet} sheet @param {number} index */
  added(sheet, index) {
    sheet.desk = state.withPerson(sheet.desk, index, { isUnknown: false });
    this.#entrust(sheet, index, {
      path: "/api/persons",
      body: () => ({ image_id: sheet.desk.imageId, box: sheet.desk.persons[index].box }),
      saved: (answer) => ({ id: answer.person.id, revision: answer.person.revision }),
      refused: (problem) => {
        const desk = state.takeBack(sheet.desk, index, { state: "open", reason: null }, problem);
        return state.withPerson(desk, index, { isUnknown: true });
      },
    });
  }

  /** Nobody (else) is in the image. @param {Sheet} sheet */
  finished(sheet) {
    this.#entrust(sheet, null, {
      path: "/api/finish",
      body: () => ({ image_id: sheet.desk.imageId }),
      saved: () => ({}),
      refused: () => sheet.desk,
    });
  }

  /** Into the outbox, counted on its sheet until answered. */
  #entrust(sheet, index, { path, body, saved, refused }) {
    sheet.waiting += 1;
    this.#outbox.add({
      path,
      body,
      about: `${sheet.desk.imageId}/${index ?? "image"}`,
      saved: (answer) => {
        sheet.waiting -= 1;
        if (index !== null) sheet.desk = state.withPerson(sheet.desk, index, saved(answer));
        this.#news.saved(sheet);
      },
      refused: (error) => {
        sheet.waiting -= 1;
        sheet.desk = refused(error.message);
        this.#news.refused(sheet, index, error.message);
      },
      dropped: () => {
        sheet.waiting -= 1;
      },
    });
  }
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

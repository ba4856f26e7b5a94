/** Decisions on their way to the server, and what its answers change on the sheet they came from. Knows no DOM. */

import { byKey, withKnown, withPerson } from "../desk/desk.js";
import * as deciding from "../desk/deciding.js";

/**
 * @typedef {import("../desk/desk.js").Desk} Desk
 * @typedef {import("../desk/desk.js").Person} Person
 * @typedef {import("../images/conveyor.js").Sheet} Sheet
 * @typedef {import("../desk/desk.js").Verdict} Verdict
 * @typedef {{saved: (sheet: Sheet) => void, refused: (sheet: Sheet, index: number | null, message: string) => void,
 *   posted?: (sheet: Sheet) => void}} News
 *   refused: index is the person's, null where the whole image was meant. posted: a decision is on its way
 */

/**
 * @typedef {Person["key"]} Key
 * @typedef {import("./outbox.js").Whom} Whom
 * @typedef {{path: string, whom: Whom | null, body: import("./outbox.js").Letter["body"], saved: (answer: any) => Desk,
 *   refused: (problem: string, code: string) => Desk}} Entrusted what is posted, and the desk after its answer
 */

const PATHS = { accepted: "/api/accept", skipped: "/api/skip", not_a_person: "/api/not-a-person", open: "/api/reopen" };
/** Somebody decided about the person meanwhile. */
const STALE = "revision_conflict";
/** What carries edits that are still there when it is refused. */
const HAVE_EDITS = ["/api/accept", "/api/persons"];

/** Posts what the annotator decides. */
export class Saving {
  #outbox;
  #news;
  #time;

  /** @param {import("./outbox.js").Outbox} outbox @param {News} news @param {Pick<import("../working_time.js").WorkingTime, "take"> | null} [time]
   * what was worked on whom; null: nobody measures */
  constructor(outbox, news, time = null) {
    this.#outbox = outbox;
    this.#news = news;
    this.#time = time;
  }

  /** The seconds worked on somebody since they were decided about last. @param {Sheet} sheet @param {Key} key */
  #worked(sheet, key) {
    return this.#time ? { seconds: this.#time.take(sheet.desk.imageId, key) } : {};
  }

  /**
   * A decision about a person, before it is made on the desk. Refused, the person is as before, edits and all.
   * @param {Sheet} sheet @param {number} index @param {Verdict} verdict
   * @param {deciding.Relabelled | null} [label] somebody accepted has another label, which is on the desk already: how they were before
   */
  decided(sheet, index, verdict, label = null) {
    // Nobody can be decided about whom the server does not know.
    if (sheet.desk.persons[index].isUnknown) this.added(sheet, index);
    const person = sheet.desk.persons[index];
    const { key } = person;
    const before = { state: person.state, reason: person.reason };
    this.#entrust(sheet, key, {
      path: PATHS[verdict.state],
      whom: whomOf(person),
      body: { ...bodyOf(person, verdict, this.#outbox.hasBoxOnTheWay(aboutOf(sheet.desk, key))), ...this.#worked(sheet, key) },
      /** @param {import("../../shared/contract.d.ts").SavedPayload} what */
      saved: ({ person: { revision, label_revision } }) =>
        withKnown(sheet.desk, key, { revision, ...nowSaved(verdict, person, byKey(sheet.desk, key), label_revision ?? null) }),
      /** @param {string} problem @param {string} code */
      refused: (problem, code) => {
        if (label && isListed(sheet.desk, key)) return deciding.takeLabelBack(sheet.desk, indexOf(sheet.desk, key), label, problem);
        const conflict = code === STALE ? { verdict, theirs: null } : null;
        return withKnown(takenBack(sheet.desk, key, before, problem), key, { conflict });
      },
    });
  }

  /** A person the annotator added: they get their real id. @param {Sheet} sheet @param {number} index */
  added(sheet, index) {
    const { key, box } = sheet.desk.persons[index];
    // Taken for saved at once, so that a second decision does not add them again; a refusal sets it back.
    sheet.desk = withPerson(sheet.desk, index, { isUnknown: false, savedBox: box });
    this.#entrust(sheet, key, {
      path: "/api/persons",
      whom: null,
      body: { image_id: sheet.desk.imageId, box },
      /** @param {any} answer */
      saved: (answer) => withKnown(sheet.desk, key, { id: answer.person.id, revision: answer.person.revision }),
      /** @param {string} problem */
      refused: (problem) => {
        const desk = withKnown(deciding.forget(sheet.desk, key), key, { isUnknown: true });
        return isListed(desk, key) ? takenBack(desk, key, { state: "open", reason: null }, problem) : desk;
      },
    });
  }

  /** A person added and taken off the list again: to the server nobody, as soon as it knows them.
   * @param {Sheet} sheet @param {import("../desk/desk.js").Person} person */
  removed(sheet, person) {
    const { key, isUnknown } = person;
    if (isUnknown) return void (sheet.desk = deciding.forget(sheet.desk, key));
    this.#entrust(sheet, key, {
      path: PATHS.not_a_person,
      whom: whomOf(byKey(sheet.desk, key) ?? person),
      body: { withdrawn: true },
      saved: () => deciding.forget(sheet.desk, key),
      /** @param {string} problem */
      refused: (problem) => deciding.listAgain(sheet.desk, key, problem),
    });
  }

  /** Nobody (else) is in the image. @param {Sheet} sheet */
  finished(sheet) {
    // A count, and no place in the past: undo and redo may have changed that when the answer comes.
    const before = countFinished(sheet.desk);
    this.#aboutImage(sheet, "/api/finish", () => withFinished(sheet.desk, before));
  }

  /** Somebody (else) may be in the image after all. @param {Sheet} sheet */
  reopened(sheet) {
    this.#aboutImage(sheet, "/api/reopen-image", () => sheet.desk);
  }

  /** @param {Sheet} sheet @param {string} path @param {() => Desk} refused */
  #aboutImage(sheet, path, refused) {
    this.#entrust(sheet, null, {
      path,
      whom: null,
      body: { image_id: sheet.desk.imageId },
      saved: () => sheet.desk,
      refused,
    });
  }

  /** Into the outbox, counted on its sheet until answered. key: whom it is about; null: the image.
   * @param {Sheet} sheet @param {Key | null} key @param {Entrusted} what */
  #entrust(sheet, key, { path, whom, body, saved, refused }) {
    sheet.waiting += 1;
    const { imageId, fileName } = sheet.desk;
    const letter = {
      path, about: aboutOf(sheet.desk, key), imageId, fileName, personKey: key,
      personNumber: numberOf(sheet.desk, key), whom, body,
    };
    this.#outbox.add(letter, {
      saved: (answer) => {
        sheet.waiting -= 1;
        sheet.desk = saved(answer);
        this.#news.saved(sheet);
      },
      refused: (error) => {
        sheet.waiting -= 1;
        sheet.desk = refused(error.message, "code" in error ? String(error.code) : "");
        const index = key === null ? null : indexOf(sheet.desk, key);
        if (index !== -1) this.#news.refused(sheet, index, error.message);
        else this.#news.saved(sheet); // whoever was taken off the list is not missed
      },
      dropped: () => {
        sheet.waiting -= 1;
      },
    });
    this.#news.posted?.(sheet);
  }
}

/** That a decision of an earlier page was refused, and where its edits are.
 * @param {import("./outbox.js").Posted} letter @param {{message: string, code?: string}} error */
export function strayInWords({ path, fileName, personNumber }, { message, code }) {
  const what = personNumber === null ? `What you decided about ${fileName}` : `Person ${personNumber} of ${fileName}`;
  const areKept = HAVE_EDITS.includes(path) && code !== "not_found";
  const where = code === STALE ? "open the image, and {start-from} lists them." : "open the image to see them.";
  return `${what} was not saved: ${message}${areKept ? ` Its edits are kept: ${where}` : ""}`;
}

/** That decisions are in this browser, of whomever, while the server does not answer. @param {number} count */
export function waitingInWords(count) {
  const what = count === 1 ? "One decision waits" : `${count} decisions wait`;
  return `${what} in this browser, not saved yet, until the server answers.`;
}

/** Whom a letter concerns: later ones about the same wait for it. key: null for the image. @param {Desk} desk @param {Key | null} key */
function aboutOf({ imageId }, key) {
  return `${imageId}/${key ?? "image"}`;
}

/** @param {Desk} desk */
function countFinished({ past }) {
  return past.filter((change) => change.kind === "finished").length;
}

/** Only the first `count` times that nobody else was said to be here: the later ones did not come about.
 * @param {Desk} desk @param {number} count */
function withFinished(desk, count) {
  let found = 0;
  return { ...desk, past: desk.past.filter((change) => change.kind !== "finished" || ++found <= count) };
}

/** @param {Desk} desk @param {Key} key */
function indexOf(desk, key) {
  return desk.persons.findIndex((person) => person.key === key);
}

/** As people count, from 1; null where nobody on the list is meant. @param {Desk} desk @param {Key | null} key */
function numberOf(desk, key) {
  const index = key === null ? -1 : indexOf(desk, key);
  return index === -1 ? null : index + 1;
}

/** @param {Desk} desk @param {Key} key */
function isListed(desk, key) {
  return indexOf(desk, key) !== -1;
}

/** As before the decision; somebody taken off the list meanwhile is there again, since the server still knows them.
 * @param {Desk} desk @param {Key} key @param {Verdict} before @param {string} problem */
function takenBack(desk, key, before, problem) {
  if (!isListed(desk, key)) return deciding.listAgain(desk, key, problem);
  return deciding.takeBack(desk, indexOf(desk, key), before, problem);
}

/** What a reload would bring after this decision: the label just saved; not what was there before it was taken back.
 * now: the person when the answer comes, who may have begun again from something else.
 * @param {Verdict} verdict @param {Person} person @param {Person | undefined} now @param {number | null} labelRevision the label's @returns {Partial<Person>} */
function nowSaved(verdict, { pose, box, startedFrom }, now, labelRevision) {
  if (verdict.state === "open") return { start: null };
  if (verdict.state !== "accepted") return { savedBox: box };
  /** @type {import("../desk/desk.js").Begun} */
  const offered = { from: "label", startedFrom, model: null, labelRevision };
  return { savedBox: box, start: pose, offered, ...(now?.pose === pose && offered) };
}

/** @param {Pick<Person, "id" | "revision">} person @returns {Whom} */
function whomOf({ id, revision }) {
  return { person_id: id, revision };
}

/** A decision, with the box where the server has another, or will have: a letter with a box is on its way.
 * @param {Person} person @param {Verdict} verdict @param {boolean} isBoxOnTheWay */
function bodyOf(person, verdict, isBoxOnTheWay) {
  if (verdict.state === "open") return {};
  const box = person.box === person.savedBox && !isBoxOnTheWay ? {} : { box: person.box };
  if (verdict.state === "accepted") return { ...box, ...deciding.labelOf(person), started_from: person.startedFrom, ...begunAs(person) };
  // A person skipped before this page was opened came without the reason.
  return verdict.state === "skipped" ? { ...box, reason: verdict.reason ?? "other" } : box;
}

/** What the pose began with, for the label's history. A label of no number is a pose copied, or kept edits.
 * @param {Person} person @returns {Pick<import("../../shared/contract.d.ts").AcceptMessage, "began" | "began_revision">} */
function begunAs({ from, labelRevision }) {
  if (from !== "label") return { began: from };
  return labelRevision === null ? { began: "copy" } : { began: "label", began_revision: labelRevision };
}

/** What the editor says, on the screen and to a screen reader. Pure; knows no DOM. */

import { flagOf, hasDrafts, personOf, spoken } from "./state.js";

/** @typedef {import("./state.js").Desk} Desk */

const VISIBILITIES = ["absent", "hidden", "visible"];

export const HOLD_LOST =
  "Your hold on this image has run out, and somebody else may have it now. Your edits are kept here; accept to see " +
  "whether they can still be saved.";
export const SESSION_ENDED = "Your session has ended. Sign in again in another tab; your edits are kept here.";

/** Who is selected, and what to do about them. @param {Desk} desk */
export function personInWords({ persons, person, skeleton, keypoint, placing }) {
  if (person === -1) return "No person is boxed in this image.";
  const flags = persons[person].flags.length;
  const reason = flagOf(persons[person], keypoint)?.reason;
  const todo = placing ? `Place the ${spoken(skeleton, keypoint)}.` : reason ?? "";
  return `Person ${person + 1} of ${persons.length}, ${flags === 1 ? "1 flag" : `${flags} flags`}. ${todo}`;
}

/** The selected keypoint, and why it is flagged. @param {Desk} desk */
export function keypointInWords(desk) {
  const person = personOf(desk);
  if (!person) return "";
  const reason = flagOf(person, desk.keypoint)?.reason;
  const seen = VISIBILITIES[person.pose.xyv[desk.keypoint][2]];
  return `${spoken(desk.skeleton, desk.keypoint)}, ${seen}${reason ? `. ${reason}` : ""}`;
}

/**
 * Whether all is saved, and what to do if not.
 * @param {import("./outbox.js").Outlook} outlook @param {Desk | null} desk @param {number} now ms
 * @returns {{status: "saved" | "saving" | "draft" | "unsaved", text: string}}
 */
export function standInWords({ state, pending, message, retryAt }, desk, now) {
  const count = pending > 1 ? ` (${pending})` : "";
  if (state === "saving") return { status: "saving", text: `Saving…${count}` };
  if (state === "signed-out") return { status: "unsaved", text: `Not saved${count}: sign in again in another tab.` };
  if (state === "waiting") {
    const seconds = Math.max(Math.ceil((retryAt - now) / 1000), 0);
    return { status: "unsaved", text: `Not saved${count}: ${message} Trying again in ${seconds} s.` };
  }
  const refused = desk ? desk.persons.findIndex((person) => person.problem) : -1;
  if (refused !== -1) return { status: "unsaved", text: `Not saved: see person ${refused + 1}` };
  if (desk && hasDrafts(desk)) return { status: "draft", text: "Not saved yet: Enter accepts" };
  return { status: "saved", text: "Saved" };
}

/** Why nothing is saved any more, and what to do. @param {number} pending how many decisions wait */
export function signInFirst(pending) {
  const waiting = pending === 1 ? "One decision waits" : `${pending} decisions wait`;
  return `Your session has ended. ${waiting} here; sign in, come back, and ${pending === 1 ? "it is" : "they are"} saved.`;
}

/** That edits of a draft are back. @param {number} restored how many persons' */
export function restoredInWords(restored) {
  const whose = restored === 1 ? "one person" : `${restored} persons`;
  return `Your unsaved edits of ${whose} are back. Undo takes them away.`;
}

/** What the editor says, on the screen and to a screen reader. Pure; knows no DOM. */

import { ABSENT, HIDDEN, countUndecided, flagOf, hasDrafts, isUndecided, personOf, spoken } from "./state.js";

/** @typedef {import("./state.js").Desk} Desk */

const VISIBILITIES = ["absent", "hidden", "visible"];

export const HOLD_LOST =
  "Your hold on this image has run out, and somebody else may have it now. Your edits are kept here; accept to see " +
  "whether they can still be saved.";
export const SESSION_ENDED = "Your session has ended. Sign in again in another tab; your edits are kept here.";

/** Why a flag is there, in the panel. */
export const LEGEND = "Yellow rings: the predictions differ here, or are unsure. Drag the point, or press Enter if it is right.";
export const INCONSISTENCY = "Inconsistency: 0 means that the predictions agree, 1 that they do not.";

/** How a keypoint stands: "not placed" where nobody has decided about it yet.
 * @param {import("./state.js").Person} person @param {number} keypoint */
export function standOf(person, keypoint) {
  return isUndecided(person, keypoint) ? "not placed" : VISIBILITIES[person.pose.xyv[keypoint][2]];
}

/** What accepting would do with the keypoints nobody has decided about. @param {number} count */
export function notPlacedYet(count) {
  if (count === 1) return "1 keypoint is not placed. Enter again accepts it as absent.";
  return `${count} keypoints are not placed. Enter again accepts them as absent.`;
}

/** What to do next about placing, or "". byTouch: no keyboard at hand. @param {Desk} desk @param {{byTouch: boolean}} hand */
export function hintInWords(desk, { byTouch }) {
  const person = personOf(desk);
  if (person?.state !== "open") return "";
  if (desk.placing) return placingInWords(spoken(desk.skeleton, desk.keypoint), desk.placeAs, byTouch);
  if (person.from !== "empty" && !countUndecided(person)) return "";
  if (countUndecided(person)) {
    return byTouch ? "Tap a keypoint in the list to go on placing" : "Click a keypoint in the list, or press N, to go on placing";
  }
  if (!person.pose.xyv.some((point) => point[2] !== ABSENT)) return "";
  return byTouch ? "All placed" : "All placed · Enter accepts";
}

function placingInWords(name, placeAs, byTouch) {
  if (placeAs === HIDDEN) return `The next ${byTouch ? "tap" : "click"} places the ${name} hidden`;
  if (byTouch) return `Tap to place the ${name}, or choose Hidden or Absent first`;
  return `Click to place the ${name} · Shift and click if it is hidden · N leaves it out · Esc to stop`;
}

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
  const seen = standOf(person, desk.keypoint);
  return `${spoken(desk.skeleton, desk.keypoint)}, ${seen}${reason ? `. ${reason}` : ""}`;
}

/** Why the upright view cannot be had. */
export const NO_LENS = "This camera is not a fisheye: its images are shown as they are.";

/** How the image lies in the view. turn: the view's, own: the one that puts the person's head up, both in radians.
 * @param {{isOn: boolean, turn: number, own: number}} view isOn: the upright view */
export function turnInWords({ isOn, turn, own }) {
  const degrees = (angle) => Math.abs(Math.round((angle * 180) / Math.PI));
  if (!isOn) return "Shown as the camera took it";
  if (degrees(turn)) return `Turned ${degrees(turn)}° so that the head points up`;
  return degrees(own) ? "Not turned: C turns to the person" : "Not turned: the head points up already";
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
    return { status: "unsaved", text: `Not saved${count}, again in ${seconds} s: ${message}` };
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

/** That edits of a draft are back, and whether they still fit. @param {import("./drafts.js").Restored[]} restored */
export function restoredInWords(restored) {
  const others = restored.filter((one) => one.fromAnotherStart);
  const back = `Your unsaved edits of ${personsInWords(restored)} are back.`;
  if (!others.length) return back;
  const whose = others.length === restored.length ? "They began" : `Those of ${personsInWords(others)} began`;
  return `${back} ${whose} from an earlier prediction or label than today's.`;
}

/** "person 2", "persons 1 and 3" */
function personsInWords(restored) {
  const numbers = restored.map(({ person }) => person + 1).sort((a, b) => a - b);
  if (numbers.length === 1) return `person ${numbers[0]}`;
  return `persons ${numbers.slice(0, -1).join(", ")} and ${numbers.at(-1)}`;
}

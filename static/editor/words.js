/** What the editor says, on the screen and to a screen reader; a key is written as its command in braces, as keys.withKeys
 * reads it. Pure; knows no DOM. */

import { ABSENT, HIDDEN, countUndecided, flagOf, hasDrafts, isUndecided, personOf } from "./desk/desk.js";
import { WHOLE_POSE, flagInWords, isWholePoseFlagged } from "./desk/flag_words.js";
import { sideless, spoken } from "./desk/keypoint_names.js";
import { SKIP_REASONS, UNLABELABLE } from "./desk/deciding.js";

/** @typedef {import("./desk/desk.js").Desk} Desk */

export const NO_SIDE = "This keypoint has no left or right. Choose one of the limb to swap, or swap the whole person ({swap-person}).";
export const TOOL_FIRST = "Nothing moves as a whole by accident: press {transform} for the whole pose, or {box-edit} for the box, first.";

const VISIBILITIES = ["absent", "hidden", "visible"];

/** That an image is not held for oneself any more. @param {string | null} heldBy who works on it now, where that is known */
export function holdLostInWords(heldBy) {
  const who = heldBy === null ? "somebody else may have it now" : `${heldBy} works on it now`;
  return `Your hold on this image has run out, and ${who}. Your edits are kept here as a draft; accept to see whether they can still be saved.`;
}

/** Edits of somebody about whom another decided while they waited in this browser. */
export const EDITS_OF_BEFORE =
  "Somebody decided about a person of this image while your edits waited. Yours are not lost: {reopen} opens the person, {start-from} lists them.";
/** What the server says of an image that nobody holds. */
export const FREE = "Nobody works on it now.";
export const ONLY_LOOKING = "You can look at this image, not change it.";

/** That an image is somebody else's now, or nobody's any more. @param {string | null} heldBy */
export function lookingInWords(heldBy) {
  if (heldBy === null) return "This image is free now. Work on it, or go on looking.";
  return `${heldBy} works on this image now: you can look, not change.`;
}

export const SESSION_ENDED = "Your session has ended. Sign in again in another tab; your edits are kept here.";
export const IN_ANOTHER_TAB =
  "This image is open in another tab of this browser too. Work on it in one of them: of two drafts, the one changed last is kept.";

/** What somebody else decided about a person meanwhile. @param {import("./desk/desk.js").Theirs} theirs */
export function conflictInWords({ by, what, at, xyv }) {
  const when = at === null ? "" : ` at ${new Date(at).toLocaleTimeString(undefined, { timeStyle: "short" })}`;
  const where = xyv ? " Theirs is the yellow one on the image (T), yours the one in colours." : "";
  return `${by || "Somebody"} decided about this person meanwhile${when}: ${what || "another state"}.${where} Nothing is lost, whichever you choose.`;
}

export const GONE = "That person is not in this image any more. Your edits are still here.";
export const TOOK_THEIRS = "Theirs is taken. Yours is kept while this page is open: {reopen} opens the person, {start-from} lists it.";

/** The image's name, to a screen reader. */
export const IMAGE = "Image. {flag-next} walks the flags, {nudge} move the keypoint, question mark shows all keys; after Escape, Tab leaves.";

/** Why a flag is there, in the panel. */
export const LEGEND = "Wrong: drag it. Right: leave it, or press {visible}.";
export const DOUBT = "How much this pose is in doubt, from 0 to 1: whoever is in more doubt comes first. It counts no keypoints.";

/** How it works, on the help page: what it is about, and what is to be said. @type {[string, string][]} */
export const HOW = [
  ["Left and right", " are the person's own: facing you, their left hand is on your right. Left keypoints are blue discs, right ones orange squares."],
  ["Hidden", ": something covers it, but you can tell where it is. Its mark is hollow."],
  ["Absent", ": outside the picture, or impossible to tell."],
  ["Flags", " (yellow rings) mark keypoints that are probably wrong. Drag the point where it belongs. If it is right, leave it: Enter accepts it as it is. Dragging, {visible}, {hidden} and {absent} mark the flag as looked at; {flag-next} goes to the next one."],
  ["Upright view", ": under a fisheye on the ceiling, heads point away from the middle. Each person is turned so that somebody who stands there is upright; the whole image ({fit-image}) stays as it was taken. {upright} switches it off and on."],
  ["Ghosts", " are the dashed poses under yours: where the networks A and B put the keypoints, where the student S did, and the previous label L. {ghosts} hides them all; View ({view-settings}) has a switch for each, and for all else that is drawn."],
  ["Loupe", " ({loupe}): what lies around the selected keypoint, magnified. Under a finger it comes by itself."],
  ["Enter", " accepts the person, flags and all, and goes on to the next person, then to the next image. {undo} takes back step by step, also into the image before."],
  ["Mouse", ": drag a keypoint to move it; a right click makes it visible, hidden, absent in turn; drag anywhere else to move the image; the wheel or two fingers zoom. Click a person to select them. While placing, a click places the keypoint, Shift and a click places it hidden; {visible} or {hidden} places it where the pointer is."],
  ["Keyboard alone", ": {nudge} put the keypoint that is asked for beside its neighbour, then move it, wherever the mouse is. {keypoint-next} goes on to the next one."],
];

/** How a keypoint stands: "not placed" where nobody has decided about it yet.
 * @param {import("./desk/desk.js").Person} person @param {number} keypoint */
export function standOf(person, keypoint) {
  return isUndecided(person, keypoint) ? "not placed" : VISIBILITIES[person.pose.xyv[keypoint][2]];
}

/** What accepting would do with the keypoints nobody has decided about. @param {number} count */
export function notPlacedYet(count) {
  if (count === 1) return "1 keypoint is not placed. Enter again accepts it as absent.";
  return `${count} keypoints are not placed. Enter again accepts them as absent.`;
}

/** What to do next about placing, or "". byTouch: no keyboard at hand. @param {Desk} desk
 * @param {{byTouch: boolean, isLooking?: boolean}} how */
export function hintInWords(desk, { byTouch, isLooking = false }) {
  const person = personOf(desk);
  if (isLooking || person?.state !== "open") return "";
  if (desk.placing) return placingInWords(spoken(desk.skeleton, desk.keypoint), desk.placeAs, byTouch);
  if (person.from !== "empty" && !countUndecided(person)) return "";
  if (countUndecided(person)) {
    return byTouch ? "Tap a keypoint in the list to go on placing" : "Click a keypoint in the list, or press {keypoint-next}, to go on placing";
  }
  if (!person.pose.xyv.some((point) => point[2] !== ABSENT)) return "";
  return byTouch ? "All placed" : "All placed · Enter accepts";
}

const TOOLS = {
  "add-box": ["Drag a box around the person · Enter puts one here · Esc to stop", "Drag a box around the person"],
  "edit-box": [
    "The box: drag it, its handles or the round one that turns it · {nudge} move, {size} size, {turn-left} and {turn-right} turn · Enter when done",
    "Drag the box, its handles, or the round one that turns it",
  ],
  pose: [
    "The whole pose: drag inside to move, a corner to scale, the round handle to turn · {nudge} move, {size-up} and {size-down} scale, {turn-left} and {turn-right} turn · Enter when done",
    "Drag inside to move the whole pose, a corner to scale it, the round handle to turn it",
  ],
};

/** What the tool that is switched on does. @param {import("./tools/tool.js").ToolName} tool @param {{byTouch: boolean}} hand */
export function toolInWords(tool, { byTouch }) {
  return TOOLS[tool][byTouch ? 1 : 0];
}

/** That a limb looks exchanged with its partner. @param {import("./desk/desk.js").Skeleton} skeleton @param {number[]} limb */
export function swapInWords(skeleton, limb) {
  const names = limb.map((keypoint) => sideless(skeleton, keypoint));
  return `Left and right swapped? The networks see ${names.join(", ")} the other way round. Swap them`;
}

/** That a ghost was put on or off. @param {string} name whose it is
 * @param {{isOn: boolean, isThere: boolean}} ghost isThere: the selected person has one */
export function ghostInWords(name, { isOn, isThere }) {
  if (!isOn) return `${name}: off.`;
  return isThere ? `${name}: shown.` : `${name}: shown, but there is none of this person.`;
}

/** Why a person can be skipped. @param {(reason: string) => void} skipFor
 * @param {(() => void) | null} all skips everybody whom nobody can label; null: only a lead may
 * @returns {import("./panel/menu.js").Item[]} */
export function skipChoices(skipFor, all) {
  /** @type {import("./panel/menu.js").Item[]} */
  const reasons = SKIP_REASONS.map((reason) => {
    const text = reason.charAt(0).toUpperCase() + reason.slice(1);
    if (reason === "other") return { text: "Other…", ask: { label: "Skip this person: why?", button: "Skip", act: (said) => skipFor(`other: ${said}`) } };
    const isForAll = all === null && UNLABELABLE.includes(reason);
    return { text, act: () => skipFor(reason), ...(isForAll && { detail: "A lead can skip all like this at once." }) };
  });
  return all === null ? reasons : [...reasons, { text: "Everybody too small or too dark…", detail: "Says how many they are, and asks.", act: all }];
}

/** Skipping everybody whom nobody can label. */
export const SKIP_ALL = {
  looking: "Looking who is too small or too dark…",
  leave: "Leave them",
  /** What is asked, and what the buttons say; null for those that there are none of.
   * @param {import("../shared/contract.d.ts").UnlabelablePayload | null} found null: nothing was imported */
  question(found) {
    if (found === null) return { title: "There are no images.", skip: null, back: null };
    const { people, held, skipped, words, confirm } = found;
    const stay = held ? ` ${held} more ${held === 1 ? "is" : "are"} in images that somebody has open, as you have this one, and ${held === 1 ? "stays as it is" : "stay as they are"}.` : "";
    const who = people === 1 ? "this person" : `${people} people`;
    return {
      title: people ? `${confirm}${stay}` : words,
      skip: people ? `Skip ${who}` : null,
      back: skipped ? `Take back the ${skipped} skipped so before` : null,
    };
  },
  /** @param {string} why */
  failed: (why) => `Nobody was skipped or taken back: ${why}`,
};

/** How an image stands that one worked on. @param {{camera: string, is_open: boolean, decided_at: string}} image @param {number} now ms */
export function recentInWords({ camera, is_open: isOpen, decided_at: at }, now) {
  const minutes = Math.max(Math.round((now - Date.parse(at)) / 60_000), 0);
  const ago = minutes < 1 ? "just now" : minutes < 60 ? `${minutes} min ago` : minutes < 1440 ? `${Math.round(minutes / 60)} h ago` : `${Math.round(minutes / 1440)} d ago`;
  return `${camera ? `${camera} · ` : ""}${isOpen ? "open" : "done"} · ${ago}`;
}

/** What a person could begin again from. @param {import("./desk/desk.js").Start} start */
export function startInWords({ from, model, text }) {
  return text ?? { student: `The prediction of ${model ?? "the student"}`, model: `The prediction of ${model}`, label: "The previous label", empty: "Nothing placed" }[from];
}

/** That a pose was copied, and from where. @param {string} fileName */
export function copiedInWords(fileName) {
  return `Copied from ${fileName}, fitted to the box. Look at each keypoint.`;
}

export const NOBODY_BEFORE = "No earlier frame of this camera has a pose to copy.";

/** That the earlier frame shows nobody near. @param {string} fileName */
export function nobodyNear(fileName) {
  return `In ${fileName} nobody stands where this person does.`;
}

/** What Shift and Enter would do with keypoints nobody has decided about. @param {number} count @param {number} persons */
export function notPlacedYetByAll(count, persons) {
  const what = count === 1 ? "1 keypoint is not placed" : `${count} keypoints are not placed`;
  return `${what} (${persons === 1 ? "1 person" : `${persons} persons`}). {accept-image} again accepts everybody, and takes them as absent.`;
}

/** How many images are to do, and the camera of this one. @param {string} camera "" where it has none
 * @param {number} toDo not finite where nobody has counted @param {{isLooking: boolean}} how */
export function placeInWords(camera, toDo, { isLooking }) {
  const left = isLooking || !Number.isFinite(toDo) ? "" : toDo <= 1 ? "last image" : `${toDo} images to do`;
  const where = camera && `${/^cam/i.test(camera) ? "" : "camera "}${camera}`;
  return [left, where].filter(Boolean).join(" · ");
}

/** What to do about an image in which nobody is boxed. @param {{byTouch: boolean, isLooking: boolean}} how */
export function nobodyBoxed({ byTouch, isLooking }) {
  if (isLooking) return "Nobody is boxed in this image.";
  return `${byTouch ? "The dashed box in the bar" : "{add-person}"} adds a person. If nobody is in the image, say so below.`;
}

/** @param {string} name @param {Desk["placeAs"]} placeAs @param {boolean} byTouch */
function placingInWords(name, placeAs, byTouch) {
  if (placeAs === HIDDEN) return `The next ${byTouch ? "tap" : "click"} places the ${name} hidden`;
  if (byTouch) return `Tap to place the ${name}, or choose Hidden or Absent first`;
  return `Click to place the ${name} · Shift and click if it is hidden · {keypoint-next} leaves it out · Esc to stop`;
}

/** Who is selected, and what to do about them. @param {Desk} desk */
export function personInWords({ persons, person, skeleton, keypoint, placing }) {
  if (person === -1) return "No person is boxed in this image.";
  const flags = persons[person].flags.length;
  const what = isWholePoseFlagged(persons[person], skeleton) ? WHOLE_POSE.toLowerCase() : flags === 1 ? "1 flag" : `${flags} flags`;
  const reason = reasonOf(persons[person], keypoint);
  const todo = placing ? `Place the ${spoken(skeleton, keypoint)}.` : reason ?? "";
  return `Person ${person + 1} of ${persons.length}, ${what}. ${todo}`;
}

/** Why a keypoint is flagged. @param {import("./desk/desk.js").Person} person @param {number} keypoint */
function reasonOf(person, keypoint) {
  const flag = flagOf(person, keypoint);
  return flag && flagInWords(flag.reason).short;
}

/** The selected keypoint, and why it is flagged. @param {Desk} desk */
export function keypointInWords(desk) {
  const person = personOf(desk);
  if (!person) return "";
  const reason = reasonOf(person, desk.keypoint);
  const seen = standOf(person, desk.keypoint);
  return `${spoken(desk.skeleton, desk.keypoint)}, ${seen}${reason ? `. ${reason}` : ""}`;
}

export const NOT_KEPT = "This browser can keep no more of your work: its storage is full or forbidden. Accept what is open before you close the page.";

/** Why nobody is pointed at: nothing was predicted yet, or nothing of it is in doubt.
 * @param {import("./desk/desk.js").Person} person @param {{isLooking?: boolean}} [how] */
export function noFlagInWords({ from, score }, { isLooking = false } = {}) {
  if (from === "empty" && isLooking) return "Nobody has placed or predicted this person yet.";
  if (from === "empty") return "No prediction to start from: place the keypoints in order.";
  return score === null ? "No prediction yet: nothing says what to look at." : "No flag: no keypoint of this person is much in doubt.";
}

/** What is to be placed before anything can be accepted. @param {string} name */
export function placeFirst(name) {
  return `Place the ${name} first: click in the image, or an arrow puts it there. {skip} skips this person, {not-a-person} says that nobody is there.`;
}

export const DECIDED = "This person is decided. {reopen} opens them again, to change anything.";

/** Why another person is selected now. @param {number} before who was, as people count @param {number} now who is */
export function wasDecided(before, now) {
  return `Person ${before} is decided already: on to person ${now}.`;
}

export const NOBODY_SENT_BACK = "Nobody of yours is sent back just now.";

/** That reviewers sent persons back, to a screen reader. @param {number} count how many wait in all */
export function sentBackAnew(count) {
  return `A reviewer sent persons back to you: ${count === 1 ? "1 waits" : `${count} wait`}. {sent-back} opens the first.`;
}

/** That everybody of an image was accepted at once. @param {number} count @param {string} fileName */
export function acceptedInWords(count, fileName) {
  return `${count} persons of ${fileName} accepted. {undo} takes all back.`;
}

/** Why the upright view cannot be had. */
export const NO_LENS = "This camera is not a fisheye: its images are shown as they are.";

/** How the image lies in the view. turn: the view's, own: the one that puts somebody standing there upright, both in radians.
 * @param {{isOn: boolean, turn: number, own: number}} view isOn: the upright view */
export function turnInWords({ isOn, turn, own }) {
  /** @param {number} angle */
  const degrees = (angle) => Math.abs(Math.round((angle * 180) / Math.PI));
  if (!isOn) return "Shown as the camera took it";
  if (degrees(turn)) return `Turned ${degrees(turn)}°: who stands here is upright`;
  return degrees(own) ? "Not turned: {fit-person} turns to the person" : "Not turned: who stands here is upright already";
}

/**
 * Whether all is saved, and what to do if not.
 * @param {import("./server/outbox.js").Outlook} outlook @param {Desk | null} desk @param {Desk[]} behind those left behind @param {number} now ms
 * @returns {{status: "saved" | "saving" | "draft" | "unsaved", text: string}}
 */
export function standInWords({ state, pending, message, retryAt }, desk, behind, now) {
  const count = pending > 1 ? ` (${pending})` : "";
  if (state === "saving") return { status: "saving", text: `Saving…${count}` };
  if (state === "signed-out") return { status: "unsaved", text: `Not saved${count}: sign in again in another tab.` };
  if (state === "another-project") return { status: "unsaved", text: `Not saved${count}: another project is here now.` };
  if (state === "waiting") {
    const seconds = Math.max(Math.ceil((retryAt - now) / 1000), 0);
    return { status: "unsaved", text: `Not saved${count}, again in ${seconds} s: ${message}` };
  }
  const refused = desk ? desk.persons.findIndex((person) => person.problem) : -1;
  if (refused !== -1) return { status: "unsaved", text: `Not saved: see person ${refused + 1}` };
  const left = behind.find((one) => one.persons.some((person) => person.problem));
  if (left) return { status: "unsaved", text: `Not saved: see ${left.fileName}` };
  if (desk && hasDrafts(desk)) return { status: "draft", text: "Not saved yet: Enter accepts" };
  return { status: "saved", text: "Saved" };
}

/** Why nothing is saved any more, and what to do. @param {number} pending how many decisions wait */
export function signInFirst(pending) {
  const waiting = pending === 1 ? "One decision waits" : `${pending} decisions wait`;
  return `Your session has ended. ${waiting} here; sign in, come back, and ${pending === 1 ? "it is" : "they are"} saved.`;
}

/** That edits of a draft are back, and whether they still fit. @param {import("./keeping/drafts.js").Restored[]} restored */
export function restoredInWords(restored) {
  const others = restored.filter((one) => one.fromAnotherStart);
  const back = `Your unsaved edits of ${personsInWords(restored)} are back.`;
  if (!others.length) return back;
  const whose = others.length === restored.length ? "They began" : `Those of ${personsInWords(others)} began`;
  return `${back} ${whose} from an earlier prediction or label than today's.`;
}

/** "person 2", "persons 1 and 3" @param {import("./keeping/drafts.js").Restored[]} restored */
function personsInWords(restored) {
  const numbers = restored.map(({ person }) => person + 1).sort((a, b) => a - b);
  if (numbers.length === 1) return `person ${numbers[0]}`;
  return `persons ${numbers.slice(0, -1).join(", ")} and ${numbers.at(-1)}`;
}

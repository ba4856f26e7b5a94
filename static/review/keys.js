/** Which key does what while one reviews: the editor's keys, but for Y and N, which say how the label is: in the editor
 * the one does nothing and the other only selects, so that a hand used to one page breaks nothing on the other. Pure. */

import { BINDINGS } from "../editor/input/keys.js";

/** @typedef {import("../editor/input/keys.js").Binding} Binding */

/** What a reviewer's hands do as an annotator's do. */
const AS_IN_THE_EDITOR = new Set([
  "flag-next", "flag-previous", "nudge-left", "nudge-right", "nudge-up", "nudge-down",
  "nudge-left-far", "nudge-right-far", "nudge-up-far", "nudge-down-far", "visible", "hidden", "absent", "swap-limb", "swap-person",
  "hide", "upright", "fit-person", "fit-image", "zoom-in", "zoom-out", "cancel",
]);

/** @type {Binding[]} */
export const REVIEW_KEYS = [
  { group: "Review", command: "good", keys: ["Y"], label: "Good" },
  { group: "Review", command: "back", keys: ["N"], label: "Send back: say why, or save your pose" },
  { group: "Review", command: "undo", keys: ["Z", "Mod+Z"], label: "Undo a move, or the last review" },
  { group: "Keypoints", command: "keypoint-next", keys: ["]"], label: "Next keypoint" },
  { group: "Keypoints", command: "keypoint-previous", keys: ["[", "P"], label: "Previous keypoint" },
  ...BINDINGS.filter(({ command }) => AS_IN_THE_EDITOR.has(command)),
];

/** What the panel tells of them: the ones that are not in its buttons, a line each. @type {{keys: string, label: string}[]} */
export const TOLD_KEYS = [
  { keys: "Z", label: "undo a move, or your last review" },
  { keys: "drag, arrows", label: "move a keypoint" },
  { keys: "Tab, [ ]", label: "next flag, other keypoints" },
  { keys: "0 1 2", label: "absent, hidden, visible" },
  { keys: "I, ⇧ I", label: "swap left and right: limb, person" },
  { keys: "H", label: "hide the pose while held" },
  { keys: "C F + −", label: "person, image, zoom" },
];

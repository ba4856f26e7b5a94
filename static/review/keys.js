/** Which key does what while one reviews: the editor's keys, but for Y and N, which say how the label is. Pure. */

/** @typedef {import("../editor/input/keys.js").Binding} Binding */

/** @type {Binding[]} */
export const REVIEW_KEYS = [
  { group: "Review", command: "good", keys: ["Y"], label: "Good" },
  { group: "Review", command: "back", keys: ["N"], label: "Back: say why, or send your pose" },
  { group: "Review", command: "undo", keys: ["Z", "Mod+Z"], label: "Undo a move, or the last review" },
  { group: "Keypoints", command: "flag-next", keys: ["Tab"], label: "Next flag" },
  { group: "Keypoints", command: "flag-previous", keys: ["Shift+Tab"], label: "Previous flag" },
  { group: "Keypoints", command: "keypoint-next", keys: ["]"], label: "Next keypoint" },
  { group: "Keypoints", command: "keypoint-previous", keys: ["[", "P"], label: "Previous keypoint" },
  { group: "Keypoints", command: "nudge-left", keys: ["ArrowLeft"], label: "Move by 1 px" },
  { group: "Keypoints", command: "nudge-right", keys: ["ArrowRight"], label: "Move by 1 px" },
  { group: "Keypoints", command: "nudge-up", keys: ["ArrowUp"], label: "Move by 1 px" },
  { group: "Keypoints", command: "nudge-down", keys: ["ArrowDown"], label: "Move by 1 px" },
  { group: "Keypoints", command: "nudge-left-far", keys: ["Shift+ArrowLeft"], label: "Move by 10 px" },
  { group: "Keypoints", command: "nudge-right-far", keys: ["Shift+ArrowRight"], label: "Move by 10 px" },
  { group: "Keypoints", command: "nudge-up-far", keys: ["Shift+ArrowUp"], label: "Move by 10 px" },
  { group: "Keypoints", command: "nudge-down-far", keys: ["Shift+ArrowDown"], label: "Move by 10 px" },
  { group: "Keypoints", command: "visible", keys: ["2"], label: "Visible" },
  { group: "Keypoints", command: "hidden", keys: ["1"], label: "Hidden, place guessed" },
  { group: "Keypoints", command: "absent", keys: ["0"], label: "Absent" },
  { group: "Keypoints", command: "swap-person", keys: ["Shift+Y", "X"], label: "Swap left and right: whole person" },
  { group: "View", command: "hide", keys: ["H"], label: "Hide the pose while held" },
  { group: "View", command: "upright", keys: ["U"], label: "Upright view: heads up" },
  { group: "View", command: "fit-person", keys: ["C"], label: "Zoom to the person" },
  { group: "View", command: "fit-image", keys: ["F"], label: "Whole image" },
  { group: "View", command: "zoom-in", keys: ["+", "="], label: "Zoom in" },
  { group: "View", command: "zoom-out", keys: ["-"], label: "Zoom out" },
  { group: "View", command: "cancel", keys: ["Escape"], label: "Stop; then Tab leaves the image" },
];

/** What the panel tells of them: the ones that are not in its buttons, a line each. @type {{keys: string, label: string}[]} */
export const TOLD_KEYS = [
  { keys: "Z", label: "undo a move, or your last review" },
  { keys: "drag, arrows", label: "move a keypoint" },
  { keys: "Tab, [ ]", label: "next flag, other keypoints" },
  { keys: "0 1 2", label: "absent, hidden, visible" },
  { keys: "X", label: "swap left and right" },
  { keys: "H", label: "hide the pose while held" },
  { keys: "C F + −", label: "person, image, zoom" },
];

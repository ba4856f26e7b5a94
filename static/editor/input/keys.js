/** Which key does what. Pure: a table, and the way from a key press to a command. */

/**
 * @typedef {{command: string, keys: string[], label: string, group: string}} Binding
 * A key is written as the browser names it, "Shift+" before arrows, letters and Tab, "Mod+" for Ctrl or Cmd.
 */

/** @type {Binding[]} */
export const BINDINGS = [
  { group: "Keypoints", command: "flag-next", keys: ["Tab"], label: "Next flag" },
  { group: "Keypoints", command: "flag-previous", keys: ["Shift+Tab"], label: "Previous flag" },
  { group: "Keypoints", command: "keypoint-next", keys: ["N", "]"], label: "Next keypoint, or leave out" },
  { group: "Keypoints", command: "keypoint-previous", keys: ["P", "["], label: "Previous keypoint" },
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
  { group: "Keypoints", command: "clear-keypoint", keys: ["Delete", "Backspace"], label: "Clear: not placed" },
  { group: "Keypoints", command: "clear-all", keys: ["Shift+Delete"], label: "Clear all keypoints" },
  { group: "Keypoints", command: "visibility-cycle", keys: ["V"], label: "Visible, hidden, absent in turn" },
  { group: "Pose", command: "swap-limb", keys: ["I"], label: "Swap left and right: this limb" },
  { group: "Pose", command: "swap-person", keys: ["Shift+I"], label: "Swap left and right: whole person" },
  { group: "Pose", command: "mirror", keys: ["Shift+M"], label: "Mirror the pose" },
  { group: "Pose", command: "transform", keys: ["M"], label: "Move, turn, scale the whole pose" },
  { group: "Pose", command: "box-edit", keys: ["Shift+B"], label: "Change the box" },
  { group: "Pose", command: "copy-previous", keys: ["D"], label: "Copy from the previous frame" },
  { group: "Pose", command: "start-from", keys: ["A"], label: "Start again from: prediction, label, empty" },
  { group: "Whole pose or box", command: "turn-left", keys: [","], label: "Turn by 2 degrees" },
  { group: "Whole pose or box", command: "turn-right", keys: ["."], label: "Turn by 2 degrees" },
  { group: "Whole pose or box", command: "size-left", keys: ["Alt+ArrowLeft"], label: "Size by 1 px or 2 %" },
  { group: "Whole pose or box", command: "size-right", keys: ["Alt+ArrowRight"], label: "Size by 1 px or 2 %" },
  { group: "Whole pose or box", command: "size-up", keys: ["Alt+ArrowUp"], label: "Size by 1 px or 2 %" },
  { group: "Whole pose or box", command: "size-down", keys: ["Alt+ArrowDown"], label: "Size by 1 px or 2 %" },
  { group: "Whole pose or box", command: "size-left-far", keys: ["Alt+Shift+ArrowLeft"], label: "Size by ten of these" },
  { group: "Whole pose or box", command: "size-right-far", keys: ["Alt+Shift+ArrowRight"], label: "Size by ten of these" },
  { group: "Whole pose or box", command: "size-up-far", keys: ["Alt+Shift+ArrowUp"], label: "Size by ten of these" },
  { group: "Whole pose or box", command: "size-down-far", keys: ["Alt+Shift+ArrowDown"], label: "Size by ten of these" },
  { group: "Persons", command: "accept", keys: ["Enter"], label: "Accept person" },
  { group: "Persons", command: "skip", keys: ["S"], label: "Skip person, with a reason" },
  { group: "Persons", command: "not-a-person", keys: ["X"], label: "Not a person" },
  { group: "Persons", command: "reopen", keys: ["R"], label: "Open a decided person again" },
  { group: "Persons", command: "person-next", keys: ["PageDown"], label: "Next person" },
  { group: "Persons", command: "person-previous", keys: ["PageUp"], label: "Previous person" },
  { group: "Persons", command: "person-open-next", keys: ["O"], label: "Next person still open" },
  { group: "Persons", command: "person-labelled-next", keys: ["Shift+O"], label: "Next accepted person" },
  { group: "Persons", command: "history", keys: ["T"], label: "History of the person's labels" },
  { group: "Persons", command: "accept-image", keys: ["Shift+Enter"], label: "Accept everybody in the image" },
  { group: "Persons", command: "add-person", keys: ["B"], label: "Add a person: drag a box" },
  { group: "Persons", command: "finish", keys: ["E"], label: "Nobody (else) here" },
  { group: "View", command: "upright", keys: ["U"], label: "Upright view: heads up" },
  { group: "View", command: "fit-person", keys: ["C"], label: "Zoom to the person" },
  { group: "View", command: "fit-image", keys: ["F"], label: "Whole image" },
  { group: "View", command: "zoom-in", keys: ["+", "="], label: "Zoom in" },
  { group: "View", command: "zoom-out", keys: ["-"], label: "Zoom out" },
  { group: "View", command: "ghosts", keys: ["G"], label: "All ghosts on or off" },
  { group: "View", command: "ghost-A", keys: ["Alt+1"], label: "Ghost of teacher A" },
  { group: "View", command: "ghost-B", keys: ["Alt+2"], label: "Ghost of teacher B" },
  { group: "View", command: "ghost-C", keys: ["Alt+3"], label: "Ghost of the student" },
  { group: "View", command: "ghost-label", keys: ["Alt+4"], label: "Ghost of the previous label" },
  { group: "View", command: "loupe", keys: ["L"], label: "Loupe" },
  { group: "View", command: "view-settings", keys: ["W"], label: "View: what is drawn, and how" },
  { group: "View", command: "hide", keys: ["H"], label: "Hide everything while held" },
  { group: "Editor", command: "sheet", keys: ["K"], label: "Contact sheet" },
  { group: "Editor", command: "recent", keys: ["J"], label: "My last ten images" },
  { group: "Editor", command: "sent-back", keys: ["Q"], label: "Who was sent back: the first of them" },
  { group: "Editor", command: "undo", keys: ["Z", "Mod+Z"], label: "Undo" },
  { group: "Editor", command: "redo", keys: ["Shift+Z", "Mod+Shift+Z", "Mod+Y"], label: "Redo" },
  { group: "Editor", command: "cancel", keys: ["Escape"], label: "Stop; then Tab leaves the image" },
  { group: "Editor", command: "help", keys: ["?"], label: "These keys" },
];

/** A key press as the table writes it. @param {KeyboardEvent} event @returns {string} */
export function chordOf({ key, code = "", shiftKey, ctrlKey, metaKey, altKey }) {
  const name = key.length === 1 ? latin(key, code).toUpperCase() : key;
  // “?” and “+” need Shift on some keyboards and not on others: there the sign alone counts.
  const shiftTells = name.length > 1 || /[A-Z]/.test(name);
  return `${altKey ? "Alt+" : ""}${ctrlKey || metaKey ? "Mod+" : ""}${shiftKey && shiftTells ? "Shift+" : ""}${name}`;
}

/** Where a keyboard writes another script, the key's place counts: the Latin letter or digit there. @param {string} key @param {string} code */
function latin(key, code) {
  const isForeign = key > "\x7f";
  return (isForeign && /^(?:Key|Digit)(.)$/.exec(code)?.[1]) || key;
}

/** The command a key press stands for, or null. @param {KeyboardEvent} event @param {Binding[]} [bindings] */
export function commandFor(event, bindings = BINDINGS) {
  const chord = chordOf(event);
  return bindings.find((binding) => binding.keys.includes(chord))?.command ?? null;
}

/** The table's first key for a command, as a person reads it; "" where it has none. @param {string} command
 * @param {Binding[]} [bindings] */
export function keyFor(command, bindings = BINDINGS) {
  return readable(firstKey(command, bindings));
}

/** Commands by the four arrows, and what their keys are called while they are those they come with. @type {Record<string, string>} */
const ARROWS = { nudge: "arrows", size: "Alt and arrows" };

/** A text as it is said: "{undo} takes it back" names the key that stands for undo now; {nudge} and {size} name those of
 * the four directions. @param {string} text @param {Binding[]} [bindings] @returns {string} */
export function withKeys(text, bindings = BINDINGS) {
  /** @param {string} name */
  const told = (name) => (Object.hasOwn(ARROWS, name) ? arrowsFor(name, bindings) : inSentence(firstKey(name, bindings)));
  /** @param {string} name */
  const isKnown = (name) => Object.hasOwn(ARROWS, name) || bindings.some((binding) => binding.command === name);
  return text.replace(/\{([a-z-]+)\}/gi, (braced, name) => (isKnown(name) ? told(name) || "(no key)" : braced));
}

/** @param {string} name @param {Binding[]} bindings */
function arrowsFor(name, bindings) {
  const commands = ["left", "right", "up", "down"].map((way) => `${name}-${way}`);
  if (commands.every((command) => firstKey(command, bindings) === firstKey(command, BINDINGS))) return ARROWS[name];
  return commands.map((command) => inSentence(firstKey(command, bindings))).filter(Boolean).join(", ");
}

/** @param {string} command @param {Binding[]} bindings */
function firstKey(command, bindings) {
  return bindings.find((binding) => binding.command === command)?.keys[0] ?? "";
}

/** A key inside a sentence: punctuation is in quotes, or it would be read as the sentence's own. @param {string} chord
 * @returns {string} */
export function inSentence(chord) {
  const isPunctuation = /^(.*\+)?[^\p{L}\p{N}\s]$/u.test(chord);
  return isPunctuation ? readable(chord).replace(/.$/u, "“$&”") : readable(chord);
}

/** @type {Record<string, string>} */
const READABLE = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Escape: "Esc", Delete: "Del",
  PageDown: "PgDn", PageUp: "PgUp", Backspace: "⌫", Mod: "Ctrl", " ": "Space" };

/** @param {string} chord @returns {string} */
export function readable(chord) {
  return chord.split(/\+(?=.)/).map((part) => READABLE[part] ?? part).join(" ");
}

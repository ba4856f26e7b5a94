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
  { group: "Keypoints", command: "absent", keys: ["0", "Delete", "Backspace"], label: "Absent" },
  { group: "Keypoints", command: "visibility-cycle", keys: ["V"], label: "Visible, hidden, absent in turn" },
  { group: "Persons", command: "accept", keys: ["Enter"], label: "Accept person" },
  { group: "Persons", command: "skip", keys: ["S"], label: "Skip person, with a reason" },
  { group: "Persons", command: "not-a-person", keys: ["X"], label: "Not a person" },
  { group: "Persons", command: "reopen", keys: ["R"], label: "Open a decided person again" },
  { group: "Persons", command: "person-next", keys: ["PageDown"], label: "Next person" },
  { group: "Persons", command: "person-previous", keys: ["PageUp"], label: "Previous person" },
  { group: "Persons", command: "add-person", keys: ["B"], label: "Add a person: drag a box" },
  { group: "Persons", command: "finish", keys: ["E"], label: "Nobody (else) here" },
  { group: "View", command: "upright", keys: ["U"], label: "Upright view: heads up" },
  { group: "View", command: "fit-person", keys: ["C"], label: "Zoom to the person" },
  { group: "View", command: "fit-image", keys: ["F"], label: "Whole image" },
  { group: "View", command: "zoom-in", keys: ["+", "="], label: "Zoom in" },
  { group: "View", command: "zoom-out", keys: ["-"], label: "Zoom out" },
  { group: "View", command: "ghosts", keys: ["G"], label: "Where networks A and B put the keypoints" },
  { group: "View", command: "hide", keys: ["H"], label: "Hide everything while held" },
  { group: "Editor", command: "undo", keys: ["Z", "Mod+Z"], label: "Undo" },
  { group: "Editor", command: "redo", keys: ["Shift+Z", "Mod+Shift+Z", "Mod+Y"], label: "Redo" },
  { group: "Editor", command: "cancel", keys: ["Escape"], label: "Stop; then Tab leaves the image" },
  { group: "Editor", command: "help", keys: ["?"], label: "These keys" },
];

/** A key press as the table writes it. @param {KeyboardEvent} event @returns {string} */
export function chordOf({ key, code = "", shiftKey, ctrlKey, metaKey, altKey }) {
  const name = key.length === 1 ? latin(key, code).toUpperCase() : key;
  const shiftTells = name.length > 1 || /[A-Z]/.test(name);
  return `${altKey ? "Alt+" : ""}${ctrlKey || metaKey ? "Mod+" : ""}${shiftKey && shiftTells ? "Shift+" : ""}${name}`;
}

/** Where a keyboard writes another script, the key's place counts: the Latin letter or digit there. */
function latin(key, code) {
  const isForeign = key > "\x7f";
  return (isForeign && /^(?:Key|Digit)(.)$/.exec(code)?.[1]) || key;
}

/** The command a key press stands for, or null. @param {KeyboardEvent} event @param {Binding[]} [bindings] */
export function commandFor(event, bindings = BINDINGS) {
  const chord = chordOf(event);
  return bindings.find((binding) => binding.keys.includes(chord))?.command ?? null;
}

/** The table's first key for a command, as a person reads it. @param {string} command */
export function keyFor(command) {
  const key = BINDINGS.find((binding) => binding.command === command)?.keys[0] ?? "";
  return readable(key);
}

const READABLE = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Escape: "Esc", Delete: "Del",
  PageDown: "PgDn", PageUp: "PgUp", Backspace: "⌫", Mod: "Ctrl" };

/** @param {string} chord @returns {string} */
export function readable(chord) {
  if (chord.length === 1) return chord;
  return chord.split("+").map((part) => READABLE[part] ?? part).join(" ");
}

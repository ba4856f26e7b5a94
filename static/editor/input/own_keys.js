/**
 * The annotator's own keys, over those the editor comes with. Pure.
 *
 * @typedef {import("./keys.js").Binding} Binding
 * @typedef {Record<string, string[]>} Own   own keys by command; an empty list: the command has no key
 */

/** Commands whose keys stay: whoever is lost finds the way out, the way on and the table itself. */
export const FIXED = ["cancel", "accept", "help"];

/** The keyboard's way into the image and out of it, and the commands that may have it while they have something to walk. */
export const WAYS_OUT = ["Tab", "Shift+Tab"];
const WALKS = ["flag-next", "flag-previous"];

/** A press of these alone is not yet a key. */
const MODIFIERS = ["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock", "Dead", "Process", "Unidentified"];

/** The browser keeps these for itself: a page never hears of them. */
const BROWSERS = ["Mod+T", "Mod+N", "Mod+W", "Mod+Shift+T", "Mod+Shift+N", "Mod+Shift+W"];

/** The table as it holds for this annotator: an own key is taken from whichever command has it from the start.
 * @param {Binding[]} bindings @param {Own} own @returns {Binding[]} */
export function effective(bindings, own) {
  const taken = new Set(Object.values(own).flat());
  return bindings.map((binding) => {
    const keys = own[binding.command] ?? binding.keys.filter((key) => !taken.has(key));
    return { ...binding, keys };
  });
}

/**
 * Give a command one key in place of those it has; whoever had that key goes without it.
 * @param {Binding[]} bindings @param {Own} own @param {string} command @param {string} chord as keys.chordOf writes it
 * @returns {{own: Own, takenFrom: string | null}} takenFrom: the command that had the key
 */
export function assign(bindings, own, command, chord) {
  const holder = effective(bindings, own).find((binding) => binding.keys.includes(chord))?.command ?? null;
  const takenFrom = holder === command ? null : holder;
  const rest = takenFrom && own[takenFrom] ? { ...own, [takenFrom]: own[takenFrom].filter((key) => key !== chord) } : own;
  return { own: simplest(bindings, { ...rest, [command]: [chord] }), takenFrom };
}

/** A command without any key. @param {Binding[]} bindings @param {Own} own @param {string} command @returns {Own} */
export function cleared(bindings, own, command) {
  return simplest(bindings, { ...own, [command]: [] });
}

/**
 * A command with the keys it comes with, taken back from whoever has them by choice. Nobody loses their last key by it:
 * they have their own first keys again, or keep what they have where those are somebody else's.
 * @param {Binding[]} bindings @param {Own} own @param {string} command
 * @returns {{own: Own, takenFrom: string[], keptBy: string[]}} takenFrom: commands that lost a key; keptBy: that kept one
 */
export function reset(bindings, own, command) {
  const { [command]: _, ...others } = own;
  const back = keysOf(bindings, {}, command);
  /** @param {string[]} keys */
  const hasOne = (keys) => keys.some((key) => back.includes(key));
  const holders = Object.keys(others).filter((name) => hasOne(others[name]));
  const freed = holders.reduce((rest, name) => without(bindings, rest, name, back), others);
  const keptBy = holders.filter((name) => hasOne(keysOf(bindings, freed, name)));
  return { own: simplest(bindings, freed), takenFrom: holders.filter((name) => !keptBy.includes(name)), keptBy };
}

/** Own keys where a command goes without some: with those it has left, else with its first ones, else as it was.
 * @param {Binding[]} bindings @param {Own} own @param {string} command @param {string[]} keys */
function without(bindings, own, command, keys) {
  const { [command]: had, ...others } = own;
  const left = had.filter((key) => !keys.includes(key));
  if (left.length) return { ...others, [command]: left };
  return keysOf(bindings, others, command).length ? others : own;
}

/** The keys that a command has now. @param {Binding[]} bindings @param {Own} own @param {string} command @returns {string[]} */
export function keysOf(bindings, own, command) {
  return effective(bindings, own).find((binding) => binding.command === command)?.keys ?? [];
}

/** Why a key cannot be given to a command, or null. @param {Binding[]} bindings @param {string} command @param {string} chord */
export function whyNot(bindings, command, chord) {
  if (FIXED.includes(command)) return "This key stays as it is.";
  const holder = bindings.find((binding) => FIXED.includes(binding.command) && binding.keys.includes(chord));
  if (holder) return `This key stays with “${holder.label}”. Press another one.`;
  if (WAYS_OUT.includes(chord) && !WALKS.includes(command)) {
    return "This key is the way in and out of the image, and only the flags may have it. Press another one.";
  }
  if (BROWSERS.includes(chord)) return "The browser keeps this key for itself. Press another one.";
  return null;
}

/** Whether a press is a key already, and not only a modifier held. @param {KeyboardEvent} event */
export function isWhole({ key }) {
  return !MODIFIERS.includes(key);
}

/** Own keys out of what was stored; what the table does not know, or would take a fixed key, is left out.
 * @param {Binding[]} bindings @param {string | null} text @returns {Own} */
export function readOwn(bindings, text) {
  const seen = new Set();
  const entries = Object.entries(parsed(text)).flatMap(([command, keys]) => {
    if (!bindings.some((binding) => binding.command === command) || !Array.isArray(keys)) return [];
    const good = keys.filter((key) => typeof key === "string" && !seen.has(key) && !whyNot(bindings, command, key));
    for (const key of good) seen.add(key);
    // Keys that all are somebody else's: the command keeps its first ones rather than none; [] was chosen, and stays.
    return FIXED.includes(command) || (keys.length && !good.length) ? [] : [[command, good]];
  });
  return simplest(bindings, Object.fromEntries(entries));
}

/** @param {string | null} text */
function parsed(text) {
  try {
    const found = JSON.parse(text ?? "{}");
    return found !== null && typeof found === "object" ? found : {};
  } catch {
    return {}; // not ours, or cut short: the keys are those the editor comes with
  }
}

/** Own keys that are those the command comes with say nothing. @param {Binding[]} bindings @param {Own} own */
function simplest(bindings, own) {
  /** @param {[command: string, keys: string[]]} entry */
  const isSame = ([command, keys]) => bindings.some((one) => one.command === command && one.keys.join(" ") === keys.join(" "));
  return Object.fromEntries(Object.entries(own).filter((entry) => !isSame(entry)));
}

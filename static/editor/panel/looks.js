/** How the annotator wants the image drawn: ghosts, rings, names, sizes, tone. Pure; changes no stored pixel. */

/**
 * @typedef {"A" | "B" | "C" | "label"} GhostKind   the teachers, the student, the previous label
 * @typedef {{ghosts: Record<GhostKind, boolean>, rings: "flags" | "all" | "none", names: "selected" | "all" | "none",
 *   others: boolean, loupe: boolean, dots: number, limbs: number, opacity: number, brightness: number, contrast: number,
 *   gamma: number}} Looks
 *   others: whether the other persons are drawn. dots, limbs: factors; opacity: of the poses.
 * @typedef {"dots" | "limbs" | "opacity" | "brightness" | "contrast" | "gamma"} NumberField
 * @typedef {"rings" | "names"} ChoiceField
 * @typedef {"others" | "loupe"} SwitchField
 * @typedef {{amplitude: number, exponent: number, offset: number}} Tone
 *   what becomes of each channel's value v in [0, 1]: amplitude * v ** exponent + offset
 */

/** @type {Readonly<Looks>} */
export const DEFAULTS = Object.freeze({
  ghosts: Object.freeze({ A: true, B: true, C: false, label: false }),
  rings: "flags",
  names: "selected",
  others: true,
  loupe: false,
  dots: 1,
  limbs: 1,
  opacity: 1,
  brightness: 0,
  contrast: 0,
  gamma: 1,
});

/** @type {Record<NumberField, {least: number, most: number, step: number}>} what each number may be */
export const LIMITS = {
  dots: { least: 0.5, most: 2, step: 0.1 },
  limbs: { least: 0, most: 2, step: 0.1 },
  opacity: { least: 0.2, most: 1, step: 0.05 },
  brightness: { least: -1, most: 1, step: 0.05 },
  contrast: { least: -1, most: 1, step: 0.05 },
  gamma: { least: 0.3, most: 3, step: 0.05 },
};

/** @type {{rings: Looks["rings"][], names: Looks["names"][]}} what each choice may be */
export const CHOICES = { rings: ["flags", "all", "none"], names: ["selected", "all", "none"] };

/** @type {GhostKind[]} */
export const GHOST_KINDS = ["A", "B", "C", "label"];

/** What changes the picture alone. @type {("brightness" | "contrast" | "gamma")[]} */
export const TONE_FIELDS = ["brightness", "contrast", "gamma"];

const CONTRAST_BASE = 4;

/** The looks out of what was stored: a field that is missing, unknown or out of range is as it is at first.
 * @param {string | null} text @returns {Looks} */
export function readLooks(text) {
  const kept = parsed(text);
  const valid = Object.entries(kept).filter(([name, value]) => isValid(name, value));
  return { ...DEFAULTS, ...Object.fromEntries(valid), ghosts: ghostsFrom(kept.ghosts) };
}

/** What to store. @param {Looks} looks @returns {string} */
export function writeLooks(looks) {
  return JSON.stringify(looks);
}

/** @param {string | null} text */
function parsed(text) {
  try {
    const found = JSON.parse(text ?? "{}");
    return found !== null && typeof found === "object" ? found : {};
  } catch {
    return {}; // not ours, or cut short: everything is as it is at first
  }
}

/** @param {any} kept */
function ghostsFrom(kept) {
  /** @param {GhostKind} kind */
  const isOn = (kind) => (typeof kept?.[kind] === "boolean" ? kept[kind] : DEFAULTS.ghosts[kind]);
  return { A: isOn("A"), B: isOn("B"), C: isOn("C"), label: isOn("label") };
}

/** @param {string} name @param {unknown} value */
function isValid(name, value) {
  const limits = Object.entries(LIMITS).find(([field]) => field === name)?.[1];
  if (limits) return typeof value === "number" && value >= limits.least && value <= limits.most;
  const choices = Object.entries(CHOICES).find(([field]) => field === name)?.[1];
  if (choices) return choices.some((choice) => choice === value);
  return ["others", "loupe"].includes(name) && typeof value === "boolean";
}

/** One ghost switched. @param {Looks} looks @param {GhostKind} kind @returns {Looks} */
export function withGhost(looks, kind, isOn = !looks.ghosts[kind]) {
  return { ...looks, ghosts: { ...looks.ghosts, [kind]: isOn } };
}

/** Whether any ghost is on. @param {Looks} looks */
export function hasGhosts({ ghosts }) {
  return GHOST_KINDS.some((kind) => ghosts[kind]);
}

/**
 * Every ghost off; or on again, those that were on before.
 * @param {Looks} looks @param {Looks["ghosts"]} before those that were on when they were last put off @returns {Looks}
 */
export function withGhostsToggled(looks, before = DEFAULTS.ghosts) {
  const none = { A: false, B: false, C: false, label: false };
  return { ...looks, ghosts: hasGhosts(looks) ? none : { ...before } };
}

/** These fields as they are at first. @param {Looks} looks @param {(keyof Looks)[]} names @returns {Looks} */
export function withDefaults(looks, names) {
  return { ...looks, ...Object.fromEntries(names.map((name) => [name, DEFAULTS[name]])) };
}

/**
 * What the picture's channels go through. Gamma above 1 lifts the shadows; contrast turns about the middle grey, by 4 at
 * most and by a quarter at least; brightness adds up to half the range.
 * @param {Looks} looks @returns {Tone | null} null: as it was taken
 */
export function toneOf({ brightness, contrast, gamma }) {
  if (brightness === DEFAULTS.brightness && contrast === DEFAULTS.contrast && gamma === DEFAULTS.gamma) return null;
  const amplitude = CONTRAST_BASE ** contrast;
  return { amplitude, exponent: 1 / gamma, offset: 0.5 - amplitude / 2 + brightness / 2 };
}

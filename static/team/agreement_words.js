/** How people agree who labelled the same persons, in words: pure, no DOM. */

/**
 * @typedef {import("../shared/contract.d.ts").AgreedPayload} Agreed
 * @typedef {import("../shared/contract.d.ts").AgreedKeypointPayload} Keypoint
 */

const UNKNOWN = "–";
/** Ways to differ, in the order in which they are told; that both say absent, or place alike, is none. */
const DIFFERENT = ["jitter", "swap", "other person", "elsewhere", "miss"];

/** @param {number | null} value @param {number} [digits] */
export function sayNumber(value, digits = 2) {
  return value === null ? UNKNOWN : value.toFixed(digits);
}

/** A mean with its interval. @param {Pick<Agreed, "oks" | "low" | "high">} one */
export function sayOks({ oks, low, high }) {
  return low === null || high === null ? sayNumber(oks) : `${sayNumber(oks)} (${sayNumber(low)} to ${sayNumber(high)})`;
}

/** A fitted sigma with its interval, and whether there are enough people for it. @param {Pick<Keypoint, "sigma" | "low" | "high" | "is_enough">} one */
export function saySigma({ sigma, low, high, is_enough }) {
  if (sigma === null) return UNKNOWN;
  const interval = low === null || high === null ? "" : ` (${sayNumber(low, 3)} to ${sayNumber(high, 3)})`;
  return `${sayNumber(sigma, 3)}${interval}${is_enough ? "" : ", too few"}`;
}

/** In which ways people differ, those that happened. @param {Record<string, number>} kinds */
export function sayKinds(kinds) {
  const found = DIFFERENT.filter((kind) => kinds[kind]).map((kind) => `${kinds[kind]} ${kind}`);
  return found.join(", ") || UNKNOWN;
}

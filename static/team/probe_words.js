/** How closely annotators look, in words: pure, no DOM. */

/** @typedef {import("../shared/contract.d.ts").LookedPayload} Looked */

/** @param {Pick<Looked, "caught" | "seen">} one */
export function sayCaught({ caught, seen }) {
  return seen ? `${caught} of ${seen}` : "none yet";
}

/** @param {Pick<Looked, "low" | "high">} one */
export function sayInterval({ low, high }) {
  return low === null || high === null ? "–" : `${Math.round(100 * low)} to ${Math.round(100 * high)} %`;
}

/** A share as a form has it. @param {number} share */
export function percentOf(share) {
  return String(Number((100 * share).toFixed(4)));
}

/** A form's percentage as a share. @param {string} percent */
export function shareOf(percent) {
  return Number((Number(percent) / 100).toFixed(6));
}

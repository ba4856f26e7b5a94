/** Reviews in words: pure, no DOM. */

import { spoken } from "../editor/desk/keypoint_names.js";
import { suspicionsInWords } from "../sheet/suspicions.js";

/**
 * @typedef {import("../shared/contract.d.ts").ReviewPersonPayload} ReviewPerson
 * @typedef {import("../shared/contract.d.ts").ReviewResultsPayload} Results
 * @typedef {import("../shared/contract.d.ts").ReviewRulePayload} Rule
 * @typedef {import("../shared/contract.d.ts").SkeletonPayload} Skeleton
 * @typedef {import("./walking.js").Wanted} Wanted
 */

/** Why most come back: a digit writes the words. */
export const REASONS = ["Left and right are exchanged", "A keypoint is off", "Visible or hidden is wrong", "A keypoint is missing", "Another person's limb"];

/** The author that imported labels carry. */
export const IMPORTED = "import";

/** Whom one may ask for. @type {[Wanted["show"], string][]} */
export const SHOWS = [["sample", "Chosen at random"], ["flagged", "Flagged"], ["suspicious", "Suspicious"], ["all", "Everybody"]];

/** Whom the page's address asks for; those chosen at random where it asks for nobody. @param {string} search @returns {Wanted["show"]} */
export function askedShow(search) {
  const asked = new URLSearchParams(search).get("show");
  return SHOWS.find(([show]) => show === asked)?.[0] ?? "sample";
}

/** The choice of suspicious labels, with how many there are, counted up to 1000. @param {number} count */
export function suspiciousInWords(count) {
  return `Suspicious (${count >= 1000 ? "1000 or more" : count})`;
}

/** Whose label it is. @param {string | null} annotator */
export function whose(annotator) {
  return annotator === null || annotator === IMPORTED ? "an import" : annotator;
}

/** @param {number} share from 0 to 1 */
export function percent(share) {
  return `${Math.round(100 * share)} %`;
}

/** What is walked. @param {Wanted} wanted @param {Rule} rule */
export function walkInWords({ show, annotator }, { share, first }) {
  const of = annotator ? ` by ${whose(annotator)}` : "";
  if (show === "flagged") return `Accepted persons${of} in whom the networks flag a keypoint.`;
  if (show === "suspicious") return `Accepted labels${of} that a check suspects, the most suspicious first.`;
  if (show === "all") return `Every accepted person${of}.`;
  const whole = first ? `, everybody's first ${first}` : "";
  return `${percent(share)} of all accepted persons${of}${whole}, and who came back.`;
}

/** How many there are still to see. @param {{left: number | null, done: number, pending: number}} stand */
export function standInWords({ left, done, pending }) {
  const seen = done ? `${done} reviewed` : "";
  const more = left === null ? "" : left - done > 0 ? `${left >= 1000 ? "1000 or more" : left - done} to see` : "";
  const unsent = pending > 2 ? `${pending} not stored yet` : "";
  return [seen, more, unsent].filter(Boolean).join(" · ");
}

/** What the networks ask to be looked at. @param {ReviewPerson} person @param {Skeleton} skeleton */
export function flagsInWords({ flags }, skeleton) {
  if (!flags.length) return "No keypoint is flagged.";
  return `Flagged: ${flags.map(({ keypoint }) => spoken(skeleton, keypoint)).join(", ")}.`;
}

/** What a check suspects of the label, and what becomes of that. @param {ReviewPerson} person */
export function suspectedInWords({ findings }) {
  return findings.length ? `A check suspects: ${suspicionsInWords(findings)}` : "";
}

/** Why a person was sent back before. @param {ReviewPerson["earlier"]} earlier */
export function earlierInWords(earlier) {
  if (!earlier) return "";
  return `Came back before. ${earlier.reviewer}: ${earlier.comment || "with a corrected pose"}`;
}

/** The share of good labels with its interval. @param {Results} results */
export function shareInWords({ share_good: share, low, high, sampled }) {
  if (share === null || low === null || high === null) return "none chosen at random yet";
  return `${percent(share)} (${percent(low)} to ${percent(high)}) of ${sampled}`;
}

/** How the rule reads. @param {Rule} rule */
export function ruleInWords({ share, first }) {
  const whole = first ? ` Of who is new, all are, until ${first} of theirs were.` : "";
  return `${percent(share)} of all accepted persons are reviewed, always the same ones.${whole}`;
}

/** What was done to the last one, for those who do not see the screen. @param {ReviewPerson} person */
export function personInWords({ id, annotator, image }) {
  return `Person ${id} by ${whose(annotator)}, ${image.file_name}.`;
}

/** A person's history in words. Pure. */

import { spoken } from "../desk/keypoint_names.js";

/**
 * @typedef {import("../../shared/contract.d.ts").HistoryPayload} History
 * @typedef {import("../../shared/contract.d.ts").HistoryEntryPayload} Entry
 * @typedef {import("../../shared/contract.d.ts").RevisionPayload} Revision
 * @typedef {import("../desk/desk.js").Skeleton} Skeleton
 */

/** Keypoints that are named at most; of more, how many more there are. */
const NAMED = 6;

export const NO_HISTORY = "Nobody has decided about this person yet.";
export const NOT_SAVED_YET = "The server does not know this person yet: there is no history of them.";
export const RESTORED = "{undo} takes it back; {accept} saves it as a new label.";
export const SAVED_ANEW = "as a new label: {undo} takes it back.";

/** How long was worked. @param {number | null} seconds */
export function secondsInWords(seconds) {
  if (seconds === null) return "";
  if (seconds < 1) return "under 1 s";
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

/** Whose it is, and how long it took. @param {Entry} entry */
export function byInWords({ by, seconds }) {
  return [by, secondsInWords(seconds)].filter(Boolean).join(" · ");
}

/** What a label began with, and what was moved from there. @param {Revision} label @param {Skeleton} skeleton */
export function beganInWords({ began, moved }, skeleton) {
  return `Began with: ${began}.${movedInWords(moved, skeleton)}`;
}

/** Which keypoints, the farthest first. @param {Revision["moved"]} moved @param {Skeleton} skeleton */
function movedInWords(moved, skeleton) {
  if (!moved.length) return " No keypoint was moved or touched.";
  const far = [...moved].sort((one, two) => (two.px ?? -1) - (one.px ?? -1));
  const more = far.length > NAMED ? `, and ${far.length - NAMED} more` : "";
  const touched = moved.filter((one) => one.touched).length;
  return ` ${touched} touched by hand: ${far.slice(0, NAMED).map((one) => keypointInWords(one, skeleton)).join(", ")}${more}.`;
}

/** @param {Revision["moved"][number]} moved @param {Skeleton} skeleton */
function keypointInWords({ keypoint, touched, px, sigmas }, skeleton) {
  const far = px === null || sigmas === null ? "" : ` ${px < 10 ? px.toFixed(1) : Math.round(px)} px (${sigmas.toFixed(1)} σ)`;
  return `${spoken(skeleton, keypoint)}${far}${touched ? "" : " not by hand"}`;
}

/** When it was, shorter the nearer it is. @param {string} at @param {number} now ms @param {string} [locale] */
export function whenInWords(at, now, locale = undefined) {
  const minutes = Math.max(Math.round((now - Date.parse(at)) / 60_000), 0);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 24 * 60) return `${Math.round(minutes / 60)} h ago`;
  return new Date(at).toLocaleDateString(locale, { day: "numeric", month: "short", year: "numeric" });
}

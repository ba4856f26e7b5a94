/** What the contact sheet shows, as the page's query keeps it and as the server is asked for it. Pure, no DOM. */

/**
 * @typedef {"open" | "flagged" | "unlabelled" | "labelled" | "suspicious" | "mine" | "skipped" | "all"} Show
 * @typedef {{show: Show, camera: string, keypoint: string, suspicion: string, search: string}} Filters
 *   camera: its id, keypoint: its index in the skeleton, suspicion: a kind of what a check suspects, search: a part of the file name; "" where nothing is asked.
 */

/** What can be shown, in the order of the buttons. @type {{value: Show, label: string}[]} */
export const SHOWS = [
  { value: "open", label: "Open" },
  { value: "flagged", label: "Flagged" },
  { value: "unlabelled", label: "Unlabelled" },
  { value: "labelled", label: "Labelled" },
  { value: "suspicious", label: "Suspicious labels" },
  { value: "mine", label: "Mine" },
  { value: "skipped", label: "Skipped" },
  { value: "all", label: "All" },
];

/** What a check of labels can suspect, in the order of the list.
 * @type {{value: import("../shared/contract.d.ts").FindingPayload["kind"], label: string}[]} */
export const SUSPICIONS = [
  { value: "inversion", label: "Left and right exchanged" },
  { value: "swap", label: "On another person" },
  { value: "duplicate", label: "Two keypoints in one place" },
  { value: "twin", label: "Person labelled twice" },
  { value: "miss", label: "Absent, and should not be" },
  { value: "jitter", label: "Misplaced" },
  { value: "limb", label: "Odd limb length" },
];

/** @type {Filters} */
export const NO_FILTERS = Object.freeze({ show: "open", camera: "", keypoint: "", suspicion: "", search: "" });

/** @type {(keyof Filters)[]} */
const NAMES = ["show", "camera", "keypoint", "suspicion", "search"];
export const LONGEST_SEARCH = 100;
const NUMBER = /^\d{1,9}$/;

/** The filters in a page's query; what makes no sense there asks for nothing. @param {string} query @returns {Filters} */
export function readFilters(query) {
  const told = new URLSearchParams(query);
  /** @param {string} name */
  const number = (name) => (NUMBER.test(told.get(name) ?? "") ? String(Number(told.get(name))) : "");
  const show = SHOWS.find(({ value }) => value === told.get("show"))?.value ?? NO_FILTERS.show;
  const search = (told.get("search") ?? "").trim().slice(0, LONGEST_SEARCH);
  const suspicion = SUSPICIONS.find(({ value }) => show === "suspicious" && value === told.get("suspicion"))?.value ?? "";
  return { show, camera: number("camera"), keypoint: number("keypoint"), suspicion, search };
}

/** The page's query with these filters; others' parts of it stay. @param {Filters} filters @param {string} query
 * @returns {string} "" or with its question mark */
export function writeFilters(filters, query) {
  const told = new URLSearchParams(query);
  for (const name of NAMES) {
    // An address without needless parts can be read, and shared.
    if (filters[name] === NO_FILTERS[name]) told.delete(name);
    else told.set(name, filters[name]);
  }
  return told.size ? `?${told}` : "";
}

/** Where the server tells these persons. @param {Filters} filters @param {{after: string | null, limit: number}} page
 *   after: the cursor of the page before, null for the first page */
export function sheetPath({ show, camera, keypoint, suspicion, search }, { after, limit }) {
  const asked = { show, camera, keypoint, suspicion, search, after: after ?? "" };
  const told = Object.entries(asked).filter(([, value]) => value !== "");
  return `/api/sheet?${new URLSearchParams([...told, ["limit", String(limit)]])}`;
}

/** @param {Filters} one @param {Filters} other */
export function sameFilters(one, other) {
  return NAMES.every((name) => one[name] === other[name]);
}

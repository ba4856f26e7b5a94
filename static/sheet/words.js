/** The contact sheet in words: pure, no DOM. */

import { flagInWords } from "../editor/desk/flag_words.js";
import { spoken } from "../editor/desk/keypoint_names.js";
import { NO_FILTERS, SUSPICIONS, sameFilters } from "./filters.js";
import { askedSuspicions, suspicionsInWords } from "./suspicions.js";

/**
 * @typedef {import("./filters.js").Filters} Filters
 * @typedef {import("../editor/desk/desk.js").Flag} Flag
 * @typedef {import("../shared/contract.d.ts").SheetPersonPayload} SheetPerson
 * @typedef {import("../shared/contract.d.ts").FiltersPayload} Choices
 */

const STATES = { open: "open", accepted: "accepted", skipped: "skipped", not_a_person: "not a person" };
/** The author of labels that came with the images. */
const IMPORT = "import";
const WHO = {
  open: "open persons", flagged: "flagged open persons", unlabelled: "persons without a label", labelled: "labelled persons",
  suspicious: "suspicious labels", mine: "persons you decided about", skipped: "skipped persons", all: "persons",
};

/** How a person stands. @param {import("../editor/desk/desk.js").PersonState} state */
export function stateInWords(state) {
  return STATES[state];
}

/** @param {number | null} score in [0, 1] */
export function scoreInWords(score) {
  return score === null ? "no score" : score.toFixed(2);
}

/** @param {number} count */
export function flagsInWords(count) {
  return count === 1 ? "1 flag" : `${count} flags`;
}

/** That somebody else works on the image. @param {string} name */
export function heldInWords(name) {
  return `${name} has it now`;
}

/** What the sheet is ordered by: the person's score, that of the flag on the keypoint that is asked for, or of what is suspected.
 * @param {SheetPerson} person @param {Filters} filters */
export function scoreOf(person, filters) {
  const { keypoint, show } = filters;
  if (show === "suspicious") return askedSuspicions(person, filters)[0]?.score ?? null;
  return keypoint === "" ? person.score : (askedFlag(person, keypoint)?.score ?? null);
}

/** The line under a tile: what is suspected, whose label it is, why they were skipped, or what to look at; "" where nothing is to be said.
 * @param {SheetPerson} told @param {Filters} filters */
export function aboutInWords(told, filters) {
  const { state, labelled_by: by, skip_reason: reason, ...person } = told;
  const { keypoint, show } = filters;
  if (show === "suspicious") return suspicionsInWords(askedSuspicions(told, filters));
  if (state === "accepted") return by === IMPORT ? "Imported label" : by ? `Label by ${by}` : "";
  if (state === "skipped") return reason ? `Skipped: ${reason}` : "";
  if (state !== "open") return "";
  const flag = askedFlag(person, keypoint);
  return flag ? flagInWords(flag.reason).short : "";
}

/** A tile as a screen reader says it. @param {SheetPerson} person @param {Filters} filters @param {Choices} choices */
export function tileInWords(person, filters, choices) {
  const score = scoreOf(person, filters);
  const what = filters.show === "suspicious" ? "suspicion" : filters.keypoint === "" ? "doubt" : keypointName(filters.keypoint, choices);
  const told = [STATES[person.state], score === null ? "no score" : `${what} ${scoreInWords(score)}`];
  if (person.flags.length) told.push(flagsInWords(person.flags.length));
  const where = person.camera ? `${person.file_name}, camera ${person.camera}` : person.file_name;
  if (person.held_by !== null) told.push(heldInWords(person.held_by));
  const about = aboutInWords(person, filters);
  return `Person ${person.id} in ${where}: ${told.join(", ")}${about ? `. ${about}` : ""}`;
}

/** The flag on the keypoint that is asked for, or the worst one. @param {{flags: Flag[]}} person @param {string} keypoint */
function askedFlag({ flags }, keypoint) {
  return keypoint === "" ? flags[0] : flags.find((flag) => flag.keypoint === Number(keypoint));
}

/** How many are shown, of how many. @param {{shown: number, total: number | null, isWhole: boolean}} count
 *   total: null where nobody counted; isWhole: no more can be loaded */
export function countInWords({ shown, total, isWhole }) {
  const of = total ?? (isWhole ? shown : null);
  if (of === null) return `${number(shown)} persons shown, there are more`;
  if (of === shown) return `${number(shown)} ${shown === 1 ? "person" : "persons"}`;
  return `${number(shown)} of ${number(of)} persons shown`;
}

/** In which order they come. @param {Filters} filters @param {Choices} choices */
export function orderInWords({ show, keypoint }, choices) {
  if (show === "mine") return "Your newest decisions first.";
  if (show === "suspicious") return "The most suspicious label first. A label that is corrected, or called right, is no longer here.";
  if (keypoint !== "") return `The ${keypointName(keypoint, choices)} in most doubt first.`;
  return "The pose in most doubt first, those without a score last.";
}

/** Why nobody is shown, and what could be done about it. @param {Filters} filters @param {Choices} choices
 * @returns {{why: string, what: string}} */
export function emptyInWords(filters, choices) {
  const narrowed = narrowings(filters, choices);
  if (narrowed.length) {
    return { why: `There are no ${WHO[filters.show]} ${narrowed.join(", ")}.`, what: "Take a filter off, or clear them all." };
  }
  return { why: EMPTY[filters.show], what: sameFilters(filters, NO_FILTERS) ? "All shows everybody, decided or not." : "" };
}

const EMPTY = {
  open: "Nobody is open: every person of the train split has been decided about.",
  flagged: "Nobody open is flagged. Flags come with a published round, or with predictions imported before one.",
  unlabelled: "Every person of the train split has a label.",
  suspicious: "No label looks wrong. Labels are checked as people are labelled and rounds end.",
  labelled: "Nobody has a label yet. Accept somebody in the editor.",
  mine: "You have not decided about anybody yet.",
  skipped: "Nobody was skipped.",
  all: "The train split has no persons. A lead imports images, or draw a box around somebody in the editor.",
};

/** @param {Filters} filters @param {Choices} choices */
function narrowings({ camera, keypoint, search, show, suspicion }, choices) {
  const what = SUSPICIONS.find(({ value }) => value === suspicion)?.label;
  return [
    ...(what ? [`of the kind “${what}”`] : []),
    ...(camera === "" ? [] : [`of camera ${choices.cameras.find(({ id }) => String(id) === camera)?.name ?? camera}`]),
    ...(keypoint === "" ? [] : [`whose ${keypointName(keypoint, choices)} is ${show === "suspicious" ? "suspected" : "flagged"}`]),
    ...(search === "" ? [] : [`with “${search}” in their file's name`]),
  ];
}

/** @param {string} keypoint @param {Choices} choices */
function keypointName(keypoint, { skeleton }) {
  const index = Number(keypoint);
  return index < skeleton.keypoints.length ? spoken(skeleton, index) : `keypoint ${index}`;
}

/** @param {number} count */
function number(count) {
  return count.toLocaleString("en");
}

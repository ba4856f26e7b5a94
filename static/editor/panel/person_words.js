/** How a person stands, as the panel writes it. Pure. */

import { isEdited } from "../desk/desk.js";

/** @typedef {import("../desk/desk.js").Person} Person */

const STATES = { open: "", accepted: "Accepted", skipped: "Skipped", not_a_person: "Not a person" };

/** @type {Record<import("../desk/desk.js").Source, (person: Person) => string>} */
const SOURCES = {
  student: ({ model }) => `Predicted by ${model ?? "the student"}`, model: ({ model }) => `Predicted by ${model}`, label: () => "From the last label",
  empty: () => "Nothing placed yet",
};

/** The selected person: decided how, or begun from what. @param {Person} person */
export function standing(person) {
  if (person.state !== "open") return STATES[person.state] + (person.reason ? `: ${person.reason}` : "");
  return person.start === null ? "Opened again" : isEdited(person) ? "Edited by you" : SOURCES[person.from](person);
}

/** How much an open person's pose is in doubt; "" where nobody says. @param {Person | null} person */
export function doubtInWords(person) {
  return person === null || person.state !== "open" || person.score === null ? "" : `doubt ${person.score.toFixed(2)}`;
}

/** A person in the list of all. @param {Person} person */
export function rowInWords(person) {
  if (person.problem) return "Not saved";
  if (person.state !== "open") return STATES[person.state];
  const left = person.flags.filter((flag) => !person.pose.touched[flag.keypoint]).length;
  const flags = left === 1 ? "1 flag" : `${left} flags`;
  if (isEdited(person)) return left ? `Edited · ${flags}` : "Edited";
  return left ? flags : "Open";
}

/** What a reviewer said, for as long as it is to be answered, or is about the label that counts. @param {Person | null} person */
export function reviewInWords(person) {
  const { review = null, state = "open" } = person ?? {};
  if (!review) return "";
  if (review.is_corrected) return state === "accepted" ? `${review.reviewer} corrected this label${review.comment ? `: ${review.comment}` : "."}` : "";
  return state === "open" ? `${review.reviewer} sent this back: ${review.comment}` : "";
}

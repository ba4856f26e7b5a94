/** One person of the contact sheet: the crop with the pose over it, how they stand, how much their pose is in doubt. A link into the editor. */

import { flagInWords } from "../editor/desk/flag_words.js";
import { poseOf } from "./pose.js";
import { html } from "../shared/dom.js";
import { askedSuspicions, suspectedKeypoints } from "./suspicions.js";
import { aboutInWords, flagsInWords, heldInWords, scoreInWords, scoreOf, stateInWords, tileInWords } from "./words.js";

/** @typedef {import("./words.js").SheetPerson} SheetPerson @typedef {import("./words.js").Choices} Choices
 *  @typedef {import("./filters.js").Filters} Filters @typedef {import("../shared/contract.d.ts").SheetPosePayload} Pose */

/** Of the flags, the worst that get a ring. */
const RINGS = 3;

/** @param {SheetPerson} person @param {Filters} filters @param {Choices} choices @returns {HTMLLIElement} */
export function tileOf(person, filters, choices) {
  const name = tileInWords(person, filters, choices);
  const link = html("a", { class: "tile", href: editorPath(person), "aria-label": name, "data-person": person.id, "data-state": person.state },
    crop(person, filters, choices), html("span", { class: "text", "aria-hidden": true }, scoreLine(scoreOf(person, filters)), ...lines(person, filters)));
  const suspicions = choices.settles ? askedSuspicions(person, filters) : [];
  return html("li", {}, link, ...(suspicions.length ? [rightButton(person, suspicions)] : []));
}

/** Calls what is suspected of a label right; the sheet listens for it. @param {SheetPerson} person @param {import("../shared/contract.d.ts").FindingPayload[]} suspicions */
function rightButton(person, suspicions) {
  const button = html("button", { type: "button", class: "right", "aria-label": `It is right: the label of person ${person.id}` }, "It is right");
  const told = { bubbles: true, detail: { findings: suspicions.map(({ id }) => id) } };
  button.addEventListener("click", () => button.dispatchEvent(new CustomEvent("called-right", told)));
  return button;
}

/** Where the editor shows this person. @param {{id: number, image_id: number}} person */
export function editorPath({ id, image_id: image }) {
  return `/annotate/?image=${image}&person=${id}`;
}

/** @param {SheetPerson} person @param {Filters} filters @param {Choices} choices */
function crop(person, filters, choices) {
  const picture = html("img", { src: person.thumb, alt: "", width: choices.thumb_px, height: choices.thumb_px, loading: "lazy", decoding: "async" });
  const frame = html("span", { class: "crop" }, picture, ...(person.pose ? [drawn(person.pose, person, filters, choices)] : []), ...badges(person));
  picture.addEventListener("error", () => {
    picture.hidden = true;
    frame.append(html("span", { class: "gone" }, "The crop could not be loaded."));
  });
  return frame;
}

/** @param {Pose} pose @param {SheetPerson} person @param {Filters} filters @param {Choices} choices */
function drawn({ xyv }, person, filters, { skeleton, thumb_px: size }) {
  // Once decided, none asks for a look but what is suspected. On a tile a few rings point at something, and a dozen hide the pose.
  const flags = person.state === "open" ? person.flags.slice(0, RINGS).map(({ keypoint }) => keypoint) : [];
  const flagged = [...flags, ...suspectedKeypoints(askedSuspicions(person, filters), RINGS)];
  return poseOf(xyv, skeleton, { size, flagged });
}

/** @param {SheetPerson} person */
function badges(person) {
  const shown = [];
  if (person.state !== "open") shown.push(html("span", { class: "badge", "data-state": person.state, "aria-hidden": true }, stateInWords(person.state)));
  if (person.state === "open" && person.flags.length) {
    shown.push(html("span", { class: "badge flags", "aria-hidden": true, title: flagInWords(person.flags[0].reason).short }, flagsInWords(person.flags.length)));
  }
  if (person.held_by !== null) shown.push(html("span", { class: "badge held", "aria-hidden": true }, heldInWords(person.held_by)));
  return shown;
}

/** @param {number | null} score */
function scoreLine(score) {
  const full = html("i", {});
  const meter = html("i", { class: "meter" }, full);
  full.style.width = `${100 * Math.min(Math.max(score ?? 0, 0), 1)}%`;
  return html("span", { class: "score", "data-none": score === null ? "" : null }, meter, html("b", {}, scoreInWords(score)));
}

/** @param {SheetPerson} person @param {Filters} filters */
function lines(person, filters) {
  const about = aboutInWords(person, filters);
  const who = person.camera ? `#${person.id} · ${person.camera}` : `#${person.id}`;
  return [
    html("span", { class: "name", title: person.file_name }, person.file_name), html("span", { class: "soft", title: who }, who),
    ...(about ? [html("span", { class: "about", title: about }, about)] : []),
  ];
}

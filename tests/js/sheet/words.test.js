/** The contact sheet in words. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { NO_FILTERS, SHOWS } from "../../../static/sheet/filters.js";
import { aboutInWords, countInWords, emptyInWords, orderInWords, scoreInWords, scoreOf, stateInWords, tileInWords } from "../../../static/sheet/words.js";

const CHOICES = { cameras: [{ id: 3, name: "hall" }], skeleton: { keypoints: ["nose", "left_wrist"], edges: [], mirror: [0, 1], sigmas: [] }, thumb_px: 192 };
const person = (more = {}) => ({
  id: 12, image_id: 4, file_name: "a.jpg", camera: "hall", state: "open", score: 0.456, flags: [], skip_reason: null, labelled_by: null, held_by: null,
  thumb: "/thumb/12", pose: null, ...more,
});
const FLAG = { keypoint: 1, score: 0.9, reason: "the teachers disagree" };
const tile = (who, filters = NO_FILTERS) => tileInWords(who, filters, CHOICES);

test("a tile is told with who, where, how they stand and what to look at", () => {
  assert.equal(tile(person({ flags: [FLAG] })), "Person 12 in a.jpg, camera hall: open, doubt 0.46, 1 flag. the teachers disagree");
  assert.equal(tile(person({ camera: "", score: null })), "Person 12 in a.jpg: open, no score");
  assert.equal(tile(person({ state: "skipped", score: 0, skip_reason: "blurred" })), "Person 12 in a.jpg, camera hall: skipped, doubt 0.00. Skipped: blurred");
});

test("whoever else has the image now is told", () => {
  assert.equal(tile(person({ held_by: "bea" })), "Person 12 in a.jpg, camera hall: open, doubt 0.46, bea has it now");
});

test("asked for a keypoint, a tile tells of that keypoint's flag", () => {
  const flags = [{ keypoint: 0, score: 0.95, reason: "worse" }, FLAG];
  const wrist = { ...NO_FILTERS, keypoint: "1" };
  assert.equal(tile(person({ flags }), wrist), "Person 12 in a.jpg, camera hall: open, left wrist 0.90, 2 flags. the teachers disagree");
  assert.deepEqual([scoreOf(person({ flags }), wrist), scoreOf(person({ flags }), NO_FILTERS), scoreOf(person(), wrist)], [0.9, 0.456, null]);
});

test("under an accepted person stands whose label it is, and no flag asks for a look", () => {
  assert.equal(stateInWords("not_a_person"), "not a person");
  assert.equal(aboutInWords(person({ state: "accepted", labelled_by: "ann", flags: [FLAG] }), NO_FILTERS), "Label by ann");
  assert.equal(aboutInWords(person({ state: "accepted", labelled_by: "import" }), NO_FILTERS), "Imported label");
  assert.equal(aboutInWords(person({ state: "not_a_person", flags: [FLAG] }), NO_FILTERS), "");
});

test("a score has two digits, or says that there is none", () => {
  assert.deepEqual([scoreInWords(0.4), scoreInWords(1), scoreInWords(null)], ["0.40", "1.00", "no score"]);
});

test("the count says how many of how many", () => {
  assert.equal(countInWords({ shown: 60, total: 1200, isWhole: false }), "60 of 1,200 persons shown");
  assert.equal(countInWords({ shown: 60, total: null, isWhole: false }), "60 persons shown, there are more");
  assert.equal(countInWords({ shown: 1, total: null, isWhole: true }), "1 person");
  assert.equal(countInWords({ shown: 0, total: 0, isWhole: true }), "0 persons");
});

test("the order is told for each way of asking", () => {
  assert.match(orderInWords(NO_FILTERS, CHOICES), /pose in most doubt first/);
  assert.match(orderInWords({ ...NO_FILTERS, keypoint: "1" }, CHOICES), /left wrist in most doubt first/);
  assert.match(orderInWords({ ...NO_FILTERS, keypoint: "7" }, CHOICES), /keypoint 7 in most doubt first/);
  assert.match(orderInWords({ ...NO_FILTERS, show: "mine" }, CHOICES), /newest decisions first/);
});

test("nobody shown says why: by every filter that is on, else by what is shown", () => {
  const all = emptyInWords({ show: "skipped", camera: "3", keypoint: "1", search: "x" }, CHOICES);
  assert.equal(all.why, "There are no skipped persons of camera hall, whose left wrist is flagged, with “x” in their file's name.");
  assert.match(all.what, /clear them all/);
  const said = SHOWS.map(({ value }) => emptyInWords({ ...NO_FILTERS, show: value }, CHOICES).why);
  assert.equal(new Set(said).size, SHOWS.length);
  assert.ok(said.every((why) => why.endsWith(".")));
});

/** What is suspected about a person of the sheet. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { NO_FILTERS } from "../../../static/sheet/filters.js";
import { askedSuspicions, suspectedKeypoints, suspicionsInWords } from "../../../static/sheet/suspicions.js";
import { aboutInWords, emptyInWords, orderInWords, scoreOf, tileInWords } from "../../../static/sheet/words.js";

const SWAP = { id: 1, kind: "swap", keypoints: [9], score: 0.4, words: "left wrist seems to be on person 6", other: 6 };
const KNEES = { id: 2, kind: "inversion", keypoints: [13, 14], score: 0.9, words: "left and right knee seem exchanged", other: null };
const PERSON = { id: 7, file_name: "a.jpg", camera: "", state: "accepted", score: 0.3, flags: [], findings: [SWAP, KNEES], labelled_by: "ann", skip_reason: null, held_by: null };
const SUSPICIOUS = { ...NO_FILTERS, show: "suspicious" };
const CHOICES = { cameras: [], skeleton: { keypoints: [], mirror: [], edges: [] } };

test("what is suspected comes by score, and only where suspicious labels are asked for", () => {
  assert.deepEqual(askedSuspicions(PERSON, SUSPICIOUS), [KNEES, SWAP]);
  assert.deepEqual(askedSuspicions(PERSON, { ...SUSPICIOUS, suspicion: "swap" }), [SWAP]);
  assert.deepEqual(askedSuspicions(PERSON, { ...SUSPICIOUS, keypoint: "13" }), [KNEES]);
  assert.deepEqual(askedSuspicions(PERSON, { ...NO_FILTERS, show: "labelled" }), []);
});

test("the keypoints of the most suspicious are ringed, each once", () => {
  assert.deepEqual(suspectedKeypoints([KNEES, SWAP, KNEES], 3), [13, 14, 9]);
  assert.deepEqual(suspectedKeypoints([KNEES, SWAP], 1), [13, 14]);
});

test("a tile says what is suspected, and how probable it is", () => {
  assert.equal(suspicionsInWords([KNEES, SWAP]), "Left and right knee seem exchanged. Left wrist seems to be on person 6.");
  assert.equal(aboutInWords(PERSON, { ...SUSPICIOUS, suspicion: "swap" }), "Left wrist seems to be on person 6.");
  assert.equal(aboutInWords(PERSON, { ...NO_FILTERS, show: "labelled" }), "Label by ann");
  assert.equal(scoreOf(PERSON, SUSPICIOUS), 0.9);
  assert.equal(scoreOf(PERSON, { ...SUSPICIOUS, suspicion: "miss" }), null);
  assert.match(tileInWords(PERSON, SUSPICIOUS, CHOICES), /suspicion 0\.90.*Left and right knee seem exchanged/);
});

test("the order, and that nothing is suspected, are said", () => {
  assert.match(orderInWords(SUSPICIOUS, CHOICES), /most suspicious label first/);
  assert.match(emptyInWords(SUSPICIOUS, CHOICES).why, /No label looks wrong/);
  assert.match(emptyInWords({ ...SUSPICIOUS, suspicion: "twin" }, CHOICES).why, /of the kind “Person labelled twice”/);
});

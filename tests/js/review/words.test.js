import assert from "node:assert/strict";
import { test } from "node:test";

import {
  REASONS, SHOWS, askedShow, earlierInWords, flagsInWords, personInWords, ruleInWords, shareInWords, standInWords, suspectedInWords, suspiciousInWords,
  walkInWords, whose,
} from "../../../static/review/words.js";
import { SKELETON, suspicion, toReview } from "./people.js";

const RULE = { share: 0.1, first: 20 };

test("what is walked is said whole", () => {
  assert.equal(walkInWords({ show: "sample", annotator: "" }, RULE), "10 % of all accepted persons, everybody's first 20, and who came back.");
  assert.equal(walkInWords({ show: "sample", annotator: "ann" }, { share: 1, first: 0 }), "100 % of all accepted persons by ann, and who came back.");
  assert.match(walkInWords({ show: "flagged", annotator: "" }, RULE), /networks flag/);
  assert.match(walkInWords({ show: "suspicious", annotator: "ann" }, RULE), /^Accepted labels by ann that a check suspects/);
  assert.equal(walkInWords({ show: "all", annotator: "import" }, RULE), "Every accepted person by an import.");
});

test("how many there are counts down, and says when it was not counted to the end", () => {
  assert.equal(standInWords({ left: 12, done: 0, pending: 0 }), "12 to see");
  assert.equal(standInWords({ left: 12, done: 3, pending: 1 }), "3 reviewed · 9 to see");
  assert.equal(standInWords({ left: 1000, done: 1, pending: 4 }), "1 reviewed · 1000 or more to see · 4 not stored yet");
  assert.equal(standInWords({ left: null, done: 0, pending: 0 }), "");
});

test("flags are named, and so is why somebody came back before", () => {
  assert.equal(flagsInWords(toReview(1), SKELETON), "No keypoint is flagged.");
  assert.match(flagsInWords(toReview(1, { flags: [{ keypoint: 0, score: 1, reason: "" }] }), SKELETON), /^Flagged: \w+/);
  assert.equal(suspectedInWords(toReview(1)), "");
  const two = [suspicion(), suspicion({ words: "nose is absent" })];
  assert.equal(suspectedInWords(toReview(1, { findings: two })), "A check suspects: Left and right knee seem exchanged. Nose is absent.");
  assert.equal(earlierInWords(null), "");
  assert.equal(earlierInWords({ reviewer: "rita", comment: "knee" }), "Came back before. rita: knee");
  assert.equal(earlierInWords({ reviewer: "rita", comment: "" }), "Came back before. rita: with a corrected pose");
});

test("a share is told with its interval, or not at all", () => {
  assert.equal(shareInWords({ share_good: 0.75, low: 0.301, high: 0.954, sampled: 4 }), "75 % (30 % to 95 %) of 4");
  assert.equal(shareInWords({ share_good: null, low: null, high: null, sampled: 0 }), "none chosen at random yet");
});

test("the rule, a person and whose label it is", () => {
  assert.match(ruleInWords(RULE), /^10 % .* until 20 of theirs were\.$/);
  assert.ok(!ruleInWords({ share: 0, first: 0 }).includes("Of who is new"));
  assert.equal(personInWords(toReview(7)), "Person 7 by ann, 7.jpg.");
  assert.deepEqual([whose(null), whose("import"), whose("bea")], ["an import", "an import", "bea"]);
  assert.equal(new Set(REASONS).size, REASONS.length);
});

test("the address asks for whom the page shows first, and how many are suspected is told", () => {
  assert.deepEqual(SHOWS.map(([show]) => askedShow(`?show=${show}`)), ["sample", "flagged", "suspicious", "all"]);
  assert.deepEqual(["", "?show=nobody", "?__theme=dark"].map(askedShow), ["sample", "sample", "sample"]);
  assert.deepEqual([0, 12, 1000].map(suspiciousInWords), ["Suspicious (0)", "Suspicious (12)", "Suspicious (1000 or more)"]);
});

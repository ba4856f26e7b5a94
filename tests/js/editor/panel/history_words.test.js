import assert from "node:assert/strict";
import { test } from "node:test";

import { beganInWords, byInWords, secondsInWords, whenInWords } from "../../../../static/editor/panel/history_words.js";
import { SKELETON } from "../../tasks.js";

const moved = (keypoint, px, touched = true) => ({ keypoint, touched, px, sigmas: px === null ? null : px / 4 });
const label = (...keypoints) => ({ began: "label 1", moved: keypoints });

test("seconds are told as long as somebody measured them", () => {
  assert.deepEqual([null, 0, 0.4, 23.4, 89, 90, 600].map(secondsInWords), ["", "under 1 s", "under 1 s", "23 s", "89 s", "2 min", "10 min"]);
  assert.equal(byInWords({ by: "ann", seconds: null }), "ann");
  assert.equal(byInWords({ by: "ann", seconds: 5 }), "ann · 5 s");
});

test("the farthest keypoint comes first, in px and in sigmas", () => {
  const words = beganInWords(label(moved(1, 2), moved(3, 40)), SKELETON);
  assert.equal(words, "Began with: label 1. 2 touched by hand: left foot 40 px (10.0 σ), left hand 2.0 px (0.5 σ).");
});

test("what was touched without a place to begin from, and what moved by no hand, is told so", () => {
  const words = beganInWords(label(moved(0, null), moved(1, 3, false)), SKELETON);
  assert.equal(words, "Began with: label 1. 1 touched by hand: left hand 3.0 px (0.8 σ) not by hand, nose.");
});

test("nothing moved is said", () => {
  assert.equal(beganInWords(label(), SKELETON), "Began with: label 1. No keypoint was moved or touched.");
});

test("of many keypoints the farthest are named and the others counted", () => {
  const many = { ...SKELETON, keypoints: [..."abcdefgh"] };
  const words = beganInWords(label(...[..."abcdefgh"].map((_, k) => moved(k, 1 + k))), many);
  assert.match(words, / 8 touched by hand: h 8\.0 px.*, and 2 more\.$/);
});

test("a moment is told the shorter the nearer it is", () => {
  const now = Date.parse("2026-11-30T12:00:00Z");
  const ago = (minutes) => whenInWords(new Date(now - minutes * 60_000).toISOString(), now, "en-GB");
  assert.deepEqual([0, 5, 120, 60 * 24 * 3].map(ago), ["just now", "5 min ago", "2 h ago", "27 Nov 2026"]);
});

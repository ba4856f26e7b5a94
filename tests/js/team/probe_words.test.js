/** How closely annotators look, in words. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { percentOf, sayCaught, sayInterval, shareOf } from "../../../static/team/probe_words.js";

test("of nobody nothing is said", () => {
  assert.equal(sayCaught({ caught: 0, seen: 0 }), "none yet");
  assert.equal(sayInterval({ low: null, high: null }), "–");
});

test("a share is told with its interval", () => {
  assert.equal(sayCaught({ caught: 9, seen: 10 }), "9 of 10");
  assert.equal(sayInterval({ low: 0.5958, high: 0.9821 }), "60 to 98 %");
});

test("a share goes through a form and comes back", () => {
  for (const share of [0, 0.02, 0.05, 0.125, 0.07, 0.001]) assert.equal(shareOf(percentOf(share)), share);
  assert.equal(percentOf(0.07), "7");
});

/** How people agree, in words. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { sayKinds, sayNumber, sayOks, saySigma } from "../../../static/team/agreement_words.js";

test("what is not known is said with a dash", () => {
  assert.equal(sayNumber(null), "–");
  assert.equal(sayOks({ oks: null, low: null, high: null }), "–");
  assert.equal(saySigma({ sigma: null, low: null, high: null, is_enough: false }), "–");
});

test("a figure comes with its interval where it has one", () => {
  assert.equal(sayOks({ oks: 0.914, low: null, high: null }), "0.91");
  assert.equal(sayOks({ oks: 0.914, low: 0.88, high: 0.95 }), "0.91 (0.88 to 0.95)");
});

test("a sigma of too few people says so", () => {
  assert.equal(saySigma({ sigma: 0.062, low: 0.05, high: 0.075, is_enough: true }), "0.062 (0.050 to 0.075)");
  assert.equal(saySigma({ sigma: 0.062, low: 0.05, high: 0.075, is_enough: false }), "0.062 (0.050 to 0.075), too few");
});

test("only ways to differ that happened are told", () => {
  assert.equal(sayKinds({ alike: 30, "both absent": 2, jitter: 4, swap: 1, "other person": 0, elsewhere: 0, miss: 3 }), "4 jitter, 1 swap, 3 miss");
  assert.equal(sayKinds({ alike: 30 }), "–");
});

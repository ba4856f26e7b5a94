import assert from "node:assert/strict";
import { test } from "node:test";

import { Tally } from "../../../../static/editor/images/tally.js";

/** A tally that has heard of six images. */
function ofSix() {
  const tally = new Tally();
  tally.heard(6, []);
  return tally;
}

test("an image finished here counts at once, and once, whether or not the server knew of it when asked", () => {
  for (const answer of [5, 6]) {
    const tally = ofSix();
    tally.finished(1);
    assert.equal(tally.left, 5);
    tally.heard(answer, [1]);
    assert.equal(tally.left, 5);
  }
});

test("what others finish or import shows at the next fetch", () => {
  for (const answer of [2, 9]) {
    const tally = ofSix();
    tally.finished(1);
    tally.heard(answer, []);
    assert.equal(tally.left, answer);
  }
});

test("an image taken back is to do again", () => {
  const tally = ofSix();
  tally.finished(1);
  tally.heard(5, []);
  tally.reopened(1);
  assert.equal(tally.left, 6);
});

test("an image taken back is to do again even if the server, asked before, still counts it as finished", () => {
  const tally = ofSix();
  tally.finished(1);
  tally.reopened(1);
  tally.heard(5, [1]);
  assert.equal(tally.left, 6);
  tally.finished(1);
  tally.heard(5, [1]);
  assert.equal(tally.left, 5);
});

import assert from "node:assert/strict";
import { test } from "node:test";

import { flagInWords, isWholePoseFlagged } from "../../../../static/editor/desk/flag_words.js";
import { SKELETON, person } from "../../tasks.js";

test("a flag says in few words that something is unsure; how that was found out is in the tip", () => {
  for (const [why, short] of [
    ["16 px apart in a turned and a closer copy", "unsure, 16 px apart"],
    ["29 px apart in turned copies", "unsure, 29 px apart"],
    ["20 px away in a closer copy", "unsure, 20 px away"],
    ["31 px away in a closer look", "unsure, 31 px away"],
    ["in doubt, as this pose is", "unsure, as the whole pose"],
  ]) {
    const told = flagInWords(`left ankle: ${why}`);
    assert.equal(told.short, `left ankle: ${short}`);
    assert.equal(flagInWords(why).short, short, "without the keypoint's name");
    assert.ok(told.tip.length > told.short.length && !/copy|look$/.test(told.short), told.tip);
  }
  assert.match(flagInWords("nose: 16 px apart in a turned and a closer copy").tip, /16 px apart in a turned and a closer copy\.$/);
});

test("what is clear already is said as it is", () => {
  for (const reason of ["left ankle: A and B 31 px apart", "nose: the model is unsure (12 %)", "nose: often corrected in poses like this", "look at 2", ""]) {
    assert.deepEqual(flagInWords(reason), { short: reason, tip: reason });
  }
});

test("a pose is in doubt as a whole where more than half of its keypoints are flagged", () => {
  assert.equal(isWholePoseFlagged(person(1, { flagged: [0, 1, 2] }), SKELETON), true);
  assert.equal(isWholePoseFlagged(person(1, { flagged: [0, 1] }), SKELETON), false);
  assert.equal(isWholePoseFlagged({ flags: [1, 2] }, { keypoints: ["a", "b", "c", "d"] }), false, "just half");
});

import assert from "node:assert/strict";
import { test } from "node:test";

import { callPiece, sayLeft, sayPeople } from "../../../static/team/work_words.js";

test("a piece of work is called by its camera and the part of the file names", () => {
  assert.equal(callPiece({ camera: "hall", part: "" }), "hall");
  assert.equal(callPiece({ camera: "hall", part: "morning" }), "hall, names with “morning”");
  assert.equal(callPiece({ camera: null, part: "a" }), "every camera, names with “a”");
  assert.equal(callPiece({ camera: "", part: "" }), "the images without a camera");
});

test("somebody who is disabled is told so, since nobody gets their images", () => {
  assert.equal(sayPeople([{ id: 1, name: "ann", is_disabled: false }, { id: 2, name: "bob", is_disabled: true }]), "ann, bob (disabled: nobody gets it)");
});

test("what is left is counted", () => {
  assert.deepEqual([0, 1, 12].map(sayLeft), ["0 open images", "1 open image", "12 open images"]);
});

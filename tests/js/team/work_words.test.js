import assert from "node:assert/strict";
import { test } from "node:test";

import { callPiece, sayCamera, sayCameras, sayGets, sayLeft, sayPeople } from "../../../static/team/work_words.js";

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

test("a camera says how many images are open there", () => {
  assert.deepEqual([{ name: "room-3", open: 4 }, { name: "", open: 0 }].map(sayCamera), ["room-3, 4 open", "without a camera, nothing open"]);
  assert.equal(sayCameras(32), "Cameras (none chosen: all 32)");
});

test("what somebody gets is their own work, or what was given to nobody", () => {
  assert.deepEqual([true, false].map((is_given) => sayGets({ is_given })), ["own work", "what was given to nobody"]);
});

/** Cameras in words: who says where a circle is, and whether it is saved. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { sayCounts, sayFound, sayImages, saySave, saySource, sayState } from "../../../static/cameras/words.js";

const camera = (source, more = {}) => ({ is_fisheye: true, source, arc_degrees: null, ...more });

test("a circle says who says so", () => {
  assert.match(saySource(camera("assumed")), /^Assumed: the circle inscribed/);
  assert.equal(saySource(camera("found", { arc_degrees: 203.6 })), "Found in its frames: 204° of the rim are seen.");
  assert.equal(saySource(camera("set")), "Set by a lead.");
  assert.match(saySource(camera("set", { is_fisheye: false })), /not a fisheye/);
});

test("a search says what it found, and whether that is news", () => {
  assert.match(sayFound(null, { isStored: true }), /stays as it is/);
  assert.equal(sayFound({ arc_degrees: 120 }, { isStored: true }), "Found where it was.");
  assert.match(sayFound({ arc_degrees: 120.2 }, { isStored: false }), /^Found: 120° .* Save it/);
});

test("unsaved, saving, saved and failed are told apart", () => {
  assert.equal(sayState({ unsaved: true, source: "found" }).text, "Not saved yet.");
  assert.equal(sayState({ unsaved: true, saving: true, source: "found" }).text, "Saving…");
  assert.equal(sayState({ unsaved: false, source: "set" }).text, "Saved.");
  assert.equal(sayState({ unsaved: false, source: "found" }).text, "Nobody has confirmed it yet.");
  assert.deepEqual(sayState({ error: "gone." }), { text: "Not saved: gone.", tone: "error" });
});

test("what nobody has touched can be confirmed", () => {
  assert.equal(saySave({ unsaved: false, source: "found" }), "Confirm");
  assert.equal(saySave({ unsaved: true, source: "found" }), "Save");
  assert.equal(saySave({ unsaved: false, source: "set" }), "Save");
});

test("counts are told in words", () => {
  assert.equal(sayCounts([camera("found"), camera("found"), camera("set")]), "3 cameras: 2 found, 1 set");
  assert.equal(sayCounts([camera("assumed")]), "1 camera: 1 assumed");
  assert.deepEqual([sayImages(1), sayImages(1200)], ["1 image", "1,200 images"]);
});

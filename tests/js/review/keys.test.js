import assert from "node:assert/strict";
import { test } from "node:test";

import { commandFor } from "../../../static/editor/input/keys.js";
import { REVIEW_KEYS, TOLD_KEYS } from "../../../static/review/keys.js";

/** @param {string} key */
const pressed = (key, more = {}) => commandFor({ key, code: "", shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...more }, REVIEW_KEYS);

test("one key says good, one sends back, one takes it back", () => {
  assert.deepEqual(["y", "n", "z"].map((key) => pressed(key)), ["good", "back", "undo"]);
  assert.equal(pressed("z", { ctrlKey: true }), "undo");
  assert.equal(pressed("я", { code: "KeyZ" }), "undo", "by its place on other keyboards");
});

test("hands do as in the editor", () => {
  const pressedThere = ["Tab", "ArrowLeft", "0", "1", "2", "h", "u", "c", "f", "+", "-", "Escape"].map((key) => pressed(key));
  assert.deepEqual(pressedThere, ["flag-next", "nudge-left", "absent", "hidden", "visible", "hide", "upright", "fit-person", "fit-image", "zoom-in", "zoom-out", "cancel"]);
  assert.equal(pressed("ArrowUp", { shiftKey: true }), "nudge-up-far");
  assert.equal(new Set(REVIEW_KEYS.map(({ command }) => command)).size, 26);
});

test("no key does two things, and what goes on beside typing needs no other hand", () => {
  const keys = REVIEW_KEYS.flatMap((binding) => binding.keys);
  assert.equal(new Set(keys).size, keys.length);
  assert.ok(TOLD_KEYS.every(({ keys: names, label }) => names && label));
});

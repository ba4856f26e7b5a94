import assert from "node:assert/strict";
import { test } from "node:test";

import { isViewing } from "../../../static/editor/images/looking.js";
import { BINDINGS, commandFor } from "../../../static/editor/input/keys.js";
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
  assert.equal(new Set(REVIEW_KEYS.map(({ command }) => command)).size, 27);
});

test("no key does two things, and what goes on beside typing needs no other hand", () => {
  const keys = REVIEW_KEYS.flatMap((binding) => binding.keys);
  assert.equal(new Set(keys).size, keys.length);
  assert.ok(TOLD_KEYS.every(({ keys: names, label }) => names && label));
});

test("no key of one page breaks anything on the other: it does the same, or there it only looks", () => {
  const theirs = new Map(BINDINGS.flatMap(({ command, keys }) => keys.map((key) => [key, command])));
  const other = REVIEW_KEYS.flatMap(({ command, keys }) => keys.map((key) => ({ key, here: command, there: theirs.get(key) })))
    .filter(({ here, there }) => there !== undefined && there !== here);
  for (const { key, here, there } of other) assert.ok(isViewing(there) && here === "back", `${key}: ${here} in Review, ${there} in the editor`);
  assert.deepEqual(other.map(({ key }) => key), ["N"], "back asks for a word first");
  assert.deepEqual(["Y", "X"].map((key) => theirs.get(key)), [undefined, "not-a-person"]);
  assert.equal(pressed("x"), null, "who says Not a person in the editor changes nothing here");
});

import assert from "node:assert/strict";
import { test } from "node:test";

import { overlaps, placeLabel, wrapped } from "../../../../static/editor/canvas/name_places.js";
import { numbersFrom } from "../../chance.js";

const STAGE = { width: 400, height: 300 };
const SIZE = { width: 80, height: 18 };
const room = (more = {}) => ({ middle: { x: 200, y: 150 }, stage: STAGE, ...more });
const covers = (pill, { x, y }) => x >= pill.x && x <= pill.x + pill.width && y >= pill.y && y <= pill.y + pill.height;

test("a label stands away from the body's middle and clear of what it names", () => {
  const left = placeLabel(SIZE, { x: 150, y: 150 }, room());
  assert.ok(left.x + left.width < 150);
  const below = placeLabel(SIZE, { x: 200, y: 250 }, room());
  assert.ok(below.y > 250);
});

test("wherever a keypoint is, its label lies inside the stage, hides no dot and no label, or is left out", () => {
  const chance = numbersFrom(7);
  const taken = [];
  const dots = Array.from({ length: 12 }, () => ({ x: 400 * chance(), y: 300 * chance() }));
  for (const at of dots) {
    const pill = placeLabel(SIZE, at, room({ dots, taken }));
    if (!pill) continue;
    assert.ok(pill.x >= 0 && pill.y >= 0 && pill.x + 80 <= 400 && pill.y + 18 <= 300);
    assert.equal(dots.some((dot) => covers(pill, dot)), false);
    assert.equal(taken.some((other) => overlaps(pill, other)), false);
    taken.push(pill);
  }
  assert.ok(taken.length > 3);
});

test("the selected keypoint's label is shown even where there is no room for it, still inside the stage", () => {
  const dots = Array.from({ length: 300 }, (_, i) => ({ x: 20 * (i % 20), y: 20 * Math.floor(i / 20) }));
  const at = { x: 2, y: 299 };
  assert.equal(placeLabel(SIZE, at, room({ dots })), null);
  const pill = placeLabel(SIZE, at, room({ dots, must: true }));
  assert.ok(pill.x >= 0 && pill.y + 18 <= 300);
});

test("a text goes into lines at its spaces, and what is too much is left out with a sign", () => {
  assert.deepEqual(wrapped("A and B disagree on left elbow by 12 px", 24, 2), ["A and B disagree on", "left elbow by 12 px"]);
  assert.deepEqual(wrapped("one two three four five six", 9, 2), ["one two", "three …"]);
  assert.deepEqual(wrapped("Donaudampfschifffahrt", 10, 2), ["Donaudamp…"]);
  assert.deepEqual(wrapped("", 10, 2), [""]);
  for (const line of wrapped("a bb ccc dddd eeeee ffffff ggggggg hhhhhhhh", 12, 2)) assert.ok(line.length <= 12, line);
});

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  DEFAULTS, hasGhosts, readLooks, toneOf, withDefaults, withGhost, withGhostsToggled, writeLooks,
} from "../../../../static/editor/panel/looks.js";

const through = ({ amplitude, exponent, offset }, value) => amplitude * value ** exponent + offset;

test("nothing stored, or nothing readable, is drawn as at first", () => {
  for (const text of [null, "", "no JSON", "null", "7", "[]"]) assert.deepEqual(readLooks(text), { ...DEFAULTS });
});

test("what is stored comes back", () => {
  const looks = { ...withGhost(readLooks(null), "C"), rings: "all", dots: 1.5, gamma: 0.3, others: false };
  assert.deepEqual(readLooks(writeLooks(looks)), looks);
});

test("a field that is unknown or out of range is as at first, and the others are kept", () => {
  const text = JSON.stringify({ dots: 9, opacity: 0, gamma: "2", rings: "some", others: 1, ghosts: { A: false, B: "no", X: true },
    names: "all", contrast: 0.5, extra: true });
  assert.deepEqual(readLooks(text), {
    ...DEFAULTS, names: "all", contrast: 0.5, ghosts: { A: false, B: true, C: false, label: false },
  });
});

test("all ghosts go with one key, and those come back that were there", () => {
  const looks = withGhost(withGhost(readLooks(null), "B"), "label");
  const off = withGhostsToggled(looks);
  assert.equal(hasGhosts(off), false);
  assert.deepEqual(withGhostsToggled(off, looks.ghosts).ghosts, { A: true, B: false, C: false, label: true });
});

test("a picture that is not adjusted goes through no filter", () => {
  assert.equal(toneOf(DEFAULTS), null);
  assert.equal(toneOf(withDefaults({ ...DEFAULTS, gamma: 2, contrast: 1 }, ["gamma", "contrast"])), null);
});

test("gamma leaves black and white where they are, and lifts the shadows above 1", () => {
  const tone = toneOf({ ...DEFAULTS, gamma: 2 });
  assert.deepEqual([through(tone, 0), through(tone, 1), through(tone, 0.25)], [0, 1, 0.5]);
  assert.ok(through(toneOf({ ...DEFAULTS, gamma: 0.5 }), 0.5) < 0.5);
});

test("contrast leaves the middle grey where it is; brightness moves everything alike", () => {
  const strong = toneOf({ ...DEFAULTS, contrast: 1 });
  assert.deepEqual([through(strong, 0.5), through(strong, 0.6)].map((value) => Math.round(100 * value)), [50, 90]);
  const bright = toneOf({ ...DEFAULTS, brightness: 0.4 });
  assert.equal(through(bright, 0.1).toFixed(9), (0.3).toFixed(9));
  assert.equal(through(bright, 0.5).toFixed(9), (0.7).toFixed(9));
});

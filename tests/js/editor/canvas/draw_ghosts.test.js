import assert from "node:assert/strict";
import { test } from "node:test";

import { GHOSTS, ghostOf } from "../../../../static/editor/canvas/draw_ghosts.js";
import { GHOST_KINDS } from "../../../../static/editor/panel/looks.js";
import { openDesk } from "../../../../static/editor/desk/opening.js";
import { person, task } from "../../tasks.js";

const xyv = Array.from({ length: 5 }, (_, i) => [i, i, 1]);

test("each kind of ghost is told apart by letter, colour, dash and the side its letter stands on", () => {
  assert.deepEqual(Object.keys(GHOSTS), GHOST_KINDS);
  for (const part of ["letter", "colour", "dash", "side", "name"]) {
    assert.equal(new Set(GHOST_KINDS.map((kind) => String(GHOSTS[kind][part]))).size, GHOST_KINDS.length, part);
  }
});

test("a network's ghost is what it predicted, the previous label's what one could start from", () => {
  const starts = [{ xyv, from: "label", prediction_id: null, model: null }];
  const [labelled] = openDesk(task({ ...person(1), starts, ghosts: { C: xyv } })).persons;
  assert.deepEqual([ghostOf(labelled, "C"), ghostOf(labelled, "label"), ghostOf(labelled, "A")], [xyv, xyv, null]);
  const [bare] = openDesk(task({ ...person(1), starts: [], ghosts: {} })).persons;
  assert.deepEqual(GHOST_KINDS.map((kind) => ghostOf(bare, kind)), [null, null, null, null]);
});

/** Arrow keys among tiles. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { stepTo } from "../../../static/sheet/steps.js";

/** Five tiles in rows of two: 0 1 / 2 3 / 4. */
const GRID = { count: 5, columns: 2 };
const step = (index, key) => stepTo(index, key, GRID);

test("arrows lead to the neighbour, and on into the next row", () => {
  assert.deepEqual([step(0, "ArrowRight"), step(1, "ArrowRight"), step(2, "ArrowLeft")], [1, 2, 1]);
  assert.deepEqual([step(0, "ArrowDown"), step(2, "ArrowUp"), step(1, "End"), step(3, "Home")], [2, 0, 4, 0]);
});

test("at the border an arrow leads nowhere", () => {
  for (const [index, key] of [[0, "ArrowLeft"], [1, "ArrowUp"], [4, "ArrowRight"], [4, "ArrowDown"]]) assert.equal(step(index, key), null, key);
});

test("down from above the last row's gap leads to the last tile", () => assert.equal(step(3, "ArrowDown"), 4));

test("other keys are left alone", () => assert.equal(step(0, "a"), null));

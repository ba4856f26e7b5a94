import assert from "node:assert/strict";
import { test } from "node:test";

import { say, scale, stretches, ticks } from "../../../static/lead/scale.js";
import { numbersFrom } from "../chance.js";

test("an axis has round numbers", () => {
  assert.deepEqual(ticks(0, 200), [0, 50, 100, 150, 200]);
  assert.deepEqual(ticks(0.031, 0.118), [0, 0.05, 0.1, 0.15]);
  assert.deepEqual(ticks(1, 3, { whole: true }), [1, 2, 3]);
});

test("ticks span the data, evenly, and are few, whatever the data", () => {
  const random = numbersFrom(7);
  for (let run = 0; run < 500; run += 1) {
    const low = (random() - 0.5) * 10 ** (random() * 6 - 3);
    const high = low + random() * 10 ** (random() * 6 - 3);
    const found = ticks(low, high);
    const step = found[1] - found[0];
    assert.ok(found[0] <= low + 1e-9 * step && found.at(-1) >= high - 1e-6 * step, `${low}..${high}: ${found}`);
    assert.ok(found.length >= 2 && found.length <= 7, `${low}..${high}: ${found}`);
    for (const [i, value] of found.entries()) assert.ok(Math.abs(value - (found[0] + i * step)) < 1e-6 * step);
  }
});

test("a single value has an axis too", () => {
  for (const value of [0, 3, -0.25]) {
    const found = ticks(value, value);
    assert.ok(found[0] <= value && value <= found.at(-1) && found.length >= 2, `${value}: ${found}`);
  }
});

test("whole ticks are whole", () => {
  assert.ok(ticks(1, 2, { whole: true }).every(Number.isInteger));
  assert.ok(ticks(5, 5, { whole: true }).every(Number.isInteger));
});

test("a scale takes the ends to the ends, and one value to the first end", () => {
  const x = scale([10, 20], [100, 0]);
  assert.deepEqual([x(10), x(15), x(20)], [100, 50, 0]);
  assert.equal(scale([4, 4], [7, 9])(4), 7);
});

test("a tick is told with as many places as its step needs", () => {
  assert.equal(say(0.04, 0.02), "0.04");
  assert.equal(say(100, 50), "100");
  assert.equal(say(0.5, 0.25), "0.5");
});


/** @type {[number, number][]} */
const POINTS = [[1, 0.3], [2, 0.4], [3, 0.2], [4, 0.5]];

test("figures of other people are not joined", () => {
  assert.deepEqual(stretches(POINTS, { 1: 13, 2: 13, 3: 20, 4: 20 }), [POINTS.slice(0, 2), POINTS.slice(2)]);
  assert.deepEqual(stretches(POINTS, { 1: 13, 2: 20, 3: 13, 4: 20 }), POINTS.map((point) => [point]));
});

test("a curve within a round is one line, and no points are none", () => {
  assert.deepEqual(stretches(POINTS, null), [POINTS]);
  assert.deepEqual(stretches([], {}), []);
});

import assert from "node:assert/strict";
import { test } from "node:test";

import { PAUSE_MS, WorkingTime } from "../../../static/editor/working_time.js";

function watch() {
  const at = { ms: 0, whom: { imageId: 5, key: 1 } };
  const time = new WorkingTime(() => at.whom, () => at.ms);
  const work = (seconds, step = 1) => {
    for (let done = 0; done < seconds; done += step) {
      at.ms += 1000 * step;
      time.heard();
    }
  };
  time.heard();
  return { at, time, work };
}

test("what is worked on somebody is counted until it is asked for", () => {
  const { time, work } = watch();
  work(12);
  assert.equal(time.take(5, 1), 12);
  assert.equal(time.take(5, 1), 0);
  work(3);
  assert.equal(time.take(5, 1), 3);
});

test("each person has their own time, and a decision takes one person's alone", () => {
  const { at, time, work } = watch();
  work(4);
  at.whom = { imageId: 5, key: "drawn" };
  work(6);
  at.whom = { imageId: 6, key: 1 };
  work(2);
  assert.deepEqual([time.take(5, 1), time.take(5, "drawn"), time.take(6, 1)], [4, 6, 2]);
});

test("a pause is no work, and somebody who looks for a while is no pause", () => {
  const { at, time } = watch();
  at.ms += PAUSE_MS;
  time.heard();
  at.ms += PAUSE_MS + 1;
  time.heard();
  assert.equal(time.take(5, 1), PAUSE_MS / 1000);
});

test("a decision after a pause does not take the pause with it", () => {
  const { at, time, work } = watch();
  work(5);
  at.ms += 10 * PAUSE_MS;
  assert.equal(time.take(5, 1), 5);
});

test("what passes while the page is away is no work", () => {
  const { at, time, work } = watch();
  work(5);
  at.ms += 2000;
  time.away(true);
  at.ms += 3000;
  time.away(false);
  at.ms += 1000;
  time.heard();
  assert.equal(time.take(5, 1), 8);
});

test("who only looks works on nobody", () => {
  const { at, time, work } = watch();
  at.whom = null;
  work(30);
  at.whom = { imageId: 5, key: 1 };
  assert.equal(time.take(5, 1), 0);
});

test("the server is never told more than a day", () => {
  const { time, work } = watch();
  work(100_000, 20);
  assert.equal(time.take(5, 1), 86_400);
});

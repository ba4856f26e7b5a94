import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { test } from "node:test";

import { Keeper } from "../../../../static/editor/keeping/keeper.js";
import { Outbox } from "../../../../static/editor/server/outbox.js";
import { openDesk } from "../../../../static/editor/desk/opening.js";
import { movePoint } from "../../../../static/editor/desk/editing.js";
import { person, task } from "../../tasks.js";

/** A page whose browser has no IndexedDB, as Node has none. */
async function page({ storage = () => ({}) } = {}) {
  const told = [];
  const outbox = new Outbox({ send: () => new Promise(() => {}) });
  const keeper = new Keeper(outbox, (problem) => told.push(problem), storage);
  await keeper.open();
  await keeper.openFor("ann", "here");
  return { keeper, told };
}

const edited = () => movePoint(openDesk(task(person(1))), { x: 5, y: 6 });

test("before anybody is known nothing is kept, and nothing breaks", () => {
  const keeper = new Keeper(new Outbox({ send: () => {} }), () => {});
  keeper.keep({ desk: edited(), waiting: 0 });
  keeper.keep(null);
});

test("that drafts do not outlive the page is told once, however often they are kept", async () => {
  const { keeper, told } = await page();
  assert.equal(keeper.isSure, true);
  const sheet = { desk: edited(), waiting: 0 };
  keeper.keep(sheet);
  await setImmediate();
  keeper.keep(sheet);
  await setImmediate();
  assert.deepEqual([keeper.isSure, told.length], [false, 1]);
});

test("what is kept comes back on the same page, for the annotator in this project", async () => {
  const { keeper } = await page();
  keeper.going(true, { desk: edited(), waiting: 0 });
  await setImmediate();
  const { desk, restored, problem } = await keeper.restore(openDesk(task(person(1))));
  assert.deepEqual(desk.persons[0].pose.xyv[desk.keypoint], [5, 6, 2]);
  assert.deepEqual([keeper.owner, restored.length], ["ann@here", 1]);
  assert.match(problem, /could not keep your work/);
});

test("a project that comes while the page is open is kept for under its own name", async () => {
  const keeper = new Keeper(new Outbox({ send: () => {} }), () => {}, () => ({}));
  await keeper.open();
  const kept = [];
  for (const [project, x] of [[null, 5], ["here", 7]]) {
    await keeper.openFor("ann", project);
    keeper.keep({ desk: movePoint(openDesk(task(person(1))), { x, y: 6 }), waiting: 0 });
    await setImmediate();
    const { desk } = await keeper.restore(openDesk(task(person(1))));
    kept.push([keeper.owner, desk.persons[0].pose.xyv[desk.keypoint][0]]);
  }
  assert.deepEqual(kept, [["ann@", 5], ["ann@here", 7]]);
});

test("a browser that forbids localStorage is worked with all the same", async () => {
  const { keeper, told } = await page({ storage: () => { throw new DOMException("insecure", "SecurityError"); } });
  keeper.going(true, null);
  keeper.going(false, null);
  assert.deepEqual([await keeper.countLetters(), told], [0, []]);
});

import assert from "node:assert/strict";
import { test } from "node:test";

import { Drafts } from "../../static/editor/drafts.js";
import * as state from "../../static/editor/state.js";
import { person, task } from "./tasks.js";

/** A Storage in memory. */
function storage() {
  const items = {};
  const hide = (name, value) => Object.defineProperty(items, name, { value, enumerable: false });
  hide("getItem", (key) => items[key] ?? null);
  hide("setItem", (key, value) => (items[key] = value));
  hide("removeItem", (key) => delete items[key]);
  return items;
}

const edited = (known) => state.movePoint(state.openDesk(task(person(1, known), person(2))), { x: 77, y: 66 });

test("edits come back after a reload, and undo takes them away", () => {
  const drafts = new Drafts(storage(), "ann");
  drafts.keep(edited(), 0);
  const { desk, restored } = drafts.restore(state.openDesk(task(person(1), person(2))));
  assert.deepEqual(restored, [{ person: 0, fromAnotherStart: false }]);
  assert.deepEqual(desk.persons[0].pose.xyv[0], [77, 66, 2]);
  assert.deepEqual(state.undo(desk).persons[0].pose.xyv[0], [20, 31, 2]);
});

test("a draft of an older revision stays away, and so does another annotator's", () => {
  const items = storage();
  new Drafts(items, "ann").keep(edited(), 0);
  const newer = state.openDesk(task(person(1, { revision: 3 }), person(2)));
  assert.deepEqual(new Drafts(items, "ann").restore(newer).restored, []);
  assert.deepEqual(new Drafts(items, "bob").restore(state.openDesk(task(person(1), person(2)))).restored, []);
});

test("once saved, nothing is kept; after a fortnight neither", () => {
  const items = storage();
  const drafts = new Drafts(items, "ann");
  drafts.keep(edited(), 0);
  drafts.prune(15 * 24 * 3600 * 1000);
  assert.equal(Object.keys(items).length, 0);
  const desk = edited();
  drafts.keep(state.withPerson(desk, 0, { start: desk.persons[0].pose }), 0);
  assert.equal(Object.keys(items).length, 0);
});

test("a browser that cannot keep anything says so and goes on", () => {
  const refuse = () => { throw new Error("quota"); };
  const full = { getItem: refuse, setItem: refuse, removeItem: refuse };
  assert.equal(new Drafts(full, "ann").keep(edited(), 0), false);
});

test("a draft made from an earlier prediction is kept, and told apart", () => {
  const drafts = new Drafts(storage(), "ann");
  drafts.keep(edited(), 0);
  const { start } = person(1);
  const { desk, restored } = drafts.restore(state.openDesk(task(person(1, { start: { ...start, prediction_id: 10 } }), person(2))));
  assert.deepEqual(restored, [{ person: 0, fromAnotherStart: true }]);
  assert.deepEqual(desk.persons[0].pose.xyv[0], [77, 66, 2]);
});

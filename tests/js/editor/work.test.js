import assert from "node:assert/strict";
import { test } from "node:test";

import { decide } from "../../../static/editor/desk/deciding.js";
import { movePoint } from "../../../static/editor/desk/editing.js";
import { selectKeypoint, selectPerson } from "../../../static/editor/desk/selecting.js";
import * as words from "../../../static/editor/words.js";
import { person } from "../tasks.js";
import { atWork } from "./at_work.js";

test("an edit is made and told; one of a decided person is explained instead", () => {
  const { work, said, explained } = atWork(person(1));
  work.edit(movePoint(work.desk, { x: 5, y: 5 }));
  assert.equal(said.at(-1), "nose, visible");
  work.edit(movePoint(work.desk, { x: 6, y: 6 }), "Moved.");
  assert.equal(said.at(-1), "Moved.");
  work.change(decide(work.desk, 0, { state: "accepted", reason: null }));
  work.edit(movePoint(work.desk, { x: 7, y: 7 }));
  assert.deepEqual(explained, [words.DECIDED]);
});

test("an image that may only be looked at takes no change, and nothing in it waits for a place", () => {
  const { work, explained } = atWork(person(1, { start: { xyv: person(1).start.xyv.with(1, [0, 0, 0]), from: "model", undecided: [1] } }));
  work.sheet.look = { heldBy: "bob", reason: null };
  const before = work.desk;
  work.edit(movePoint(work.desk, { x: 5, y: 5 }));
  assert.equal(work.desk, before);
  assert.ok(explained.includes(words.ONLY_LOOKING));
  work.goTo(selectKeypoint(work.desk, 1));
  assert.deepEqual([work.desk.keypoint, work.desk.placing], [1, false]);
});

test("another person is fitted, another keypoint only brought into sight, and what was clicked stays where it is", () => {
  const { work, viewing } = atWork(person(1), person(2));
  const whole = viewing.view;
  work.goTo(selectKeypoint(work.desk, 2));
  assert.equal(viewing.view, whole);
  work.goTo(selectPerson(work.desk, 1), { under: { x: 10, y: 10 } });
  assert.equal(viewing.view, whole);
  work.goTo(selectPerson(work.desk, 0));
  assert.notEqual(viewing.view, whole);
});

test("who comes into view is told, and otherwise the keypoint", () => {
  const { work, said } = atWork(person(1), person(2));
  work.goTo(selectPerson(work.desk, 1));
  assert.match(said.at(-1), /^Person 2 of 2/);
  work.goTo(selectKeypoint(work.desk, 3));
  assert.match(said.at(-1), /^left foot/);
});

import assert from "node:assert/strict";
import { test } from "node:test";

import { movePoint } from "../../../../static/editor/desk/editing.js";
import { selectKeypoint, selectPerson } from "../../../../static/editor/desk/selecting.js";
import * as undoing from "../../../../static/editor/desk/undoing.js";
import { Gesture, Tool } from "../../../../static/editor/tools/tool.js";
import { person } from "../../tasks.js";
import { atWork } from "../at_work.js";

test("a gesture is about who was selected when it began, in that image", () => {
  const { work } = atWork(person(1), person(2));
  const gesture = new Gesture(work.sheet);
  assert.ok(gesture.isAbout(work.sheet));
  assert.ok(!gesture.isAbout({ ...work.sheet }), "another image");
  assert.ok(!gesture.isAbout(null));
  work.change(selectPerson(work.desk, 1));
  assert.ok(!gesture.isAbout(work.sheet));
});

test("given up, nothing of it is left, and what could be made again still can", () => {
  const { work } = atWork(person(1));
  work.change(undoing.undo(movePoint(work.desk, { x: 9, y: 9 })));
  const gesture = new Gesture(work.sheet);
  const dragged = movePoint(selectKeypoint(work.desk, 2), { x: 5, y: 5 }, gesture.key);
  const back = gesture.givenUp(dragged);
  assert.deepEqual(back.persons[0].pose, work.person.pose);
  assert.equal(back.future.length, 1);
});

test("two gestures are two steps of undo", () => {
  const { work } = atWork(person(1));
  assert.notEqual(new Gesture(work.sheet).key, new Gesture(work.sheet).key);
});

test("a tool that says nothing of its own lets the view be moved, and Enter puts it away", () => {
  const here = atWork(person(1));
  const tool = new Tool(here.hand);
  assert.deepEqual([tool.whyNot(), tool.frame(), tool.grab({ x: 0, y: 0 }, false)], [null, null, "view"]);
  tool.done();
  assert.deepEqual(here.tookUp, [null]);
});

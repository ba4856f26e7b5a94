import assert from "node:assert/strict";
import { test } from "node:test";

import { decide } from "../../../../static/editor/desk/deciding.js";
import { selectPerson } from "../../../../static/editor/desk/selecting.js";
import { person } from "../../tasks.js";
import { atWork, drag } from "../at_work.js";

const WIDE = { start: { xyv: [[40, 20, 2], [30, 40, 2], [50, 40, 2], [30, 60, 2], [50, 60, 2]], from: "student" } };

test("a drag beside the frame moves the view: nothing moves as a whole by accident", () => {
  const here = atWork(person(1));
  here.hand.takeUp("edit-box");
  assert.equal(drag(here, [150, 90], [160, 90]).hold, "view");
  assert.equal(here.work.desk.past.length, 0);
});

test("the frame grows with the pose while a corner is pulled", () => {
  const here = atWork(person(1, WIDE));
  here.hand.takeUp("pose");
  const frame = here.hand.tool.frame();
  drag(here, [frame.x + frame.width, frame.y], [frame.x + frame.width + 5, frame.y - 5]);
  assert.ok(here.hand.tool.frame().width > frame.width);
});

test("a pull given up is undone as if it had never been", () => {
  const here = atWork(person(1));
  here.hand.takeUp("edit-box");
  drag(here, [40, 40], [60, 42]);
  here.hand.handlers.abort();
  assert.deepEqual(here.work.person.box, person(1).box);
  assert.deepEqual([here.work.desk.past.length, here.work.desk.future.length], [0, 0]);
});

test("keys move, turn and size what the tool holds", () => {
  const here = atWork(person(1));
  here.hand.takeUp("edit-box");
  here.hand.tool.nudge({ x: 10, y: 0 });
  here.hand.tool.turn(2);
  here.hand.tool.resize({ x: 2, y: 0 });
  const { box } = here.work.person;
  assert.deepEqual([box.x, box.width, box.angle], [19, 62, 2]);
});

test("it is taken up for somebody open only", () => {
  const { work, hand, explained } = atWork(person(1));
  work.change(decide(work.desk, 0, { state: "accepted", reason: null }));
  hand.takeUp("edit-box");
  assert.match(explained.at(-1), /Nobody open is selected/);
  assert.ok(hand.isFree);
});

test("a tool is put away with the person it was taken up for", () => {
  const here = atWork(person(1), person(2));
  here.hand.takeUp("pose");
  here.work.goTo(selectPerson(here.work.desk, 1));
  assert.ok(here.hand.isFree);
});

import assert from "node:assert/strict";
import { test } from "node:test";

import { decide } from "../../../../static/editor/desk/deciding.js";
import { selectKeypoint, selectPerson } from "../../../../static/editor/desk/selecting.js";
import { barePerson, person } from "../../tasks.js";
import { atWork, click, drag } from "../at_work.js";

const pointOf = ({ work }, keypoint = work.desk.keypoint) => work.person.pose.xyv[keypoint];

test("a keypoint is dragged as far as the pointer goes, in one step of undo", () => {
  const here = atWork(person(1));
  drag(here, [41, 32], [51, 42], [61, 52]).drop();
  assert.deepEqual(pointOf(here, 2), [60, 51, 2], "it is not pulled under the pointer");
  assert.equal(here.work.desk.past.length, 1);
  assert.equal(here.work.desk.keypoint, 2);
});

test("a drag beside keypoints moves the view and no person", () => {
  const here = atWork(person(1));
  const before = here.viewing.view;
  const { hold, drop } = drag(here, [150, 80], [140, 70]);
  drop();
  assert.equal(hold, "view");
  assert.notDeepEqual(here.viewing.view, before);
  assert.equal(here.work.desk.past.length, 0);
});

test("a drag given up leaves everything as it was, and what waited to be placed waits again", () => {
  const here = atWork(person(1, { start: { xyv: person(1).start.xyv.with(4, [0, 0, 0]), from: "model", undecided: [4] } }));
  here.work.change(selectKeypoint(here.work.desk, 4));
  drag(here, [40, 31], [80, 80]);
  here.hand.handlers.abort();
  assert.deepEqual(pointOf(here, 2), [40, 31, 2]);
  assert.deepEqual([here.work.desk.keypoint, here.work.desk.placing], [4, true]);
});

test("a key that goes on to somebody else meanwhile ends the drag", () => {
  const here = atWork(person(1), person(2));
  drag(here, [40, 31], [45, 36]);
  here.work.goTo(selectPerson(here.work.desk, 1));
  const before = here.work.desk;
  here.hand.handlers.drag("point", { x: 0, y: 0 }, { x: 0, y: 0 }, { x: 300, y: 100 }, { shiftKey: false });
  assert.equal(here.work.desk, before);
});

test("a click places what waits, hidden with Shift, and says what is next", () => {
  const here = atWork(barePerson(1));
  click(here, [30, 20]);
  click(here, [50, 60], { pointerType: "mouse", shiftKey: true });
  assert.deepEqual(pointOf(here, 0), [30, 20, 2]);
  assert.deepEqual(pointOf(here, 1), [50, 60, 1]);
  assert.equal(here.said.at(-1), "left hand placed. Next: right hand.");
});

test("a finger aims under the loupe and places where it is lifted", () => {
  const here = atWork(barePerson(1));
  const { grab, drag: pull, drop } = here.hand.handlers;
  const at = here.viewing.toScreen({ x: 70, y: 40 });
  const hold = grab({ x: 5, y: 5 }, true);
  pull(hold, { x: 5, y: 5 }, { x: 5, y: 5 }, at, { shiftKey: false });
  assert.equal(hold, "aim");
  assert.deepEqual(here.hand.marks.loupeAt, { at, finger: at });
  drop(hold, { x: 5, y: 5 }, at);
  assert.deepEqual(pointOf(here, 0), [70, 40, 2]);
});

test("a click selects the keypoint under it, else whose keypoint it is, else whose box", () => {
  const far = { xyv: person(2).start.xyv.map(([x, , v]) => [x + 100, 90, v]), from: "student" };
  const here = atWork(person(1), person(2, { box: { x: 110, y: 20, width: 80, height: 75, angle: 0 }, start: far }));
  click(here, [50, 31]);
  assert.deepEqual([here.work.desk.person, here.work.desk.keypoint], [0, 3]);
  click(here, [130, 90]);
  assert.equal(here.work.desk.person, 1);
  click(here, [15, 60]);
  assert.equal(here.work.desk.person, 0, "a box, where no keypoint is");
});

test("a right click makes a keypoint hidden, then absent; a decided person's stays", () => {
  const here = atWork(person(1));
  const spot = here.viewing.toScreen({ x: 40, y: 31 });
  here.hand.handlers.menu(spot);
  assert.equal(pointOf(here, 2)[2], 1);
  here.work.change(decide(here.work.desk, 0, { state: "accepted", reason: null }));
  const before = here.work.desk;
  here.hand.handlers.menu(spot);
  assert.equal(here.work.desk, before);
});

test("arrows move the selected keypoint, and place one that waits", () => {
  const here = atWork(person(1));
  here.hand.tool.nudge({ x: 1, y: 0 });
  assert.deepEqual(pointOf(here, 0), [21, 31, 2]);
  const bare = atWork(barePerson(1));
  bare.hand.tool.nudge({ x: 1, y: 0 });
  assert.deepEqual(pointOf(bare, 0), [40, 40, 2], "in the middle of the box");
});

test("what moves as a whole needs its tool, and the hand says so", () => {
  const here = atWork(person(1));
  here.hand.tool.turn(2);
  assert.match(here.explained.at(-1), /\{transform\}/);
  assert.equal(here.work.desk.past.length, 0);
});

test("an image that may only be looked at is not dragged about", () => {
  const here = atWork(person(1));
  here.work.sheet.look = { heldBy: "bob", reason: null };
  assert.equal(drag(here, [40, 31], [60, 60]).hold, "view");
  click(here, [40, 31]);
  assert.equal(here.work.desk.keypoint, 2, "it is selected all the same");
});

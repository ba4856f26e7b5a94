import assert from "node:assert/strict";
import { test } from "node:test";

import { barePerson, person } from "../../tasks.js";
import { atWork, drag } from "../at_work.js";

test("the box is moved, and no keypoint", () => {
  const here = atWork(person(1));
  here.hand.takeUp("edit-box");
  drag(here, [40, 40], [45, 42]).drop();
  assert.deepEqual(here.work.person.box, { x: 15, y: 12, width: 60, height: 60, angle: 0 });
  assert.deepEqual(here.work.person.pose.xyv, person(1).start.xyv);
});

test("a corner sizes it, and the opposite one stays", () => {
  const here = atWork(person(1));
  here.hand.takeUp("edit-box");
  drag(here, [70, 70], [80, 90]).drop();
  assert.deepEqual(here.work.person.box, { x: 10, y: 10, width: 70, height: 80, angle: 0 });
});

test("a person without keypoints has a box all the same", () => {
  const { hand } = atWork(barePerson(1));
  hand.takeUp("edit-box");
  assert.equal(hand.tool.name, "edit-box");
});

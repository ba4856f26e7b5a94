import assert from "node:assert/strict";
import { test } from "node:test";

import { barePerson, person } from "../../tasks.js";
import { atWork, drag } from "../at_work.js";

const WIDE = { start: { xyv: [[40, 20, 2], [30, 40, 2], [50, 40, 2], [30, 60, 2], [50, 60, 2]], from: "student" } };

test("the whole pose is moved, and no box", () => {
  const here = atWork(person(1, WIDE));
  here.hand.takeUp("pose");
  drag(here, [40, 40], [45, 50]).drop();
  assert.deepEqual(here.work.person.pose.xyv, WIDE.start.xyv.map(([x, y, v]) => [x + 5, y + 10, v]));
  assert.deepEqual(here.work.person.box, person(1).box);
});

test("without a keypoint there is no pose to move", () => {
  const { hand, explained } = atWork(barePerson(1));
  hand.takeUp("pose");
  assert.match(explained.at(-1), /No keypoint is placed yet/);
  assert.ok(hand.isFree);
});

import assert from "node:assert/strict";
import { test } from "node:test";

import { personOf } from "../../../../static/editor/desk/desk.js";
import { atOpen, selectKeypoint, selectPerson, stepFlag, stepTo } from "../../../../static/editor/desk/selecting.js";
import { openDesk } from "../../../../static/editor/desk/opening.js";
import { person, task } from "../../tasks.js";

test("Tab walks every flag of every open person, worst person first, and round again", () => {
  let desk = openDesk(task(person(1, { flagged: [4, 0] }), person(2, { state: "skipped", flagged: [1] }), person(3, { flagged: [2] })));
  const walked = [];
  for (let i = 0; i < 4; i += 1) {
    walked.push([personOf(desk).id, desk.keypoint]);
    desk = stepFlag(desk, 1);
  }
  assert.deepEqual(walked, [[1, 4], [1, 0], [3, 2], [1, 4]]);
  const back = stepFlag(stepFlag(desk, -1), -1);
  assert.deepEqual([personOf(back).id, back.keypoint], [3, 2], "from (1, 0) two back goes round the end");
});

test("from a keypoint without a flag, Tab goes to this person's first and Shift+Tab to the last", () => {
  const desk = openDesk(task(person(1, { flagged: [1] }), person(2, { flagged: [2, 3] }), person(3, { flagged: [4] })));
  const here = selectKeypoint(selectPerson(desk, 1), 0);
  assert.equal(stepFlag(here, 1).keypoint, 2);
  assert.equal(stepFlag(here, -1).keypoint, 3);
});

test("the next open and the next accepted person are found going round", () => {
  const desk = openDesk(task(person(1), person(2, { state: "accepted" }), person(3), person(4, { state: "accepted" })));
  assert.equal(stepTo(desk, "open").person, 2);
  assert.equal(stepTo(stepTo(desk, "accepted"), "accepted").person, 3);
  assert.equal(stepTo(desk, "skipped"), desk);
});

test("an image begins at who is selected while they are open, else at the first person who is", () => {
  const desk = openDesk(task(person(1, { state: "accepted" }), person(2), person(3), person(4, { state: "skipped" })));
  const begun = [0, 1, 2, 3].map((index) => personOf(atOpen(selectPerson(desk, index))).id);
  assert.deepEqual(begun, [2, 2, 3, 2]);
});

test("an image in which all is decided begins where it was", () => {
  const desk = selectPerson(openDesk(task(person(1, { state: "accepted" }), person(2, { state: "skipped" }))), 1);
  assert.equal(atOpen(desk), desk);
});

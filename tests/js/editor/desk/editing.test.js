import assert from "node:assert/strict";
import { test } from "node:test";

import { countUndecided, hasDrafts, isEdited, isUndecided, personOf } from "../../../../static/editor/desk/desk.js";
import { selectKeypoint } from "../../../../static/editor/desk/selecting.js";
import { openDesk } from "../../../../static/editor/desk/opening.js";
import { beginFrom, changeBox, clearAll, clearKeypoint, dropEdits, movePoint, startsOf, withEarlierEdits } from "../../../../static/editor/desk/editing.js";
import { placePoint } from "../../../../static/editor/desk/placing.js";
import * as deciding from "../../../../static/editor/desk/deciding.js";
import * as undoing from "../../../../static/editor/desk/undoing.js";
import { SKELETON, person, task } from "../../tasks.js";

const pointOf = (desk) => personOf(desk).pose.xyv[desk.keypoint];
const OTHER_START = { xyv: SKELETON.keypoints.map((_, i) => [5 * i, 5, 1]), from: "label", prediction_id: 3, model: null };

test("a keypoint stays inside the frame and is stored to a hundredth of a pixel", () => {
  const desk = openDesk(task(person(1)));
  assert.deepEqual(pointOf(movePoint(desk, { x: 900, y: -50 })), [199.5, -0.5, 2]);
  assert.deepEqual(pointOf(movePoint(desk, { x: 1 / 3, y: 2 / 3 })), [0.33, 0.67, 2]);
});

test("dropped edits leave nothing of another start behind", () => {
  const desk = openDesk(task(person(1, { starts: [OTHER_START] })));
  const dropped = dropEdits(beginFrom(desk, OTHER_START), [0]);
  assert.deepEqual([dropped.persons[0].from, dropped.persons[0].startedFrom], ["student", 9]);
  assert.deepEqual([undoing.undo(dropped).persons[0].from, undoing.undo(dropped).persons[0].startedFrom], ["label", 3]);
});

test("dropped edits give the prediction back, and undo gives them back again", () => {
  const edited = movePoint(openDesk(task(person(1), person(2))), { x: 50, y: 50 });
  const dropped = dropEdits(edited, [0]);
  assert.ok(!isEdited(dropped.persons[0]));
  assert.deepEqual(undoing.undo(dropped).persons[0].pose, edited.persons[0].pose);
});

test("a decided person cannot be moved until opened again", () => {
  let desk = deciding.decide(openDesk(task(person(1))), 0, { state: "accepted", reason: null });
  assert.equal(movePoint(desk, { x: 1, y: 1 }), desk);
  desk = deciding.decide(desk, 0, { state: "open", reason: null });
  assert.deepEqual(pointOf(movePoint(desk, { x: 1, y: 1 })), [1, 1, 2]);
});

test("a box is changed on its own: no keypoint moves, and no keypoint moves a box", () => {
  const desk = openDesk(task(person(1)));
  const box = { x: 1, y: 2, width: 30, height: 40, angle: 15 };
  const boxed = changeBox(desk, box);
  assert.equal(boxed.persons[0].pose, desk.persons[0].pose);
  assert.ok(hasDrafts(boxed));
  assert.equal(movePoint(boxed, { x: 1, y: 1 }).persons[0].box, box);
  const back = changeBox(boxed, { ...desk.persons[0].box });
  assert.equal(hasDrafts(back), false, "put back where the server has it, there is nothing to save");
  assert.equal(changeBox(deciding.decide(desk, 0, { state: "accepted", reason: null }), box).persons[0].box, desk.persons[0].box);
});

test("one pull at a box is one step of undo", () => {
  const desk = openDesk(task(person(1)));
  let pulled = desk;
  for (const x of [3, 5, 8]) pulled = changeBox(pulled, { ...desk.persons[0].box, x }, "pull");
  assert.equal(pulled.past.length, 1);
  assert.equal(undoing.undo(pulled).persons[0].box, desk.persons[0].box);
});

test("a cleared keypoint is not placed, whatever the person began from, and waits for its click", () => {
  const desk = clearKeypoint(selectKeypoint(openDesk(task(person(1))), 2));
  assert.equal(isUndecided(personOf(desk), 2), true);
  assert.equal(desk.placing, true);
  assert.equal(clearKeypoint(desk), desk, "clearing twice changes nothing");
  const placed = placePoint(desk, { x: 50, y: 40 });
  assert.deepEqual(placed.persons[0].pose.xyv[2], [50, 40, 2]);
  assert.equal(countUndecided(personOf(placed)), 0);
});

test("with all keypoints cleared they are placed in order again, and undo brings them back at once", () => {
  const desk = openDesk(task(person(1)));
  const bare = clearAll(desk);
  assert.equal(countUndecided(personOf(bare)), 5);
  assert.deepEqual([bare.keypoint, bare.placing], [0, true]);
  assert.ok(deciding.whyNotAccept(personOf(bare)));
  assert.equal(undoing.undo(bare).persons[0].pose, desk.persons[0].pose);
});

test("a person begins again from the previous label, from nothing, and from where the server let them begin", () => {
  const desk = openDesk(task(person(1, { starts: [OTHER_START, { ...person(1).start, model: null }] })));
  const [label, student, empty] = startsOf(desk);
  const again = beginFrom(desk, label);
  assert.deepEqual(again.persons[0].pose.xyv, OTHER_START.xyv);
  assert.deepEqual([again.persons[0].from, again.persons[0].startedFrom], ["label", 3]);
  assert.equal(beginFrom(again, student).persons[0].pose, desk.persons[0].start);
  assert.equal(hasDrafts(beginFrom(again, student)), false);
  assert.equal(countUndecided(personOf(beginFrom(again, empty))), 5);
  assert.deepEqual([undoing.undo(again).persons[0].from, undoing.undo(again).persons[0].startedFrom], ["student", 9]);
});

test("one's own edits from before are had again, also where the person began from a label of unknown origin", () => {
  const labelled = { start: { xyv: person(1).start.xyv, from: "label", prediction_id: null } };
  const before = movePoint(openDesk(task(person(1, labelled))), { x: 77, y: 44 });
  const fresh = withEarlierEdits(openDesk(task(person(1, { ...labelled, revision: 3 }), person(2))), before);
  const [mine] = startsOf(fresh);
  assert.equal(mine.text, "Your own edits from before");
  assert.deepEqual(beginFrom(fresh, mine).persons[0].pose.xyv, before.persons[0].pose.xyv);
  assert.deepEqual(fresh.persons[1].starts, [], "who was not edited is offered nothing of it");
  assert.deepEqual(withEarlierEdits(fresh, before).persons[0].starts, fresh.persons[0].starts, "come back twice, they are told once");
});

import assert from "node:assert/strict";
import { test } from "node:test";

import { personOf, withPerson } from "../../../../static/editor/desk/desk.js";
import { selectKeypoint, selectPerson } from "../../../../static/editor/desk/selecting.js";
import { newPerson, openDesk } from "../../../../static/editor/desk/opening.js";
import { beginFrom, changeBox, clearAll, clearKeypoint, movePoint, nudge, startsOf } from "../../../../static/editor/desk/editing.js";
import { cycleVisibility, placePoint, setVisibility } from "../../../../static/editor/desk/placing.js";
import * as deciding from "../../../../static/editor/desk/deciding.js";
import * as undoing from "../../../../static/editor/desk/undoing.js";
import { numbersFrom } from "../../chance.js";
import { SKELETON, barePerson, person, task } from "../../tasks.js";

const pointOf = (desk) => personOf(desk).pose.xyv[desk.keypoint];
const contentOf = (desk) => desk.persons.map(({ pose, box, from, startedFrom, state: stands, reason }) => (
  { pose, box, from, startedFrom, stands, reason }));

const OTHER_START = { xyv: SKELETON.keypoints.map((_, i) => [5 * i, 5, 1]), from: "label", prediction_id: 3, model: null };

test("taking any sequence of changes back gives the first desk, making them again the last", () => {
  const chance = numbersFrom(7);
  const some = (count) => Math.floor(chance() * count);
  const acts = [
    (desk) => movePoint(desk, { x: chance() * 220 - 10, y: chance() * 120 - 10 }),
    (desk) => movePoint(desk, { x: chance() * 200, y: chance() * 100 }, `drag ${some(3)}`),
    (desk) => setVisibility(desk, some(3)),
    (desk) => cycleVisibility(desk),
    (desk) => nudge(desk, { x: some(21) - 10, y: some(21) - 10 }),
    (desk) => placePoint(desk, { x: some(200), y: some(100) }, 1 + some(2)),
    (desk) => selectKeypoint(desk, some(5)),
    (desk) => selectPerson(desk, some(3)),
    (desk) => changeBox(desk, { x: some(90), y: some(60), width: 20 + some(50), height: 20, angle: some(3) * 30 }),
    (desk) => changeBox(desk, { x: some(90), y: 5, width: 20, height: 20, angle: 0 }, `box ${some(2)}`),
    (desk) => clearKeypoint(desk),
    (desk) => clearAll(desk),
    (desk) => beginFrom(desk, startsOf(desk)[some(startsOf(desk).length)]),
    (desk) => deciding.decide(desk, some(3), { state: ["open", "accepted", "skipped"][some(3)], reason: null }),
  ];
  for (let round = 0; round < 60; round += 1) {
    const first = openDesk(task(person(1, { flagged: [2], starts: [OTHER_START] }), person(2), barePerson(3)));
    let desk = first;
    for (let i = 0; i < 40; i += 1) desk = acts[some(acts.length)](desk);
    let back = desk;
    while (back.past.length) back = undoing.undo(back);
    assert.deepEqual(contentOf(back), contentOf(first));
    while (back.future.length) back = undoing.redo(back);
    assert.deepEqual(contentOf(back), contentOf(desk));
  }
});

test("one drag is one step of undo, two drags are two", () => {
  let desk = openDesk(task(person(1)));
  for (const x of [50, 60, 70]) desk = movePoint(desk, { x, y: 50 }, "first");
  for (const x of [80, 90]) desk = movePoint(desk, { x, y: 50 }, "second");
  assert.deepEqual(pointOf(undoing.undo(desk)), [70, 50, 2]);
  assert.deepEqual(pointOf(undoing.undo(undoing.undo(desk))), [20, 31, 2]);
});

test("an abandoned drag leaves everything else as it now is, what could be made again too", () => {
  let desk = movePoint(openDesk(task(person(1), person(2))), { x: 50, y: 50 });
  desk = undoing.undo(desk);
  const { future } = desk;
  desk = movePoint(desk, { x: 70, y: 50 }, "drag");
  desk = withPerson(desk, 1, { revision: 4 });
  const left = undoing.abandon(desk, "drag", future);
  assert.deepEqual(pointOf(left), [20, 31, 2]);
  assert.equal(left.persons[1].revision, 4, "what the server answered meanwhile stays");
  assert.deepEqual(pointOf(undoing.redo(left)), [50, 50, 2]);
  assert.equal(undoing.abandon(left, "another", future), left);
});

test("a new change forgets what could have been made again", () => {
  let desk = movePoint(openDesk(task(person(1))), { x: 50, y: 50 });
  desk = nudge(undoing.undo(desk), { x: 1, y: 0 });
  assert.equal(undoing.redo(desk), desk);
});

test("undo takes an added person off the list and nothing else, and whoever was selected is again", () => {
  const box = { x: 1, y: 2, width: 30, height: 40, angle: 0 };
  const first = deciding.decide(openDesk(task(person(1), person(2))), 1, { state: "skipped", reason: "blurred" });
  const added = placePoint(deciding.addPerson(first, newPerson("new", box, 5)), { x: 9, y: 9 });
  assert.equal(added.person, 2);
  const back = undoing.undo(undoing.undo(added));
  assert.deepEqual([back.persons.length, back.person, back.persons[1].state], [2, 0, "skipped"]);
  assert.deepEqual(contentOf(undoing.undo(back))[1].stands, "open");
});

test("somebody added and taken back is made again as somebody new, with all that was placed", () => {
  const box = { x: 1, y: 2, width: 30, height: 40, angle: 0 };
  const first = openDesk(task(person(1)));
  let desk = placePoint(deciding.addPerson(first, newPerson("new", box, 5)), { x: 9, y: 9 });
  const { pose } = desk.persons[1];
  desk = undoing.undo(undoing.undo(desk));
  assert.deepEqual([desk.persons.length, desk.removed.length, desk.future.length], [1, 1, 2]);
  desk = undoing.redo(undoing.redo(desk, "newer"));
  assert.deepEqual([desk.persons[1].key, desk.persons[1].box, desk.persons[1].pose], ["newer", box, pose]);
  assert.equal(desk.past.length, 2);
});

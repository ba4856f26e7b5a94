import assert from "node:assert/strict";
import { test } from "node:test";

import { BINDINGS, commandFor } from "../../../../static/editor/input/keys.js";
import * as state from "../../../../static/editor/desk/desk.js";
import { numbersFrom } from "../../chance.js";
import { SKELETON, barePerson, person, task } from "../../tasks.js";

const pointOf = (desk) => state.personOf(desk).pose.xyv[desk.keypoint];
const contentOf = (desk) => desk.persons.map(({ pose, box, from, startedFrom, state: stands, reason }) => (
  { pose, box, from, startedFrom, stands, reason }));
const OTHER_START = { xyv: SKELETON.keypoints.map((_, i) => [5 * i, 5, 1]), from: "label", prediction_id: 3, model: null };

test("an image opens at the worst flag of the worst open person", () => {
  const desk = state.openDesk(task(person(1, { state: "accepted", flagged: [0] }), person(2, { flagged: [3, 1] })));
  assert.equal(state.personOf(desk).id, 2);
  assert.equal(desk.keypoint, 3);
  assert.equal(desk.placing, false);
});

test("an image without persons has nobody selected, and every command leaves it so", () => {
  const desk = state.openDesk(task());
  assert.equal(state.personOf(desk), null);
  for (const act of [state.cycleVisibility, state.undo, state.redo, (d) => state.stepPerson(d, 1),
    (d) => state.stepFlag(d, 1), (d) => state.nudge(d, { x: 1, y: 0 }), (d) => state.movePoint(d, { x: 1, y: 1 })]) {
    assert.equal(act(desk).persons.length, 0);
  }
});

test("taking any sequence of changes back gives the first desk, making them again the last", () => {
  const chance = numbersFrom(7);
  const some = (count) => Math.floor(chance() * count);
  const acts = [
    (desk) => state.movePoint(desk, { x: chance() * 220 - 10, y: chance() * 120 - 10 }),
    (desk) => state.movePoint(desk, { x: chance() * 200, y: chance() * 100 }, `drag ${some(3)}`),
    (desk) => state.setVisibility(desk, some(3)),
    (desk) => state.cycleVisibility(desk),
    (desk) => state.nudge(desk, { x: some(21) - 10, y: some(21) - 10 }),
    (desk) => state.placePoint(desk, { x: some(200), y: some(100) }, 1 + some(2)),
    (desk) => state.selectKeypoint(desk, some(5)),
    (desk) => state.selectPerson(desk, some(3)),
    (desk) => state.changeBox(desk, { x: some(90), y: some(60), width: 20 + some(50), height: 20, angle: some(3) * 30 }),
    (desk) => state.changeBox(desk, { x: some(90), y: 5, width: 20, height: 20, angle: 0 }, `box ${some(2)}`),
    (desk) => state.clearKeypoint(desk),
    (desk) => state.clearAll(desk),
    (desk) => state.beginFrom(desk, state.startsOf(desk)[some(state.startsOf(desk).length)]),
    (desk) => state.decide(desk, some(3), { state: ["open", "accepted", "skipped"][some(3)], reason: null }),
  ];
  for (let round = 0; round < 60; round += 1) {
    const first = state.openDesk(task(person(1, { flagged: [2], starts: [OTHER_START] }), person(2), barePerson(3)));
    let desk = first;
    for (let i = 0; i < 40; i += 1) desk = acts[some(acts.length)](desk);
    let back = desk;
    while (back.past.length) back = state.undo(back);
    assert.deepEqual(contentOf(back), contentOf(first));
    while (back.future.length) back = state.redo(back);
    assert.deepEqual(contentOf(back), contentOf(desk));
  }
});

test("one drag is one step of undo, two drags are two", () => {
  let desk = state.openDesk(task(person(1)));
  for (const x of [50, 60, 70]) desk = state.movePoint(desk, { x, y: 50 }, "first");
  for (const x of [80, 90]) desk = state.movePoint(desk, { x, y: 50 }, "second");
  assert.deepEqual(pointOf(state.undo(desk)), [70, 50, 2]);
  assert.deepEqual(pointOf(state.undo(state.undo(desk))), [20, 31, 2]);
});

test("an abandoned drag leaves everything else as it now is, what could be made again too", () => {
  let desk = state.movePoint(state.openDesk(task(person(1), person(2))), { x: 50, y: 50 });
  desk = state.undo(desk);
  const { future } = desk;
  desk = state.movePoint(desk, { x: 70, y: 50 }, "drag");
  desk = state.withPerson(desk, 1, { revision: 4 });
  const left = state.abandon(desk, "drag", future);
  assert.deepEqual(pointOf(left), [20, 31, 2]);
  assert.equal(left.persons[1].revision, 4, "what the server answered meanwhile stays");
  assert.deepEqual(pointOf(state.redo(left)), [50, 50, 2]);
  assert.equal(state.abandon(left, "another", future), left);
});

test("left and right are told however a skeleton writes them, and only where its mirror pairs them", () => {
  const keypoints = ["left_hip", "right_hip", "LeftKnee", "RightKnee", "foot.L", "foot.R", "upright", "head"];
  const skeleton = { keypoints, mirror: [1, 0, 3, 2, 5, 4, 6, 7] };
  const sides = keypoints.map((_, i) => state.sideOf(skeleton, i));
  assert.deepEqual(sides, ["left", "right", "left", "right", "left", "right", "middle", "middle"]);
});

test("a new change forgets what could have been made again", () => {
  let desk = state.movePoint(state.openDesk(task(person(1))), { x: 50, y: 50 });
  desk = state.nudge(state.undo(desk), { x: 1, y: 0 });
  assert.equal(state.redo(desk), desk);
});

test("a keypoint stays inside the frame and is stored to a hundredth of a pixel", () => {
  const desk = state.openDesk(task(person(1)));
  assert.deepEqual(pointOf(state.movePoint(desk, { x: 900, y: -50 })), [199.5, -0.5, 2]);
  assert.deepEqual(pointOf(state.movePoint(desk, { x: 1 / 3, y: 2 / 3 })), [0.33, 0.67, 2]);
});

test("visibility cycles visible, hidden, absent, visible, and keeps the place", () => {
  let desk = state.openDesk(task(person(1)));
  const seen = [];
  for (let i = 0; i < 3; i += 1) {
    desk = state.cycleVisibility(desk);
    seen.push(pointOf(desk)[2]);
  }
  assert.deepEqual(seen, [1, 0, 2]);
  assert.deepEqual(pointOf(desk), [20, 31, 2]);
});

test("setting what is set already confirms it: touched, and nothing else", () => {
  const desk = state.setVisibility(state.openDesk(task(person(1))), 2);
  assert.deepEqual(state.personOf(desk).pose.touched, [true, false, false, false, false]);
  assert.equal(state.setVisibility(desk, 2), desk);
});

test("a person without keypoints is placed in the skeleton's order", () => {
  let desk = state.openDesk(task(barePerson(1)));
  assert.ok(desk.placing);
  for (let i = 0; i < 5; i += 1) {
    assert.equal(desk.keypoint, i);
    desk = state.placePoint(desk, { x: 10 * i, y: 20 }, i === 3 ? 1 : 2);
  }
  assert.equal(desk.placing, false);
  assert.deepEqual(state.personOf(desk).pose.xyv.map((point) => point[2]), [2, 2, 2, 1, 2]);
  assert.deepEqual(state.personOf(desk).pose.xyv.map((point) => point[0]), [0, 10, 20, 30, 40]);
});

test("a misplaced keypoint taken back waits for its click again", () => {
  let desk = state.openDesk(task(barePerson(1)));
  for (const x of [10, 20]) desk = state.placePoint(desk, { x, y: 20 });
  desk = state.undo(desk);
  assert.deepEqual([desk.keypoint, desk.placing], [1, true]);
  const placed = state.selectKeypoint(state.placePoint(desk, { x: 5, y: 5 }), 1);
  const cleared = state.undo(state.setVisibility(placed, 0));
  assert.equal(cleared.placing, false, "what has its place again waits for nothing");
});

test("a keypoint without a place goes where teacher A put it, else B, and the next one waits", () => {
  const at = (x, y) => SKELETON.keypoints.map(() => [x, y, 0.9]);
  const placed = (ghosts) => state.setVisibility(state.openDesk(task(barePerson(1, { ghosts }))), 1, { pointer: { x: 90, y: 90 } });
  assert.deepEqual(placed({ B: at(20, 30), A: at(10, 10), A_prev: at(90, 90) }).persons[0].pose.xyv[0], [10, 10, 1]);
  const desk = placed({ B: at(20, 30) });
  assert.deepEqual(desk.persons[0].pose.xyv[0], [20, 30, 1]);
  assert.deepEqual([desk.keypoint, desk.placing], [1, true]);
});

test("without teachers it goes where the pointer is, and the next one waits", () => {
  const desk = state.setVisibility(state.openDesk(task(barePerson(1))), 1, { pointer: { x: 33, y: 44 } });
  assert.deepEqual(desk.persons[0].pose.xyv[0], [33, 44, 1]);
  assert.deepEqual([desk.keypoint, desk.placing], [1, true]);
});

test("a visibility chosen with a button is that of the next click, and of no other", () => {
  const chosen = state.setVisibility(state.openDesk(task(barePerson(1))), 1, { byMouse: true });
  assert.deepEqual(chosen.persons[0].pose.xyv[0], [0, 0, 0], "nothing is placed yet");
  let desk = state.placePoint(state.placePoint(chosen, { x: 5, y: 6 }), { x: 7, y: 8 });
  assert.deepEqual(desk.persons[0].pose.xyv.slice(0, 2), [[5, 6, 1], [7, 8, 2]]);
  assert.equal(state.selectKeypoint(chosen, 3).placeAs, 2);
});

test("the keyboard alone places a keypoint in the middle of the box, where arrows move it; N goes on", () => {
  let desk = state.setVisibility(state.openDesk(task(barePerson(1))), 2);
  assert.deepEqual(pointOf(desk), [40, 40, 2]);
  desk = state.goOn(state.nudge(desk, { x: 1, y: 0 }));
  assert.deepEqual([desk.keypoint, desk.placing, desk.persons[0].pose.xyv[0]], [1, true, [41, 40, 2]]);
});

test("a pointer that has not moved places one keypoint, and no other on the same spot", () => {
  const pointer = { x: 33.004, y: 44 };
  const first = state.setVisibility(state.openDesk(task(barePerson(1))), 2, { pointer });
  const second = state.setVisibility(first, 2, { pointer });
  const [a, b] = second.persons[0].pose.xyv;
  assert.ok(Math.hypot(a[0] - b[0], a[1] - b[1]) > 1, "it begins beside the other");
  assert.deepEqual([second.keypoint, second.placing], [1, false], "and stays selected");
  const moved = state.setVisibility(first, 2, { pointer: { x: 33.1, y: 44 } });
  assert.deepEqual(moved.persons[0].pose.xyv[1], [33.1, 44, 2]);
});

test("by keys alone every keypoint of a skeleton gets a spot of its own, inside the frame", () => {
  const edges = Array.from({ length: 16 }, (_, i) => [Math.floor(i / 3), i + 1]);
  const skeleton = { name: "tree", keypoints: Array.from({ length: 17 }, (_, i) => `k${i}`), edges, mirror: [...Array(17).keys()], sigmas: Array(17).fill(0.05) };
  for (const box of [{ x: 20, y: 10, width: 40, height: 60, angle: 0 }, { x: 0, y: 0, width: 12, height: 12, angle: 0 }, { x: 190, y: 90, width: 10, height: 10, angle: 0.5 }]) {
    const xyv = Array.from({ length: 17 }, () => [0, 0, 0]);
    const bare = { ...barePerson(1), box, start: { xyv, from: "empty", prediction_id: null } };
    let desk = state.openDesk({ ...task(bare), skeleton });
    for (let i = 0; i < 17; i += 1) {
      assert.deepEqual([desk.keypoint, state.isAsked(desk)], [i, true]);
      desk = state.placeByKeys(desk);
      assert.deepEqual([desk.keypoint, state.isAsked(desk)], [i, false], "it stays selected, to be moved");
      desk = state.goOn(desk);
    }
    const spots = desk.persons[0].pose.xyv;
    assert.equal(new Set(spots.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`)).size, 17);
    assert.ok(spots.every(([x, y, v]) => v === 2 && x >= -0.5 && y >= -0.5 && x <= desk.size.width - 0.5 && y <= desk.size.height - 0.5));
  }
});

test("by keys a keypoint goes where a teacher saw it, or where it was before it was absent, as it was asked for", () => {
  const at = (x, y) => SKELETON.keypoints.map(() => [x, y, 0.9]);
  const seen = state.placeByKeys(state.openDesk(task(barePerson(1, { ghosts: { A: at(10, 12) } }))));
  assert.deepEqual([pointOf(seen), seen.keypoint], [[10, 12, 2], 0]);
  const absent = state.selectKeypoint(state.setVisibility(seen, 0), 0);
  assert.equal(state.isAsked(absent), true);
  assert.deepEqual(pointOf(state.placeByKeys(absent)), [10, 12, 2]);
  const hidden = state.setVisibility(state.openDesk(task(barePerson(1))), 1, { byMouse: true });
  assert.equal(pointOf(state.placeByKeys(hidden))[2], 1);
});

test("N leaves a waiting keypoint out: decided absent, and undo brings the question back", () => {
  let desk = state.openDesk(task(barePerson(1)));
  assert.equal(state.countUndecided(desk.persons[0]), 5);
  desk = state.goOn(state.goOn(desk));
  assert.deepEqual([desk.keypoint, state.countUndecided(desk.persons[0])], [2, 3]);
  desk = state.undo(desk);
  assert.deepEqual([desk.keypoint, desk.placing, state.countUndecided(desk.persons[0])], [1, true, 4]);
  assert.equal(state.countUndecided(state.setVisibility(desk, 0).persons[0]), 3, "0 leaves it out as well");
});

test("placing goes on with the keypoints passed by, and N takes it up again after a stop", () => {
  let desk = state.selectKeypoint(state.openDesk(task(barePerson(1))), 3);
  for (const x of [10, 20]) desk = state.placePoint(desk, { x, y: 20 });
  assert.deepEqual([desk.keypoint, desk.placing], [0, true]);
  desk = state.goOn(state.stopPlacing(desk));
  assert.deepEqual([desk.keypoint, desk.placing, state.countUndecided(desk.persons[0])], [0, true, 3]);
  assert.equal(state.goOn(state.selectKeypoint(desk, 4)).keypoint, 0);
});

test("whoever began from a prediction has nothing undecided, absent keypoints neither", () => {
  const start = { xyv: [[0, 0, 0], [5, 6, 2], [7, 8, 2], [1, 1, 2], [2, 2, 2]], from: "student", prediction_id: 3 };
  assert.equal(state.countUndecided(state.openDesk(task(person(1, { start }))).persons[0]), 0);
});

test("undo takes an added person off the list and nothing else, and whoever was selected is again", () => {
  const box = { x: 1, y: 2, width: 30, height: 40, angle: 0 };
  const first = state.decide(state.openDesk(task(person(1), person(2))), 1, { state: "skipped", reason: "blurred" });
  const added = state.placePoint(state.addPerson(first, state.newPerson("new", box, 5)), { x: 9, y: 9 });
  assert.equal(added.person, 2);
  const back = state.undo(state.undo(added));
  assert.deepEqual([back.persons.length, back.person, back.persons[1].state], [2, 0, "skipped"]);
  assert.deepEqual(contentOf(state.undo(back))[1].stands, "open");
});

test("somebody added and taken back is made again as somebody new, with all that was placed", () => {
  const box = { x: 1, y: 2, width: 30, height: 40, angle: 0 };
  const first = state.openDesk(task(person(1)));
  let desk = state.placePoint(state.addPerson(first, state.newPerson("new", box, 5)), { x: 9, y: 9 });
  const { pose } = desk.persons[1];
  desk = state.undo(state.undo(desk));
  assert.deepEqual([desk.persons.length, desk.removed.length, desk.future.length], [1, 1, 2]);
  desk = state.redo(state.redo(desk, "newer"));
  assert.deepEqual([desk.persons[1].key, desk.persons[1].box, desk.persons[1].pose], ["newer", box, pose]);
  assert.equal(desk.past.length, 2);
});

test("dropped edits leave nothing of another start behind", () => {
  const desk = state.openDesk(task(person(1, { starts: [OTHER_START] })));
  const dropped = state.dropEdits(state.beginFrom(desk, OTHER_START), [0]);
  assert.deepEqual([dropped.persons[0].from, dropped.persons[0].startedFrom], ["student", 9]);
  assert.deepEqual([state.undo(dropped).persons[0].from, state.undo(dropped).persons[0].startedFrom], ["label", 3]);
});

test("dropped edits give the prediction back, and undo gives them back again", () => {
  const edited = state.movePoint(state.openDesk(task(person(1), person(2))), { x: 50, y: 50 });
  const dropped = state.dropEdits(edited, [0]);
  assert.ok(!state.isEdited(dropped.persons[0]));
  assert.deepEqual(state.undo(dropped).persons[0].pose, edited.persons[0].pose);
});

test("Tab walks every flag of every open person, worst person first, and round again", () => {
  let desk = state.openDesk(task(person(1, { flagged: [4, 0] }), person(2, { state: "skipped", flagged: [1] }), person(3, { flagged: [2] })));
  const walked = [];
  for (let i = 0; i < 4; i += 1) {
    walked.push([state.personOf(desk).id, desk.keypoint]);
    desk = state.stepFlag(desk, 1);
  }
  assert.deepEqual(walked, [[1, 4], [1, 0], [3, 2], [1, 4]]);
  const back = state.stepFlag(state.stepFlag(desk, -1), -1);
  assert.deepEqual([state.personOf(back).id, back.keypoint], [3, 2], "from (1, 0) two back goes round the end");
});

test("from a keypoint without a flag, Tab goes to this person's first and Shift+Tab to the last", () => {
  const desk = state.openDesk(task(person(1, { flagged: [1] }), person(2, { flagged: [2, 3] }), person(3, { flagged: [4] })));
  const here = state.selectKeypoint(state.selectPerson(desk, 1), 0);
  assert.equal(state.stepFlag(here, 1).keypoint, 2);
  assert.equal(state.stepFlag(here, -1).keypoint, 3);
});

test("a decided person cannot be moved until opened again", () => {
  let desk = state.decide(state.openDesk(task(person(1))), 0, { state: "accepted", reason: null });
  assert.equal(state.movePoint(desk, { x: 1, y: 1 }), desk);
  desk = state.decide(desk, 0, { state: "open", reason: null });
  assert.deepEqual(pointOf(state.movePoint(desk, { x: 1, y: 1 })), [1, 1, 2]);
});

test("a refused decision gives the person back with every edit and the reason", () => {
  const edited = state.movePoint(state.openDesk(task(person(1))), { x: 50, y: 50 });
  const decided = state.decide(edited, 0, { state: "accepted", reason: null });
  const back = state.takeBack(decided, 0, { state: "open", reason: null }, "bob was faster");
  assert.equal(back.persons[0].problem, "bob was faster");
  assert.deepEqual(back.persons[0].pose, edited.persons[0].pose);
  assert.deepEqual(back.past, edited.past, "only the decision leaves the history");
});

test("nothing placed is not accepted, and the message says what to do", () => {
  const desk = state.openDesk(task(barePerson(1)));
  assert.match(state.whyNotAccept(desk.persons[0]), /press {keypoint-next}, to go on placing; or press {skip} to skip/);
  assert.equal(state.whyNotAccept(state.setVisibility(desk, 1).persons[0]), null);
});

test("a label keeps untouched absent points as they came and clears those the annotator cleared", () => {
  const start = { xyv: [[3, 4, 0], [5, 6, 2], [7, 8, 2], [1, 1, 2], [2, 2, 2]], from: "label", prediction_id: null };
  const desk = state.setVisibility(state.selectKeypoint(state.openDesk(task(person(1, { start }))), 1), 0);
  assert.deepEqual(state.labelOf(desk.persons[0]).xyv.slice(0, 2), [[3, 4, 0], [0, 0, 0]]);
});

test("an image is done when everybody is decided, and never when nobody is there", () => {
  assert.ok(!state.isDone(state.openDesk(task())));
  const desk = state.openDesk(task(person(1), person(2, { state: "accepted" })));
  assert.ok(!state.isDone(desk));
  assert.ok(state.isDone(state.decide(desk, 0, { state: "not_a_person", reason: null })));
});

test("each key stands for one command", () => {
  const keys = BINDINGS.flatMap((binding) => binding.keys);
  assert.equal(new Set(keys).size, keys.length);
  const press = (key, more = {}) => commandFor({ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...more });
  assert.equal(press("z"), "undo");
  assert.equal(press("Z", { shiftKey: true }), "redo");
  assert.equal(press("y", { ctrlKey: true }), "redo");
  assert.equal(press("z", { metaKey: true }), "undo");
  assert.equal(press("Tab", { shiftKey: true }), "flag-previous");
  assert.equal(press("ArrowLeft", { shiftKey: true }), "nudge-left-far");
  assert.equal(press("?", { shiftKey: true }), "help");
  assert.equal(press("+", { shiftKey: true }), "zoom-in");
  assert.equal(press("я", { code: "KeyZ" }), "undo", "the key's place counts where its letter is not Latin");
  assert.equal(press("é", { code: "Digit2" }), "visible");
  assert.equal(press("s", { ctrlKey: true }), null, "the browser's own keys stay its own");
});

test("a keypoint that a model does not know is not placed, the rest of its pose is", () => {
  const xyv = SKELETON.keypoints.map((_, i) => (i === 4 ? [0, 0, 0] : [20 + 10 * i, 30, 2]));
  const desk = state.openDesk(task(person(1, { start: { xyv, from: "model", prediction_id: 9, model: "movenet" } })));
  const found = state.personOf(desk);
  assert.equal(found.model, "movenet");
  assert.deepEqual(SKELETON.keypoints.map((_, i) => state.isUndecided(found, i)), [false, false, false, false, true]);
  const placed = state.movePoint(state.selectKeypoint(desk, 4), { x: 50, y: 50 });
  assert.equal(state.countUndecided(state.personOf(placed)), 0);
});

test("a box is changed on its own: no keypoint moves, and no keypoint moves a box", () => {
  const desk = state.openDesk(task(person(1)));
  const box = { x: 1, y: 2, width: 30, height: 40, angle: 15 };
  const boxed = state.changeBox(desk, box);
  assert.equal(boxed.persons[0].pose, desk.persons[0].pose);
  assert.ok(state.hasDrafts(boxed));
  assert.equal(state.movePoint(boxed, { x: 1, y: 1 }).persons[0].box, box);
  const back = state.changeBox(boxed, { ...desk.persons[0].box });
  assert.equal(state.hasDrafts(back), false, "put back where the server has it, there is nothing to save");
  assert.equal(state.changeBox(state.decide(desk, 0, { state: "accepted", reason: null }), box).persons[0].box, desk.persons[0].box);
});

test("one pull at a box is one step of undo", () => {
  const desk = state.openDesk(task(person(1)));
  let pulled = desk;
  for (const x of [3, 5, 8]) pulled = state.changeBox(pulled, { ...desk.persons[0].box, x }, "pull");
  assert.equal(pulled.past.length, 1);
  assert.equal(state.undo(pulled).persons[0].box, desk.persons[0].box);
});

test("a cleared keypoint is not placed, whatever the person began from, and waits for its click", () => {
  const desk = state.clearKeypoint(state.selectKeypoint(state.openDesk(task(person(1))), 2));
  assert.equal(state.isUndecided(state.personOf(desk), 2), true);
  assert.equal(desk.placing, true);
  assert.equal(state.clearKeypoint(desk), desk, "clearing twice changes nothing");
  const placed = state.placePoint(desk, { x: 50, y: 40 });
  assert.deepEqual(placed.persons[0].pose.xyv[2], [50, 40, 2]);
  assert.equal(state.countUndecided(state.personOf(placed)), 0);
});

test("with all keypoints cleared they are placed in order again, and undo brings them back at once", () => {
  const desk = state.openDesk(task(person(1)));
  const bare = state.clearAll(desk);
  assert.equal(state.countUndecided(state.personOf(bare)), 5);
  assert.deepEqual([bare.keypoint, bare.placing], [0, true]);
  assert.ok(state.whyNotAccept(state.personOf(bare)));
  assert.equal(state.undo(bare).persons[0].pose, desk.persons[0].pose);
});

test("a person begins again from the previous label, from nothing, and from where the server let them begin", () => {
  const desk = state.openDesk(task(person(1, { starts: [OTHER_START, { ...person(1).start, model: null }] })));
  const [label, student, empty] = state.startsOf(desk);
  const again = state.beginFrom(desk, label);
  assert.deepEqual(again.persons[0].pose.xyv, OTHER_START.xyv);
  assert.deepEqual([again.persons[0].from, again.persons[0].startedFrom], ["label", 3]);
  assert.equal(state.beginFrom(again, student).persons[0].pose, desk.persons[0].start);
  assert.equal(state.hasDrafts(state.beginFrom(again, student)), false);
  assert.equal(state.countUndecided(state.personOf(state.beginFrom(again, empty))), 5);
  assert.deepEqual([state.undo(again).persons[0].from, state.undo(again).persons[0].startedFrom], ["student", 9]);
});

test("what is said of the whole image is taken back and said again like anything else", () => {
  const desk = state.openDesk(task(person(1, { state: "accepted" })));
  const finished = state.finish(desk);
  assert.equal(finished.past.at(-1).kind, "finished");
  assert.equal(state.redo(state.undo(finished)).past.length, 1);
});

test("the next open and the next accepted person are found going round", () => {
  const desk = state.openDesk(task(person(1), person(2, { state: "accepted" }), person(3), person(4, { state: "accepted" })));
  assert.equal(state.stepTo(desk, "open").person, 2);
  assert.equal(state.stepTo(state.stepTo(desk, "accepted"), "accepted").person, 3);
  assert.equal(state.stepTo(desk, "skipped"), desk);
});

test("one's own edits from before are had again, also where the person began from a label of unknown origin", () => {
  const labelled = { start: { xyv: person(1).start.xyv, from: "label", prediction_id: null } };
  const before = state.movePoint(state.openDesk(task(person(1, labelled))), { x: 77, y: 44 });
  const fresh = state.withEarlierEdits(state.openDesk(task(person(1, { ...labelled, revision: 3 }), person(2))), before);
  const [mine] = state.startsOf(fresh);
  assert.equal(mine.text, "Your own edits from before");
  assert.deepEqual(state.beginFrom(fresh, mine).persons[0].pose.xyv, before.persons[0].pose.xyv);
  assert.deepEqual(fresh.persons[1].starts, [], "who was not edited is offered nothing of it");
});

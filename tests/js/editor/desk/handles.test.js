import assert from "node:assert/strict";
import { test } from "node:test";

import { cornersOf, isInside } from "../../../../static/editor/geometry.js";
import {
  dragBox, frameOfPose, handleAt, handlesOf, middleOfPose, poseDrag, scaling, transformPose, turning,
} from "../../../../static/editor/desk/handles.js";
import { poseFrom } from "../../../../static/editor/desk/opening.js";
import { numbersFrom } from "../../chance.js";

const SIZE = { width: 400, height: 300 };
const HOW = { least: 6, size: SIZE };
const OPPOSITE = { nw: "se", n: "s", ne: "sw", e: "w", se: "nw", s: "n", sw: "ne", w: "e" };
const near = (one, two, tolerance = 0.02) => assert.ok(Math.hypot(one.x - two.x, one.y - two.y) <= tolerance, JSON.stringify([one, two]));
const moved = (spot, dx, dy) => ({ x: spot.x + dx, y: spot.y + dy });

function someBox(chance, angle = chance() * 360 - 180) {
  return { x: 60 + chance() * 150, y: 60 + chance() * 100, width: 20 + chance() * 80, height: 20 + chance() * 80, angle };
}

function somePose(chance) {
  return poseFrom(Array.from({ length: 6 }, (_, k) => (k === 5 ? [0, 0, 0] : [chance() * 400, chance() * 300, 1 + Math.floor(chance() * 2)])), "model");
}

test("a box pulled at a handle keeps the opposite one where it is in the image, turned or not", () => {
  const chance = numbersFrom(11);
  for (let i = 0; i < 200; i += 1) {
    const box = someBox(chance, i % 3 ? undefined : 0);
    for (const [handle, fixed] of Object.entries(OPPOSITE)) {
      const at = handlesOf(box)[handle];
      const after = dragBox(box, handle, at, moved(at, chance() * 120 - 60, chance() * 120 - 60), HOW);
      near(handlesOf(after)[fixed], handlesOf(box)[fixed]);
      assert.equal(after.angle, box.angle);
      assert.ok(after.width >= 6 && after.height >= 6);
    }
  }
});

test("a corner follows the pointer; an edge changes one side only", () => {
  const box = { x: 50, y: 60, width: 80, height: 40, angle: 0 };
  assert.deepEqual(dragBox(box, "se", { x: 130, y: 100 }, { x: 141, y: 107 }, HOW), { ...box, width: 91, height: 47 });
  assert.deepEqual(dragBox(box, "w", { x: 50, y: 80 }, { x: 40, y: 99 }, HOW), { ...box, x: 40, width: 90 });
  assert.deepEqual(dragBox(box, "n", { x: 90, y: 60 }, { x: 90, y: 500 }, HOW), { ...box, y: 94, height: 6 }, "never turned inside out");
});

test("a level box stays in the picture, whatever it is pulled or pushed by", () => {
  const chance = numbersFrom(12);
  for (let i = 0; i < 300; i += 1) {
    const box = someBox(chance, 0);
    const handle = [...Object.keys(OPPOSITE), "inside"][i % 9];
    const after = dragBox(box, handle, { x: 100, y: 100 }, { x: chance() * 1500 - 700, y: chance() * 1500 - 700 }, HOW);
    for (const { x, y } of cornersOf(after)) {
      assert.ok(x >= -0.51 && y >= -0.51 && x <= 399.51 && y <= 299.51, JSON.stringify([handle, box, after]));
    }
  }
});

test("a box turns about its middle, by fifteen degrees at a time if asked, and comes back", () => {
  const box = { x: 50, y: 60, width: 80, height: 40, angle: 0 };
  const top = handlesOf(box, 20).turn;
  const right = { x: 90 + 40, y: 80 };
  const across = dragBox(box, "turn", top, right, HOW);
  assert.equal(across.angle, 90);
  near(handlesOf(across).middle, { x: 90, y: 80 });
  assert.equal(dragBox(across, "turn", right, top, HOW).angle, 0);
  const leaning = dragBox(box, "turn", top, moved(top, 9, 1), { ...HOW, snap: true });
  assert.equal(leaning.angle, 15);
  assert.equal(dragBox({ ...box, angle: 170 }, "turn", top, right, HOW).angle, -100, "always in (-180, 180]");
});

test("the handle nearest to the pointer is taken, then the inside, then nothing", () => {
  const box = { x: 50, y: 60, width: 80, height: 40, angle: 30 };
  for (const [name, spot] of Object.entries(handlesOf(box, 20))) {
    assert.equal(handleAt(box, moved(spot, 1, 1), 5, 20), name === "middle" ? "inside" : name);
  }
  assert.equal(handleAt(box, { x: 300, y: 200 }, 5, 20), null);
});

test("a pose's frame holds every present keypoint, and is level on a turned screen", () => {
  const chance = numbersFrom(13);
  for (let i = 0; i < 100; i += 1) {
    const pose = somePose(chance);
    const turn = chance() * 6 - 3;
    const frame = frameOfPose(pose, turn);
    const wider = { ...frame, x: frame.x - 0.1, y: frame.y - 0.1, width: frame.width + 0.2, height: frame.height + 0.2 };
    for (const [x, y, v] of pose.xyv) assert.ok(!v || isInside(wider, { x, y }));
    const [a, b] = cornersOf(frame);
    assert.ok(Math.abs(Math.sin(Math.atan2(b.y - a.y, b.x - a.x) + turn)) < 1e-3);
  }
  assert.equal(frameOfPose(poseFrom([[0, 0, 0]], "empty"), 0), null);
});

test("a pose pulled at a corner is scaled about the opposite corner, and never mirrored", () => {
  const pose = poseFrom([[100, 100, 2], [200, 100, 2], [200, 250, 2]], "student");
  const frame = frameOfPose(pose, 0);
  const { se } = handlesOf(frame);
  const twice = transformPose(pose, poseDrag(frame, "se", se, { x: 300, y: 400 }));
  assert.deepEqual(twice.xyv.map((row) => row.map(Math.round)), [[100, 100, 2], [300, 100, 2], [300, 400, 2]]);
  const crushed = transformPose(pose, poseDrag(frame, "se", se, { x: -900, y: -900 }));
  assert.ok(crushed.xyv[1][0] > 100);
});

test("a pose is carried along where it is pulled, turned about the frame's middle, and the same without a pull", () => {
  const pose = somePose(numbersFrom(14));
  const frame = frameOfPose(pose, 0.3);
  const start = handlesOf(frame).middle;
  const carried = transformPose(pose, poseDrag(frame, "inside", start, moved(start, 7, -4)));
  carried.xyv.forEach(([x, y], k) => (k < 5 ? near({ x, y }, moved({ x: pose.xyv[k][0], y: pose.xyv[k][1] }, 7, -4)) : assert.deepEqual([x, y], [0, 0])));
  assert.equal(transformPose(pose, poseDrag(frame, "inside", start, start)), pose);
  const top = handlesOf(frame, 30).turn;
  const turned = transformPose(pose, poseDrag(frame, "turn", top, moved(top, 3, 1), { snap: true }));
  assert.deepEqual(turned.xyv, pose.xyv, "less than half a step of fifteen degrees is none");
});

test("turned and sized about its middle, a pose keeps it, and comes back", () => {
  const chance = numbersFrom(15);
  for (let i = 0; i < 50; i += 1) {
    const pose = somePose(chance);
    const middle = middleOfPose(pose);
    const degrees = chance() * 90;
    const there = transformPose(transformPose(pose, turning(degrees, middle)), scaling(1.1, middle));
    near(middleOfPose(there), middle, 1e-6);
    const back = transformPose(transformPose(there, scaling(1 / 1.1, middle)), turning(-degrees, middle));
    back.xyv.forEach(([x, y], k) => near({ x, y }, { x: pose.xyv[k][0], y: pose.xyv[k][1] }, 0.01));
  }
  assert.equal(turning(5, middleOfPose(poseFrom([[0, 0, 0]], "empty"))), null, "nothing has no middle");
});

test("a pose in a line is not blown up by a small pull, nor by one along its edge", () => {
  const pose = poseFrom([[50, 20, 2], [50, 90, 2]], "student");
  const frame = frameOfPose(pose, 0);
  const { e } = handlesOf(frame);
  for (const end of [moved(e, 5, 0), moved(e, 0, 6)]) {
    const [a, b] = transformPose(pose, poseDrag(frame, "e", e, end)).xyv;
    assert.ok(Math.abs(b[1] - a[1]) < 1.6 * 70, JSON.stringify([a, b]));
  }
});

test("a press without a move changes no digit of a box", () => {
  const box = { x: 33.333333, y: 10, width: 21.1234, height: 30, angle: 12.3456 };
  for (const handle of ["se", "turn", "inside"]) assert.equal(dragBox(box, handle, { x: 1, y: 2 }, { x: 1, y: 2 }, HOW), box);
});

test("a turned box is never pulled so far that its middle leaves the picture", () => {
  const chance = numbersFrom(16);
  for (let i = 0; i < 200; i += 1) {
    const after = dragBox(someBox(chance), "se", { x: 100, y: 100 }, { x: chance() * 3000 - 1500, y: chance() * 3000 - 1500 }, HOW);
    const { middle } = handlesOf(after);
    assert.ok(middle.x >= -0.51 && middle.y >= -0.51 && middle.x <= 399.51 && middle.y <= 299.51);
  }
});

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import * as geometry from "../../../static/editor/geometry.js";
import { numbersFrom } from "../chance.js";

const close = (one, two, within = 1e-6) => {
  assert.ok(Math.hypot(one.x - two.x, one.y - two.y) < within, `${JSON.stringify(one)} is not ${JSON.stringify(two)}`);
};

test("a spot goes to the screen and comes back, zoomed, moved and turned", () => {
  const chance = numbersFrom(1);
  for (let i = 0; i < 300; i += 1) {
    const turn = chance() * 6.28;
    const scale = 0.05 + chance() * 40;
    const view = { a: scale * Math.cos(turn), b: scale * Math.sin(turn), x: chance() * 900, y: chance() * 900 };
    const spot = { x: chance() * 4096, y: chance() * 4096 };
    close(geometry.toImage(view, geometry.toScreen(view, spot)), spot);
  }
});

test("the picture's top-left corner is at (-0.5, -0.5): its first pixel's centre is (0, 0)", () => {
  assert.deepEqual(geometry.frameOf({ width: 640, height: 480 }), { left: -0.5, top: -0.5, right: 639.5, bottom: 479.5 });
});

test("zooming holds what is under the pointer", () => {
  const view = { a: 2, b: 0.5, x: 10, y: -30 };
  const at = { x: 320, y: 200 };
  close(geometry.toImage(geometry.zoomAt(view, at, 1.7), at), geometry.toImage(view, at));
  close(geometry.toImage(geometry.zoomAt(view, at, 1e9), at), geometry.toImage(view, at), 1e-3);
});

test("up is where Python says it is", () => {
  const cases = JSON.parse(readFileSync(new URL("../../upright_cases.json", import.meta.url), "utf8"));
  for (const { xy: [x, y], lens, angle } of cases) {
    assert.ok(Math.abs(geometry.uprightAngle({ x, y }, lens) - angle) < 1e-12, `at ${x}, ${y}`);
  }
});

test("turning holds what is under the pointer, keeps the scale and can be told", () => {
  const view = { a: 2, b: 0.5, x: 10, y: -30 };
  const at = { x: 320, y: 200 };
  const turned = geometry.turnTo(view, at, -2.1);
  close(geometry.toImage(turned, at), geometry.toImage(view, at));
  assert.ok(Math.abs(geometry.scaleOf(turned) - geometry.scaleOf(view)) < 1e-12);
  assert.ok(Math.abs(geometry.turnOf(turned) - -2.1) < 1e-12);
});

test("an image pixel comes back exactly after any sequence of zooming, moving and turning", () => {
  const chance = numbersFrom(3);
  const within = (least, most) => least + chance() * (most - least);
  const spotOf = (width, height) => ({ x: chance() * width, y: chance() * height });
  const moves = [
    (view) => geometry.zoomAt(view, spotOf(1400, 900), within(0.2, 5)),
    (view) => geometry.pan(view, { x: within(-800, 800), y: within(-800, 800) }),
    (view) => geometry.turnTo(view, spotOf(1400, 900), within(-7, 7)),
  ];
  for (let i = 0; i < 200; i += 1) {
    let view = geometry.fit([spotOf(4096, 4096), spotOf(4096, 4096)], { width: 1400, height: 900 }, { turn: within(-4, 4) });
    for (let step = 0; step < 40; step += 1) {
      view = moves[Math.floor(chance() * moves.length)](view);
      const spot = spotOf(4096, 4096);
      close(geometry.toImage(view, geometry.toScreen(view, spot)), spot, 1e-6);
    }
  }
});

test("a turned view fits what it shows as it stands on the screen", () => {
  const view = geometry.fit([{ x: 0, y: 0 }, { x: 100, y: 100 }], { width: 400, height: 800 }, { margin: 0, turn: Math.PI / 4 });
  assert.ok(Math.abs(geometry.scaleOf(view) - 800 / Math.hypot(100, 100)) < 1e-9, "the diagonal stands upright");
  close(geometry.toScreen(view, { x: 0, y: 0 }), { x: 200, y: 0 });
});

test("a step on the screen is as long in the image, however the view lies", () => {
  const view = geometry.turnTo({ a: 3, b: 0, x: 5, y: 6 }, { x: 0, y: 0 }, -Math.PI / 2);
  close(geometry.stepOnScreen(view, { x: 0, y: -10 }), { x: 10, y: 0 }, 1e-12);
  assert.deepEqual(geometry.stepOnScreen({ a: 3.7, b: 0, x: 5, y: 6 }, { x: 1, y: 0 }), { x: 1, y: 0 });
});

test("fitting shows the whole rectangle in the middle of the stage", () => {
  const view = geometry.fit([{ x: 100, y: 50 }, { x: 300, y: 150 }], { width: 800, height: 600 }, { margin: 0 });
  assert.equal(geometry.scaleOf(view), 4);
  close(geometry.toScreen(view, { x: 200, y: 100 }), { x: 400, y: 300 });
});

test("a resized stage keeps its middle", () => {
  const before = { width: 800, height: 600 };
  const after = { width: 500, height: 700 };
  const view = geometry.fit([{ x: 0, y: 0 }, { x: 90, y: 40 }], before);
  const middle = geometry.toImage(view, { x: 400, y: 300 });
  close(geometry.toImage(geometry.resized(view, before, after), { x: 250, y: 350 }), middle);
});

test("the nearest present keypoint within reach is picked, never an absent one", () => {
  const xyv = [[10, 10, 2], [13, 10, 1], [12, 10, 0], [60, 60, 2]];
  assert.equal(geometry.nearest(xyv, { x: 12, y: 10 }, 5).keypoint, 1);
  assert.equal(geometry.nearest(xyv, { x: 11, y: 10 }, 5).keypoint, 0);
  assert.equal(geometry.nearest(xyv, { x: 30, y: 30 }, 5), null);
});

test("nearest agrees with measuring every keypoint", () => {
  const chance = numbersFrom(2);
  for (let i = 0; i < 100; i += 1) {
    const xyv = Array.from({ length: 17 }, () => [chance() * 100, chance() * 100, Math.floor(chance() * 3)]);
    const at = { x: chance() * 100, y: chance() * 100 };
    const far = xyv.map(([x, y, v]) => (v > 0 ? Math.hypot(x - at.x, y - at.y) : Infinity));
    const least = Math.min(...far);
    assert.equal(geometry.nearest(xyv, at, 20)?.keypoint ?? null, least <= 20 ? far.indexOf(least) : null);
  }
});

test("a box turned by 90 degrees about its centre lies across", () => {
  const box = { x: 0, y: 40, width: 100, height: 20, angle: 90 };
  const around = geometry.around(geometry.cornersOf(box));
  assert.deepEqual(Object.values(around).map((side) => Math.round(side) + 0), [40, 0, 60, 100]);
  assert.ok(geometry.isInside(box, { x: 50, y: 5 }));
  assert.ok(!geometry.isInside(box, { x: 5, y: 50 }));
});

test("a box dragged in any direction is the same, and stays in the frame", () => {
  const size = { width: 100, height: 80 };
  const box = { x: 10, y: 20, width: 30, height: 40, angle: 0 };
  assert.deepEqual(geometry.boxBetween({ x: 10, y: 20 }, { x: 40, y: 60 }, size), box);
  assert.deepEqual(geometry.boxBetween({ x: 40, y: 60 }, { x: 10, y: 20 }, size), box);
  assert.equal(geometry.boxBetween({ x: 50, y: 50 }, { x: 900, y: 60 }, size).width, 49.5);
});

test("a box dragged in a turned view is level on the screen and holds no more than was dragged around", () => {
  const size = { width: 2000, height: 2000 };
  const stage = { width: 800, height: 600 };
  const view = geometry.fit([{ x: 900, y: 900 }, { x: 1100, y: 1100 }], stage, { turn: -2.3 });
  const box = geometry.boxBetween(geometry.toImage(view, { x: 300, y: 120 }), geometry.toImage(view, { x: 420, y: 500 }), size, -2.3);
  const shown = geometry.around(geometry.cornersOf(box).map((corner) => geometry.toScreen(view, corner)));
  const dragged = { left: 300, top: 120, right: 420, bottom: 500 };
  for (const side of Object.keys(dragged)) assert.ok(Math.abs(shown[side] - dragged[side]) < 0.2, `${side}: ${shown[side]}`);
  assert.equal(box.angle, 131.78);
});

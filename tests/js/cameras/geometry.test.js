/** A lens circle on its frame: dragging, nudging, typing. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { dragged, inscribed, moved, nudged, resized, same, shownPart, typedCircle, upArrows } from "../../../static/cameras/geometry.js";

const FRAME = { width: 640, height: 480 };
const CIRCLE = { x: 320, y: 240, radius: 200 };

test("what is assumed is the circle inscribed in the frame, pixel centres being whole numbers", () => {
  assert.deepEqual(inscribed(FRAME), { x: 319.5, y: 239.5, radius: 240 });
});

test("the whole frame is shown, with a margin all around", () => {
  const part = shownPart(FRAME);
  assert.ok(part.x < -0.5 && part.x + part.width > 639.5 && part.y < -0.5 && part.y + part.height > 479.5);
  assert.equal(part.x + part.width / 2, 319.5);
});

test("the centre follows the pointer, the radius stays", () => {
  assert.deepEqual(dragged(CIRCLE, "centre", { x: 325, y: 240 }, { x: 335, y: 230 }, FRAME), { x: 330, y: 230, radius: 200 });
});

test("the rim follows the pointer from wherever it was grabbed, the centre stays", () => {
  assert.deepEqual(dragged(CIRCLE, "rim", { x: 525, y: 240 }, { x: 320, y: 455 }, FRAME), { x: 320, y: 240, radius: 210 });
});

test("the centre stays in the frame and the radius positive", () => {
  assert.deepEqual(moved(CIRCLE, -9999, 9999, FRAME), { x: -0.5, y: 479.5, radius: 200 });
  assert.equal(resized(CIRCLE, -9999, FRAME).radius, 1);
  assert.equal(resized(CIRCLE, 9999, FRAME).radius, 4 * 640);
});

test("arrow keys nudge by one pixel, with Shift by ten; plus and minus change the radius", () => {
  const press = (key, shiftKey = false) => nudged(CIRCLE, { key, shiftKey }, FRAME);
  assert.equal(press("ArrowLeft").x, 319);
  assert.equal(press("ArrowDown", true).y, 250);
  assert.equal(press("+").radius, 201);
  assert.equal(press("_", true).radius, 190);
  assert.equal(press("a"), null);
});

test("typed numbers make a circle, or none where they cannot", () => {
  assert.deepEqual(typedCircle({ x: "300.5", y: "200", radius: "150" }, FRAME), { x: 300.5, y: 200, radius: 150 });
  for (const typed of [{ x: "", y: "1", radius: "9" }, { x: "700", y: "1", radius: "9" }, { x: "1", y: "1", radius: "0" }, { x: "1", y: "1e", radius: "3" }]) {
    assert.equal(typedCircle(typed, FRAME), null);
  }
});

test("circles are the same within what the fields show; none is the same as none", () => {
  assert.ok(same(CIRCLE, { ...CIRCLE, x: 320.01 }));
  assert.ok(!same(CIRCLE, { ...CIRCLE, radius: 200.1 }));
  assert.ok(same(null, null));
  assert.ok(!same(CIRCLE, null));
});

test("up points away from the centre, all around", () => {
  const [north, east] = upArrows(CIRCLE, 4);
  assert.equal(north.from.x, 320);
  assert.ok(north.to.y < north.from.y && north.from.y < 240);
  assert.ok(east.to.x > east.from.x && Math.abs(east.to.y - 240) < 1e-9);
});

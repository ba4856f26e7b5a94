import assert from "node:assert/strict";
import { test } from "node:test";

import { refitted, viewOfImage, viewOfPerson, withKeypointInside } from "../../static/editor/framing.js";
import { pan, toScreen } from "../../static/editor/geometry.js";
import * as state from "../../static/editor/state.js";
import { person, task } from "./tasks.js";

const STAGE = { width: 800, height: 600 };
const desk = state.openDesk(task(person(1)));

test("a person is shown whole, keypoints outside the box included", () => {
  const far = state.movePoint(desk, { x: 190, y: 90 });
  const view = viewOfPerson(far, STAGE);
  for (const [x, y] of [...far.persons[0].pose.xyv, [10, 10], [70, 70]]) {
    const at = toScreen(view, { x, y });
    assert.ok(at.x > 0 && at.y > 0 && at.x < STAGE.width && at.y < STAGE.height);
  }
});

test("an image without persons is shown whole", () => {
  const empty = state.openDesk(task());
  assert.deepEqual(viewOfPerson(empty, STAGE), viewOfImage(empty, STAGE));
});

test("the view moves only when the selected keypoint lies outside", () => {
  const view = viewOfPerson(desk, STAGE);
  assert.equal(withKeypointInside(view, desk, STAGE), view);
  const [x, y] = desk.persons[0].pose.xyv[0];
  const moved = withKeypointInside(pan(view, { x: 5000, y: 0 }), desk, STAGE);
  assert.deepEqual(toScreen(moved, { x, y }), { x: 400, y: 300 });
});

test("a smaller window shows the person whole again, and keeps a view chosen by hand where it was", () => {
  const small = { width: 300, height: 200 };
  assert.deepEqual(refitted(viewOfPerson(desk, STAGE), desk, STAGE, small), viewOfPerson(desk, small));
  assert.deepEqual(refitted(viewOfImage(desk, STAGE), desk, STAGE, small), viewOfImage(desk, small));
  const chosen = pan(viewOfPerson(desk, STAGE), { x: 40, y: 0 });
  assert.equal(refitted(chosen, desk, STAGE, small).a, chosen.a);
});

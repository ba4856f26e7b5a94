import assert from "node:assert/strict";
import { test } from "node:test";

import { isTurnedBy, refitted, turnedAnew, turnedOn, uprightTurn, viewOfImage, viewOfPerson, withKeypointInside }
  from "../../../../static/editor/view/framing.js";
import { pan, toImage, toScreen } from "../../../../static/editor/geometry.js";
import { selectPerson } from "../../../../static/editor/desk/selecting.js";
import { openDesk } from "../../../../static/editor/desk/opening.js";
import { movePoint } from "../../../../static/editor/desk/editing.js";
import { person, task } from "../../tasks.js";

const STAGE = { width: 800, height: 600 };
const desk = openDesk(task(person(1)));

test("a person is shown whole, keypoints outside the box included", () => {
  const far = movePoint(desk, { x: 190, y: 90 });
  const view = viewOfPerson(far, STAGE);
  for (const [x, y] of [...far.persons[0].pose.xyv, [10, 10], [70, 70]]) {
    const at = toScreen(view, { x, y });
    assert.ok(at.x > 0 && at.y > 0 && at.x < STAGE.width && at.y < STAGE.height);
  }
});

test("an image without persons is shown whole", () => {
  const empty = openDesk(task());
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
  assert.deepEqual(refitted(viewOfPerson(desk, STAGE, 1), desk, 1, STAGE, small), viewOfPerson(desk, small, 1));
  assert.deepEqual(refitted(viewOfImage(desk, STAGE), desk, 1, STAGE, small), viewOfImage(desk, small));
  const chosen = pan(viewOfPerson(desk, STAGE), { x: 40, y: 0 });
  assert.equal(refitted(chosen, desk, 0, STAGE, small).a, chosen.a);
});

const LENS = { x: 100, y: 50, radius: 50 };
const MIDDLE = { x: 400, y: 300 };
const fisheye = openDesk({ ...task(person(1), person(2, { box: { x: 130, y: 45, width: 10, height: 10, angle: 0 } })), lens: LENS });
const other = selectPerson(fisheye, 1);

test("a person's head points up on the screen: away from the lens's middle", () => {
  const view = viewOfPerson(other, STAGE, uprightTurn(other));
  const [feet, head] = [{ x: 131, y: 50 }, { x: 139, y: 50 }].map((spot) => toScreen(view, spot));
  assert.ok(Math.abs(feet.x - head.x) < 1e-9 && head.y < feet.y);
});

test("without a lens, or without a person, nothing is turned", () => {
  assert.equal(uprightTurn(desk), 0);
  assert.equal(uprightTurn(openDesk({ ...task(), lens: LENS })), 0);
});

test("clicking another person turns the view about the pointer, unless it shows the image as it was taken", () => {
  const [mine, theirs] = [uprightTurn(fisheye), uprightTurn(other)];
  const upright = viewOfPerson(fisheye, STAGE, mine);
  const clicked = turnedOn(upright, mine, theirs, MIDDLE);
  assert.ok(isTurnedBy(clicked, theirs));
  assert.ok(Math.abs(toImage(clicked, MIDDLE).x - toImage(upright, MIDDLE).x) < 1e-9);
  const whole = viewOfImage(fisheye, STAGE);
  assert.equal(turnedOn(whole, mine, theirs, MIDDLE), whole);
});

test("switched over, a fitted person is fitted again, a chosen view turns about its middle, the whole image stays", () => {
  const turn = uprightTurn(fisheye);
  assert.deepEqual(turnedAnew(viewOfPerson(fisheye, STAGE), fisheye, 0, turn, STAGE), viewOfPerson(fisheye, STAGE, turn));
  const chosen = pan(viewOfPerson(fisheye, STAGE), { x: 40, y: 0 });
  const turned = turnedAnew(chosen, fisheye, 0, turn, STAGE);
  assert.ok(isTurnedBy(turned, turn));
  assert.ok(Math.abs(toImage(turned, MIDDLE).x - toImage(chosen, MIDDLE).x) < 1e-9);
  const whole = viewOfImage(fisheye, STAGE);
  assert.equal(turnedAnew(whole, fisheye, 0, turn, STAGE), whole);
});

import assert from "node:assert/strict";
import { test } from "node:test";

import { person } from "../../tasks.js";
import { atWork } from "../at_work.js";
import { selectPerson } from "../../../../static/editor/desk/selecting.js";

const near = (one, two) => assert.ok(Math.hypot(one.x - two.x, one.y - two.y) < 1e-6, JSON.stringify([one, two]));

test("zooming keeps the middle where it is, or what the pointer is on", () => {
  const { viewing } = atWork(person(1));
  const middle = viewing.toImage({ x: 200, y: 100 });
  viewing.zoom(1.25);
  near(viewing.toImage({ x: 200, y: 100 }), middle);
  const spot = viewing.toImage({ x: 30, y: 40 });
  viewing.zoom(0.8, { x: 30, y: 40 });
  near(viewing.toImage({ x: 30, y: 40 }), spot);
});

test("what leaves the stage is brought back, and nothing moves without need", () => {
  const { viewing } = atWork(person(1));
  viewing.keepKeypointInside();
  const before = viewing.view;
  viewing.keepKeypointInside();
  assert.equal(viewing.view, before);
  viewing.pan({ x: 0, y: 0 }, { x: -500, y: 0 });
  viewing.keepKeypointInside();
  near(viewing.toScreen({ x: 20, y: 31 }), { x: 200, y: 100 });
});

test("under a fisheye persons are shown head up until that is switched off, there and back", () => {
  const { viewing, work } = atWork(person(1));
  work.sheet.desk = { ...work.desk, lens: { x: 100, y: 50, radius: 90 } };
  viewing.fitPerson();
  const upright = viewing.view;
  assert.ok(Math.abs(viewing.turn - viewing.wantedTurn) < 1e-9 && viewing.turn !== 0);
  viewing.toggleUpright();
  assert.equal(viewing.turn, 0);
  viewing.toggleUpright();
  near(viewing.view, upright);
});

test("an image comes back as it was left, unless persons are shown another way round by now", () => {
  const { viewing, work } = atWork(person(1), person(2, { box: { x: 150, y: 10, width: 30, height: 60, angle: 0 } }));
  work.sheet.desk = { ...work.desk, lens: { x: 100, y: 50, radius: 90 } };
  viewing.fitPerson();
  const left = viewing.view;
  viewing.begin();
  assert.equal(viewing.view, left);
  work.sheet.desk = selectPerson(work.desk, 1);
  viewing.begin();
  assert.notEqual(viewing.view, left);
});

test("a stage of another size shows what was fitted, fitted again", () => {
  const { viewing, work } = atWork(person(1));
  work.sheet.view = null;
  viewing.refit({ width: 1, height: 1 });
  const fitted = viewing.view;
  viewing.refit({ width: 400, height: 200 });
  near(viewing.view, fitted);
});

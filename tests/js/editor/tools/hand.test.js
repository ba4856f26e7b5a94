import assert from "node:assert/strict";
import { test } from "node:test";

import { person } from "../../tasks.js";
import { atWork, drag } from "../at_work.js";

test("a tool's key takes it up and puts it away, and one tool gives way to another", () => {
  const { hand, tookUp } = atWork(person(1));
  hand.toggle("pose");
  hand.toggle("edit-box");
  assert.equal(hand.tool.name, "edit-box");
  hand.toggle("edit-box");
  assert.ok(hand.isFree);
  assert.deepEqual(tookUp, ["pose", "edit-box", null]);
});

test("what is held stays held by what took hold of it, whatever key is pressed meanwhile", () => {
  const here = atWork(person(1));
  const { hold } = drag(here, [40, 31], [50, 41]);
  here.hand.takeUp("edit-box");
  const to = here.viewing.toScreen({ x: 60, y: 51 });
  here.hand.handlers.drag(hold, to, to, to, { shiftKey: false });
  assert.deepEqual(here.work.person.pose.xyv[2], [60, 51, 2]);
  assert.deepEqual(here.work.person.box, person(1).box);
});

test("two fingers and the wheel zoom about where they are, whatever the hand holds", () => {
  const here = atWork(person(1));
  here.hand.takeUp("pose");
  const spot = { x: 300, y: 50 };
  const under = here.viewing.toImage(spot);
  here.hand.handlers.wheel(spot, 2);
  here.hand.handlers.pinch(spot, spot, 1.5);
  const now = here.viewing.toImage(spot);
  assert.ok(Math.hypot(now.x - under.x, now.y - under.y) < 1e-9);
});

test("the pointer's place in the image is known, and nothing beside it", () => {
  const { hand, viewing } = atWork(person(1));
  hand.handlers.hover(viewing.toScreen({ x: 20, y: 30 }));
  const { x, y } = hand.inImage();
  assert.deepEqual([Math.round(x), Math.round(y)], [20, 30]);
  hand.handlers.hover(viewing.toScreen({ x: -20, y: 30 }));
  assert.equal(hand.inImage(), null);
});

test("without an image no pointer does anything", () => {
  const { hand, work } = atWork(person(1));
  work.sheet = null;
  const { grab, drag: pull, drop, click, hover, menu, wheel, pinch, abort } = hand.handlers;
  const at = { x: 1, y: 1 };
  assert.equal(grab(at, false), "view");
  for (const act of [() => pull("view", at, at, at, {}), () => drop("view", at, at), () => click(at, {}), () => hover(at), () => menu(at),
    () => wheel(at, 2), () => pinch(at, at, 2), () => abort()]) act();
  assert.equal(hand.inImage(), null);
});

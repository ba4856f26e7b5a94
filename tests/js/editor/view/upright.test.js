import assert from "node:assert/strict";
import { test } from "node:test";

import { viewOfImage, viewOfPerson } from "../../../../static/editor/view/framing.js";
import { openDesk } from "../../../../static/editor/desk/opening.js";
import { Upright } from "../../../../static/editor/view/upright.js";
import { person, task } from "../../tasks.js";

const STAGE = { width: 800, height: 600 };

const storage = () => {
  const kept = new Map();
  return { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => kept.set(name, value) };
};

test("persons stand upright until that is switched off, and the browser remembers it", () => {
  const browser = storage();
  const first = new Upright(() => browser);
  assert.equal(first.isOn, true);
  first.toggle();
  assert.equal(new Upright(() => browser).isOn, false);
});

test("a browser that forbids storing turns the view all the same", () => {
  const upright = new Upright(() => {
    throw new DOMException("denied", "SecurityError");
  });
  assert.equal(upright.isOn, true);
  upright.toggle();
  assert.equal(upright.isOn, false);
});

test("a turned view suits only while persons are wanted upright; the whole image always does", () => {
  const desk = openDesk({ ...task(person(1)), lens: { x: 100, y: 50, radius: 50 } });
  const upright = new Upright(storage);
  const view = viewOfPerson(desk, STAGE, upright.turnFor(desk));
  assert.equal(upright.suits({ desk, view }), true);
  upright.toggle();
  assert.equal(upright.turnFor(desk), 0);
  assert.equal(upright.suits({ desk, view }), false);
  assert.equal(upright.suits({ desk, view: viewOfImage(desk, STAGE) }), true);
});

test("what is seen tells the view's turn beside the person's own", () => {
  const desk = openDesk({ ...task(person(1)), lens: { x: 100, y: 40, radius: 50 } });
  const { isOn, turn, own } = new Upright(storage).seenIn({ desk, view: viewOfImage(desk, STAGE) });
  assert.deepEqual([isOn, turn, own], [true, 0, Math.PI / 2]);
});

import assert from "node:assert/strict";
import { test } from "node:test";

import { listen } from "../../../../static/editor/input/pointers.js";

/** An element at (10, 20) of the window, and all it tells its handlers. */
function stage() {
  const heard = [];
  const element = Object.assign(new EventTarget(), { getBoundingClientRect: () => ({ left: 10, top: 20 }), setPointerCapture: () => {} });
  const tell = (name) => (...given) => heard.push([name, ...given.filter((one) => !(one instanceof Event))]);
  const handlers = Object.fromEntries(["drag", "drop", "click", "abort", "hover", "pinch", "wheel", "menu"].map((name) => [name, tell(name)]));
  listen(element, { ...handlers, grab: () => "point" }, new AbortController().signal);
  const fire = (type, x, y, more = {}) => {
    const event = Object.assign(new Event(type), { clientX: x + 10, clientY: y + 20, pointerId: 1, pointerType: "mouse", button: 0, ...more });
    Object.defineProperty(event, "target", { value: { closest: () => null } });
    element.dispatchEvent(event);
  };
  return { heard, fire, names: () => heard.map(([name]) => name) };
}

test("a press that hardly wanders is a click: an unsteady hand moves nothing", () => {
  const { fire, names } = stage();
  fire("pointerdown", 5, 5);
  fire("pointermove", 6, 6);
  fire("pointerup", 6, 6);
  assert.deepEqual(names(), ["click"]);
});

test("further it is a drag of what was taken hold of, from where it was pressed", () => {
  const { fire, heard } = stage();
  fire("pointerdown", 5, 5);
  fire("pointermove", 15, 5);
  fire("pointerup", 15, 6);
  assert.deepEqual(heard, [["drag", "point", { x: 5, y: 5 }, { x: 5, y: 5 }, { x: 15, y: 5 }], ["drop", "point", { x: 5, y: 5 }, { x: 15, y: 6 }]]);
});

test("the middle button moves the view whatever is under it", () => {
  const { fire, heard } = stage();
  fire("pointerdown", 5, 5, { button: 1 });
  fire("pointermove", 25, 5);
  assert.equal(heard[0][1], "view");
});

test("a second finger gives the drag up and pinches", () => {
  const { fire, heard, names } = stage();
  const touch = { pointerType: "touch" };
  fire("pointerdown", 0, 0, touch);
  fire("pointermove", 20, 0, touch);
  fire("pointerdown", 40, 0, { ...touch, pointerId: 2 });
  fire("pointermove", 60, 0, { ...touch, pointerId: 2 });
  assert.deepEqual(names(), ["drag", "abort", "pinch"]);
  assert.deepEqual(heard[2].slice(1), [{ x: 30, y: 0 }, { x: 40, y: 0 }, 2]);
});

test("without a press the pointer passes over, and then is gone", () => {
  const { fire, heard } = stage();
  fire("pointermove", 3, 4);
  fire("pointerleave", 3, 4);
  assert.deepEqual(heard, [["hover", { x: 3, y: 4 }], ["hover", null]]);
});

test("a wheel turned away from the hand makes the image larger", () => {
  const { fire, heard } = stage();
  fire("wheel", 7, 8, { deltaY: -100, deltaMode: 0, ctrlKey: false });
  assert.deepEqual(heard[0][1], { x: 7, y: 8 });
  assert.ok(heard[0][2] > 1);
});

import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { Pace, SELDOM_MS, acted } from "../../../static/lead/pace.js";

const OFTEN_MS = 2_000;
const MINUTE = 60_000;
/** @type {((seen: {isIntersecting: boolean}[]) => void)[]} */
let watchers = [];

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  watchers = [];
  globalThis.window = /** @type {any} */ (globalThis);
  globalThis.document = /** @type {any} */ (Object.assign(new EventTarget(), { hidden: false }));
  globalThis.IntersectionObserver = /** @type {any} */ (class {
    /** @param {(seen: {isIntersecting: boolean}[]) => void} told */
    constructor(told) {
      watchers.push(told);
    }

    observe() {}

    disconnect() {}
  });
});

/** @param {Element | null} [element] */
function asking(element = null) {
  const found = { asked: 0 };
  const pace = new Pace(() => found.asked++, OFTEN_MS, element);
  pace.start();
  return { found, pace };
}

/** @param {number} milliseconds @param {number} [step] */
function pass(milliseconds, step = 500) {
  for (let gone = 0; gone < milliseconds; gone += step) mock.timers.tick(step);
}

/** @param {boolean} hidden */
function hide(hidden) {
  Object.assign(document, { hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}

test("it asks at once, often while something goes on, and seldom else", () => {
  const { found, pace } = asking();
  assert.equal(found.asked, 1);
  pass(MINUTE);
  assert.equal(found.asked, 1 + MINUTE / OFTEN_MS);
  pace.goesOn = false;
  pass(MINUTE);
  assert.equal(found.asked, 1 + MINUTE / OFTEN_MS + MINUTE / SELDOM_MS);
});

test("a hidden page asks nothing, and one that is seen again asks once at once", () => {
  const { found } = asking();
  hide(true);
  pass(MINUTE);
  acted();
  assert.equal(found.asked, 1);
  hide(false);
  assert.equal(found.asked, 2);
  pass(OFTEN_MS);
  assert.equal(found.asked, 3);
});

test("a look away that is shorter than the wait asks nothing more", () => {
  const { found } = asking();
  hide(true);
  hide(false);
  assert.equal(found.asked, 1);
});

test("a part out of view asks nothing until it is scrolled to", () => {
  const { found } = asking(/** @type {any} */ ({}));
  watchers[0]([{ isIntersecting: false }]);
  pass(MINUTE);
  assert.equal(found.asked, 1);
  watchers[0]([{ isIntersecting: true }]);
  assert.equal(found.asked, 2);
});

test("what was done is asked for at once, and then the wait begins anew", () => {
  const { found, pace } = asking();
  pace.goesOn = false;
  pass(SELDOM_MS - 1_000);
  acted();
  assert.equal(found.asked, 2);
  pass(SELDOM_MS - 1_000);
  assert.equal(found.asked, 2);
  pace.stop();
  acted();
  pass(MINUTE);
  assert.equal(found.asked, 2, "one that is gone asks nothing");
});

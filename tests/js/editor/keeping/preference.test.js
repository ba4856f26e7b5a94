import assert from "node:assert/strict";
import { test } from "node:test";

import { Preference } from "../../../../static/editor/keeping/preference.js";
import { DEFAULTS, readLooks, writeLooks } from "../../../../static/editor/panel/looks.js";

test("a browser that forbids storing keeps it on this page all the same", () => {
  const kept = new Preference(() => {
    throw new DOMException("denied", "SecurityError");
  }, "any", { read: readLooks, write: writeLooks });
  assert.deepEqual(kept.value, { ...DEFAULTS });
  kept.set({ ...DEFAULTS, dots: 2 });
  assert.equal(kept.value.dots, 2);
});

test("what was set is there at the next visit", () => {
  const storage = new Map();
  const browser = { getItem: (name) => storage.get(name) ?? null, setItem: (name, value) => storage.set(name, value) };
  new Preference(() => browser, "looks", { read: readLooks, write: writeLooks }).set({ ...readLooks(null), dots: 2 });
  assert.equal(new Preference(() => browser, "looks", { read: readLooks, write: writeLooks }).value.dots, 2);
});

import assert from "node:assert/strict";
import { test } from "node:test";

import { LastWords, packed, takeUpLastWords, unpacked } from "../../../../static/editor/keeping/last_words.js";
import { MemoryStore } from "../../../../static/editor/keeping/store.js";
import { numbersFrom } from "../../chance.js";

/** What localStorage is to us: things under names, and those names. */
class Storage {
  setItem(name, text) { this[name] = text; }
  removeItem(name) { delete this[name]; }
}

const NAME = "pose-editor/last-words/one";
const key = ["ann@drawn", 5];

test("what is packed comes back alike, with what was the same still the same and what was only alike still two", () => {
  const pose = { xyv: [[1.25, -2, 2]], touched: [true, false], by: null, text: "naïve \u2028" };
  const value = { start: pose, now: pose, alike: structuredClone(pose), left: undefined, past: [{ before: pose }] };
  const back = unpacked(packed(value));
  assert.deepEqual(back, structuredClone({ start: pose, now: pose, alike: pose, past: [{ before: pose }] }));
  assert.equal(back.start, back.now);
  assert.equal(back.start, back.past[0].before);
  assert.notEqual(back.start, back.alike);
});

test("packing is undone by unpacking, whatever plain data it was", () => {
  const number = numbersFrom(7);
  const below = (end) => Math.floor(number() * end);
  const made = (depth) => {
    const kind = below(depth > 3 ? 4 : 6);
    if (kind === 0) return null;
    if (kind === 1) return below(2) === 1;
    if (kind === 2) return (number() - 0.5) * 1e6;
    if (kind === 3) return `text ${below(10)} "#`;
    const parts = Array.from({ length: below(4) }, () => made(depth + 1));
    return kind === 4 ? parts : Object.fromEntries(parts.map((part, i) => [`n${i}`, part]));
  };
  for (let i = 0; i < 200; i += 1) {
    const value = made(0);
    assert.deepEqual(unpacked(packed(value)), value);
  }
});

test("nothing is written while the page stays, and nothing is left once all is answered", async () => {
  const storage = new Storage();
  const words = new LastWords(() => storage, "one");
  const answers = [];
  const answered = () => new Promise((resolve) => answers.push(resolve));
  words.until({ table: "drafts", key, value: { at: 1 } }, answered());
  assert.deepEqual(Object.keys(storage), []);
  words.going(true);
  assert.deepEqual(Object.keys(storage), [NAME]);
  words.until({ table: "drafts", key, value: { at: 2 } }, answered());
  answers[0]();
  await null;
  assert.equal(unpacked(storage[NAME])[0].value.at, 2, "the answer to an older write says nothing about the newer one");
  answers[1]();
  await null;
  assert.deepEqual(Object.keys(storage), []);
});

test("a page that comes back takes its last words back", () => {
  const storage = new Storage();
  const words = new LastWords(() => storage, "one");
  words.until({ table: "drafts", key, value: {} }, new Promise(() => {}));
  words.going(true);
  words.going(false);
  assert.deepEqual(Object.keys(storage), []);
});

test("the next page puts them into its store, but over nothing that is newer", async () => {
  const storage = new Storage();
  storage.other = "of somebody else";
  storage[NAME] = packed([
    { table: "drafts", key, value: { at: 30, is: "left" }, at: 30 },
    { table: "drafts", key: ["ann@drawn", 6], value: { at: 30, is: "left" }, at: 30 },
    { table: "letters", key: ["ann@drawn", "k"], value: { key: "k" }, at: 30 },
  ]);
  const store = new MemoryStore();
  await store.put("drafts", ["ann@drawn", 6], { at: 31, is: "newer" });
  await takeUpLastWords(() => storage, store);
  assert.deepEqual(await store.all("drafts", "ann@drawn"), [{ at: 30, is: "left" }, { at: 31, is: "newer" }]);
  assert.deepEqual(await store.all("letters", "ann@drawn"), [{ key: "k" }]);
  assert.deepEqual(Object.keys(storage), ["other"]);
});

test("what the store failed at is still wished; what is not wished any more is not", async () => {
  const storage = new Storage();
  const words = new LastWords(() => storage, "one", () => 1);
  words.going(true);
  words.until({ table: "drafts", key, value: { is: "refused" } }, Promise.reject(new Error("full")));
  words.until({ table: "letters", key: ["ann@drawn", "k"], value: {} }, new Promise(() => {}));
  await new Promise((resolve) => setTimeout(resolve));
  words.drop("letters", ["ann@drawn", "k"]);
  assert.deepEqual(unpacked(storage[NAME]), [{ table: "drafts", key, value: { is: "refused" }, at: 1 }]);
});

test("where the drafts are too large the letters are written all the same, and nothing throws", (t) => {
  const warned = t.mock.method(console, "warn", () => {});
  const storage = new Storage();
  storage.setItem = function (name, text) {
    if (text.length > 300) throw new DOMException("full", "QuotaExceededError");
    this[name] = text;
  };
  const words = new LastWords(() => storage, "one", () => 1);
  words.until({ table: "drafts", key, value: { text: "x".repeat(1000) } }, new Promise(() => {}));
  words.until({ table: "letters", key: ["ann@drawn", "k"], value: { key: "k" } }, new Promise(() => {}));
  words.going(true);
  assert.deepEqual(unpacked(storage[NAME]).map(({ table }) => table), ["letters"]);
  assert.equal(warned.mock.callCount(), 1);
});

test("what cannot be read is dropped, and in nobody's way", async (t) => {
  t.mock.method(console, "warn", () => {});
  const storage = new Storage();
  storage["pose-editor/last-words/bad"] = "[";
  storage[NAME] = packed([{ table: "drafts", key, value: { at: 1 }, at: 1 }]);
  const store = new MemoryStore();
  await takeUpLastWords(() => storage, store);
  assert.deepEqual([await store.get("drafts", key), Object.keys(storage)], [{ at: 1 }, []]);
});

test("pages take them up one after the other", async () => {
  const storage = new Storage();
  storage[NAME] = packed([{ table: "drafts", key, value: { at: 1 }, at: 1 }]);
  const store = new MemoryStore();
  const queued = [];
  const locks = { request: (name, work) => new Promise((resolve) => queued.push(() => resolve(work()))) };
  const both = [takeUpLastWords(() => storage, store, locks), takeUpLastWords(() => storage, store, locks)];
  assert.deepEqual(Object.keys(storage).includes(NAME), true);
  queued[0]();
  await both[0];
  await store.remove("drafts", key);
  queued[1]();
  await both[1];
  assert.equal(await store.get("drafts", key), undefined);
});

test("where nothing can be stored they stay for a page that can, and where storage is forbidden there are none", async () => {
  const storage = new Storage();
  storage[NAME] = packed([{ table: "drafts", key, value: { at: 1 }, at: 1 }]);
  const store = new MemoryStore({ why: "private window" });
  await takeUpLastWords(() => storage, store);
  assert.deepEqual(await store.get("drafts", key), { at: 1 });
  assert.deepEqual(Object.keys(storage), [NAME]);
  await takeUpLastWords(() => { throw new DOMException("insecure", "SecurityError"); }, store);
});

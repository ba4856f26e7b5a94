import assert from "node:assert/strict";
import { test } from "node:test";

import { LastWords, unpacked } from "../../../../static/editor/keeping/last_words.js";
import { BrowserStore, MemoryStore, openStore } from "../../../../static/editor/keeping/store.js";

test("a browser that forbids its database gives a store for the page alone, and says why and what to do", async () => {
  const forbidden = () => { throw new DOMException("The operation is insecure.", "SecurityError"); };
  const store = await openStore({ factory: forbidden });
  assert.equal(store.isKept, false);
  assert.match(store.why, /could not keep your work \(SecurityError: The operation is insecure\.\).*before you close the page/);
  await store.put("drafts", ["ann", 5], { at: 1 });
  assert.deepEqual(await store.get("drafts", ["ann", 5]), { at: 1 });
});

test("a database that will not open does so too", async () => {
  const factory = () => ({ open: () => {
    const request = { error: new DOMException("no room", "QuotaExceededError") };
    queueMicrotask(() => request.onerror());
    return request;
  } });
  assert.match((await openStore({ factory })).why, /QuotaExceededError: no room/);
});

test("what is kept is a copy, with what was shared still shared", async () => {
  const store = new MemoryStore();
  const pose = { xyv: [[1, 2, 2]] };
  await store.put("drafts", ["ann", 5], { pose, start: pose });
  pose.xyv[0][0] = 9;
  const kept = await store.get("drafts", ["ann", 5]);
  assert.equal(kept.pose.xyv[0][0], 1);
  assert.equal(kept.pose, kept.start);
});

test("a database that does not open in time, or that another tab blocks, gives a store for the page alone", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const request = {};
  const silent = openStore({ factory: () => ({ open: () => request }) });
  t.mock.timers.tick(5000);
  assert.match((await silent).why, /TimeoutError: it did not open in 5 s/);
  let closed = 0;
  request.result = { close: () => (closed += 1) };
  request.onsuccess();
  assert.equal(closed, 1, "opened too late, it is in nobody's way");
  const blocked = openStore({ factory: () => ({ open: () => {
    const asked = {};
    queueMicrotask(() => asked.onblocked());
    return asked;
  } }) });
  assert.match((await blocked).why, /another tab/);
});

/** A database whose requests are answered when told. */
function database() {
  const begun = [];
  const transaction = () => {
    const rows = { count: () => ({ result: 7 }), get: () => ({}), put: () => {}, delete: () => {} };
    const one = { objectStore: () => rows, error: null };
    one.commit = () => { one.committed = true; };
    one.abort = () => {
      if (one.committed) throw new DOMException("It is committing or done.", "InvalidStateError");
      one.aborted = true;
    };
    begun.push(one);
    return one;
  };
  return { begun, transaction };
}

test("a request without an answer is given up after ten seconds", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const silent = database();
  const asked = new BrowserStore(silent).count("drafts");
  t.mock.timers.tick(10_000);
  await assert.rejects(asked, /StoreError.*TimeoutError: no answer in 10 s/);
  assert.ok(silent.begun[0].aborted);
});

test("the last words of a page are the writes without an answer, in their latest state", async () => {
  const said = new Map();
  const storage = { setItem: (name, text) => said.set(name, unpacked(text)), removeItem: (name) => said.delete(name) };
  const lastWords = new LastWords(() => storage, "here", () => 5);
  const silent = database();
  const store = new BrowserStore(silent, { lastWords });
  const asked = [
    store.put("drafts", ["ann", 1], { is: "answered" }), store.put("drafts", ["ann", 2], { is: "older" }),
    store.put("drafts", ["ann", 2], { is: "newer" }), store.put("letters", ["ann", "k"], { is: "gone" }),
    store.remove("letters", ["ann", "k"]),
  ];
  silent.begun[0].oncomplete();
  silent.begun[1].oncomplete();
  await new Promise((resolve) => setTimeout(resolve));
  lastWords.going(true);
  assert.deepEqual(said.get("pose-editor/last-words/here"), [{ table: "drafts", key: ["ann", 2], value: { is: "newer" }, at: 5 }]);
  silent.begun.forEach((one) => one.oncomplete());
  await Promise.all(asked);
  assert.equal(said.size, 0);
});

test("a single write is committed without waiting for the page; what asks again first is not", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const silent = database();
  const store = new BrowserStore(silent);
  const asked = [store.put("drafts", ["ann", 1], {}), store.remove("drafts", ["ann", 1]), store.change("drafts", ["ann", 1], () => {})];
  assert.deepEqual(silent.begun.map(({ committed }) => Boolean(committed)), [true, true, false]);
  t.mock.timers.tick(10_000);
  for (const one of asked) await assert.rejects(one, /TimeoutError: no answer in 10 s/);
  assert.deepEqual(silent.begun.map(({ aborted }) => Boolean(aborted)), [false, false, true]);
});

test("what an owner kept goes to another, and nothing of anybody else's", async () => {
  const store = new MemoryStore();
  await store.put("letters", ["ann", "k"], { is: "ann's" });
  await store.put("letters", ["anna", "l"], { is: "anna's" });
  await store.adopt("ann", "ann@here");
  const found = await Promise.all(["ann", "ann@here", "anna"].map((owner) => store.all("letters", owner)));
  assert.deepEqual(found, [[], [{ is: "ann's" }], [{ is: "anna's" }]]);
});

test("a database that the browser closed is opened again, once", async () => {
  const [first, second] = [database(), database()];
  let opened = 0;
  const store = new BrowserStore(first, { again: async () => (opened += 1, second) });
  first.onclose();
  const asked = store.count("drafts");
  await new Promise((resolve) => setTimeout(resolve));
  second.begun[0].oncomplete();
  assert.equal(await asked, 7);
  second.onclose?.();
  assert.equal(opened, 1);
});

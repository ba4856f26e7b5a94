import assert from "node:assert/strict";
import { test } from "node:test";

import { MemoryStore, openStore } from "../../static/editor/store.js";

test("a browser that forbids its database gives a store for the page alone, and says why and what to do", async () => {
  const forbidden = () => { throw new DOMException("The operation is insecure.", "SecurityError"); };
  const store = await openStore(forbidden);
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
  assert.match((await openStore(factory)).why, /QuotaExceededError: no room/);
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

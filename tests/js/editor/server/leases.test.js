import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { test } from "node:test";

import { ApiError } from "../../../../static/shared/api.js";
import { Leases } from "../../../../static/editor/server/leases.js";

/** A page with two images, and a server that holds some of them. */
function page(t) {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const told = { beats: [], said: [] };
  const server = { held: [1, 2], error: null };
  const api = { post: async (path, { image_ids: ids }) => {
    told.beats.push(ids);
    if (server.error) throw server.error;
    return { held: server.held };
  } };
  const host = { ids: [1, 2], current: 1 };
  const holds = new Leases(api, {
    imageIds: () => host.ids,
    imageId: () => host.current,
    lost: (ids) => ids.length && told.said.push(["lost", ...ids]),
    lostThis: () => told.said.push("lost this"),
    signedOut: () => told.said.push("signed out"),
  });
  const beat = async () => {
    t.mock.timers.tick(40_000);
    await setImmediate();
  };
  return { told, server, host, holds, beat };
}

test("the server is asked three times in a lease, from the first image until the page goes", async (t) => {
  const { told, host, holds, beat } = page(t);
  holds.keep(120);
  holds.keep(120);
  await beat();
  host.ids = [];
  await beat();
  holds.stop();
  host.ids = [1];
  await beat();
  assert.deepEqual(told, { beats: [[1, 2]], said: [] });
});

test("an image that is lost is told at each beat, the one on the desk once, and again if it was had in between", async (t) => {
  const { told, server, holds, beat } = page(t);
  holds.keep(120);
  server.held = [2];
  await beat();
  await beat();
  server.held = [1, 2];
  await beat();
  server.held = [];
  await beat();
  assert.deepEqual(told.said, [["lost", 1], "lost this", ["lost", 1], ["lost", 1, 2], "lost this"]);
});

test("an image that another tab has is not this tab's; once that one lets go it is", async (t) => {
  const held = new Set();
  const locks = { async request(name, _, work) {
    if (held.has(name)) return work(null);
    held.add(name);
    await work({ name });
    held.delete(name);
  } };
  const before = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  Object.defineProperty(globalThis, "navigator", { value: { locks }, configurable: true });
  t.after(() => (before ? Object.defineProperty(globalThis, "navigator", before) : delete globalThis.navigator));
  const [one, two] = [new Leases({}, {}), new Leases({}, {})];
  assert.deepEqual([await one.inThisTab("ann@here", 1), await two.inThisTab("ann@here", 1)], [true, false]);
  assert.equal(await two.inThisTab("bea@here", 1), true, "another annotator's image is another one");
  one.stop();
  await setImmediate();
  assert.equal(await two.inThisTab("ann@here", 1), true);
});

test("a server out of reach says nothing about the hold; one that does not know us is told", async (t) => {
  const { told, server, holds, beat } = page(t);
  holds.keep(120);
  server.error = new ApiError("offline", "away");
  await beat();
  server.error = new ApiError("signed-out", "sign in");
  await beat();
  assert.deepEqual(told.said, ["signed out"]);
});

test("a page that was away asks at once, and one that holds nothing yet asks nothing", async (t) => {
  const { told, server, holds } = page(t);
  holds.ask();
  holds.keep(120);
  server.held = [2];
  holds.ask();
  await setImmediate();
  assert.deepEqual(told, { beats: [[1, 2]], said: [["lost", 1], "lost this"] });
});

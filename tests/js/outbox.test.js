import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { test } from "node:test";

import { ApiError } from "../../static/editor/api.js";
import { Outbox, waitBefore } from "../../static/editor/outbox.js";

/** An outbox over answers given in turn, with a clock that moves when told. */
function posted(...answers) {
  const sent = [];
  const looks = [];
  let due = null;
  const clock = { now: () => 0, later: (work, ms) => (due = { work, ms }), never: () => (due = null) };
  const send = async (path, body) => {
    sent.push({ path, ...body });
    const next = answers.shift() ?? {};
    if (next instanceof Error) throw next;
    return next;
  };
  const outbox = new Outbox({ send, changed: (look) => looks.push(look.state), clock });
  return { outbox, sent, looks, waits: () => due?.ms ?? null, pass: async () => (due.work(), setImmediate()) };
}

const letter = (known = {}) => ({ path: "/api/accept", about: "5/0", body: () => ({ revision: 1 }), ...known });
const offline = () => new ApiError("offline", "The server cannot be reached.");

test("a letter is saved once and the outlook says so", async () => {
  const { outbox, sent, looks } = posted({ person: 1 });
  let saved = null;
  const key = outbox.add(letter({ saved: (answer) => (saved = answer) }));
  assert.equal(outbox.outlook.state, "saving");
  await setImmediate();
  assert.deepEqual(saved, { person: 1 });
  assert.deepEqual(sent, [{ path: "/api/accept", revision: 1, key }]);
  assert.equal(looks.at(-1), "saved");
  assert.equal(outbox.outlook.pending, 0);
});

test("without an answer the same letter is sent again under the same key, waiting longer each time", async () => {
  const { outbox, sent, waits, pass } = posted(offline(), offline(), {});
  outbox.add(letter());
  await setImmediate();
  assert.deepEqual([outbox.outlook.state, outbox.outlook.pending, waits()], ["waiting", 1, 500]);
  await pass();
  assert.equal(waits(), 1000);
  await pass();
  assert.equal(outbox.outlook.state, "saved");
  assert.equal(new Set(sent.map((one) => one.key)).size, 1);
  assert.equal(sent.length, 3);
});

test("waits grow to fifteen seconds and no further", () => {
  assert.deepEqual([1, 2, 3, 4, 5, 6, 99].map(waitBefore), [500, 1000, 2000, 4000, 8000, 15000, 15000]);
});

test("order is kept, and a later letter is written after the earlier one is answered", async () => {
  let revision = 1;
  const { outbox, sent } = posted({}, {});
  outbox.add(letter({ body: () => ({ revision }), saved: () => (revision = 2) }));
  outbox.add(letter({ path: "/api/reopen", body: () => ({ revision }) }));
  await setImmediate();
  assert.deepEqual(sent.map(({ path, revision: r }) => [path, r]), [["/api/accept", 1], ["/api/reopen", 2]]);
});

test("a letter sent again says what it said first, though the desk has changed meanwhile", async () => {
  let x = 1;
  const { outbox, sent, pass } = posted(offline(), {});
  outbox.add(letter({ body: () => ({ x }) }));
  await setImmediate();
  x = 2;
  await pass();
  assert.deepEqual(sent.map((one) => one.x), [1, 1]);
});

test("a refusal drops the later letters about the same person and no others", async () => {
  const { outbox, sent } = posted(new ApiError("refused", "bob was faster", { status: 409 }), {});
  const refused = [];
  outbox.add(letter({ refused: (error) => refused.push(error.message) }));
  outbox.add(letter({ path: "/api/reopen" }));
  outbox.add(letter({ about: "5/1" }));
  await setImmediate();
  assert.deepEqual(refused, ["bob was faster"]);
  assert.deepEqual(sent.map((one) => one.path), ["/api/accept", "/api/accept"]);
  assert.equal(outbox.outlook.state, "saved");
});

test("letters dropped with a refused one hear of it, before it does", async () => {
  const { outbox, sent } = posted(new ApiError("refused", "bob was faster", { status: 409 }));
  const heard = [];
  outbox.add(letter({ refused: () => heard.push("refused") }));
  outbox.add(letter({ path: "/api/reopen", dropped: () => heard.push("dropped") }));
  await setImmediate();
  assert.deepEqual([heard, sent.length], [["dropped", "refused"], 1]);
});

test("signed out, letters wait until the annotator is back", async () => {
  const { outbox, sent, waits } = posted(new ApiError("signed-out", "Your session has ended."), {}, {});
  outbox.add(letter());
  await setImmediate();
  outbox.add(letter({ about: "5/1" }));
  await setImmediate();
  assert.deepEqual([outbox.outlook.state, outbox.outlook.pending, sent.length, waits()], ["signed-out", 2, 1, null]);
  outbox.retry();
  await setImmediate();
  assert.equal(outbox.outlook.state, "saved");
  assert.equal(sent.length, 3);
});

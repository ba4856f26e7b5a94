import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { test } from "node:test";

import { ApiError } from "../../../../static/shared/api.js";
import { Outbox, waitBefore } from "../../../../static/editor/server/outbox.js";
import { MemoryStore } from "../../../../static/editor/keeping/store.js";

/** An outbox over answers given in turn, with a clock that moves when told. */
function posted(...answers) {
  const strays = [];
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
  const outbox = new Outbox({ send, changed: (look) => looks.push(look.state), clock, strays: {
    answered: (one, answer, isLast) => strays.push([one.personKey, answer.person.revision, isLast]),
    refused: (one, error) => strays.push([one.fileName, one.personNumber, error.message]),
  } });
  return { outbox, strays, sent, looks, waits: () => due?.ms ?? null, pass: async () => (due.work(), setImmediate()) };
}

const letter = (known = {}) => ({
  path: "/api/accept", about: "5/1", imageId: 5, fileName: "hall/0007.jpg", personKey: 1, personNumber: 2,
  whom: { person_id: 1, revision: 0 }, body: { touched: [true] }, ...known,
});
const answered = (revision, id = 1) => ({ person: { id, revision, state: "accepted" } });
const offline = () => new ApiError("offline", "The server cannot be reached.");
const refusal = () => new ApiError("refused", "bob was faster", { status: 409 });

test("a letter is saved once and the outlook says so", async () => {
  const { outbox, sent, looks } = posted(answered(1));
  let saved = null;
  const key = outbox.add(letter(), { saved: (answer) => (saved = answer) });
  assert.equal(outbox.outlook.state, "saving");
  await setImmediate();
  assert.deepEqual(saved, answered(1));
  assert.deepEqual(sent, [{ path: "/api/accept", person_id: 1, revision: 0, touched: [true], key }]);
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
  const { outbox, sent } = posted(answered(3, 44), answered(4, 44));
  outbox.add(letter({ path: "/api/persons", whom: null, personKey: "new" }));
  outbox.add(letter({ path: "/api/reopen", whom: { person_id: "new", revision: 0 }, personKey: "new" }));
  await setImmediate();
  assert.deepEqual(sent.map(({ path, person_id: id, revision }) => [path, id, revision]), [
    ["/api/persons", undefined, undefined], ["/api/reopen", 44, 3],
  ]);
});

test("a letter sent again says what it said first, though the desk has changed meanwhile", async () => {
  const { outbox, sent, pass } = posted(offline(), {});
  const xyv = [[1, 1, 2]];
  outbox.add(letter({ body: { xyv } }));
  await setImmediate();
  xyv[0][0] = 7;
  await pass();
  assert.deepEqual(sent.map((one) => one.xyv[0][0]), [1, 1]);
});

test("a refusal drops the later letters about the same person and no others", async () => {
  const { outbox, sent } = posted(refusal(), {});
  const refused = [];
  outbox.add(letter(), { refused: (error) => refused.push(error.message) });
  outbox.add(letter({ path: "/api/reopen" }));
  outbox.add(letter({ about: "5/2" }));
  await setImmediate();
  assert.deepEqual(refused, ["bob was faster"]);
  assert.deepEqual(sent.map((one) => one.path), ["/api/accept", "/api/accept"]);
  assert.equal(outbox.outlook.state, "saved");
});

test("letters dropped with a refused one hear of it, before it does", async () => {
  const { outbox, sent } = posted(refusal());
  const heard = [];
  outbox.add(letter(), { refused: () => heard.push("refused") });
  outbox.add(letter({ path: "/api/reopen" }), { dropped: () => heard.push("dropped") });
  await setImmediate();
  assert.deepEqual([heard, sent.length], [["dropped", "refused"], 1]);
});

test("signed out, letters wait until the annotator is back", async () => {
  const { outbox, sent, waits } = posted(new ApiError("signed-out", "Your session has ended."), {}, {});
  outbox.add(letter());
  await setImmediate();
  outbox.add(letter({ about: "5/2" }));
  await setImmediate();
  assert.deepEqual([outbox.outlook.state, outbox.outlook.pending, sent.length, waits()], ["signed-out", 2, 1, null]);
  outbox.retry();
  await setImmediate();
  assert.equal(outbox.outlook.state, "saved");
  assert.equal(sent.length, 3);
});

test("what one page could not send, the next one sends under the same keys, in order and to the right person", async () => {
  const store = new MemoryStore();
  const first = posted(offline());
  await first.outbox.open(store, "ann");
  first.outbox.add(letter({ path: "/api/persons", whom: null, personKey: "new" }));
  first.outbox.add(letter({ whom: { person_id: "new", revision: 0 }, personKey: "new" }));
  await setImmediate();
  assert.ok(first.outbox.isKept);
  const next = posted(answered(0, 44), answered(1, 44));
  await next.outbox.open(store, "ann");
  assert.deepEqual(next.sent.map(({ path, person_id: id }) => [path, id]), [["/api/persons", undefined], ["/api/accept", 44]]);
  assert.equal(next.sent[0].key, first.sent[0].key);
  assert.deepEqual(next.strays, [["new", 0, false], ["new", 1, true]]);
  assert.deepEqual([await store.count("letters"), next.outbox.outlook.state], [0, "saved"]);
});

test("a page that ends between two letters leaves the second one ready to send", async () => {
  const store = new MemoryStore();
  const first = posted(answered(1), new Promise(() => {}));
  await first.outbox.open(store, "ann");
  first.outbox.add(letter());
  first.outbox.add(letter({ path: "/api/reopen" }));
  await setImmediate();
  const next = posted(answered(2));
  await next.outbox.open(store, "ann");
  assert.deepEqual(next.sent, [{ ...first.sent[1] }]);
  assert.equal(next.sent[0].revision, 1);
});

test("two tabs that send the same letters send the same words", async () => {
  const store = new MemoryStore();
  const [one, two] = [posted(offline(), answered(1), answered(2)), posted(answered(1), answered(2))];
  await one.outbox.open(store, "ann");
  one.outbox.add(letter());
  one.outbox.add(letter({ path: "/api/reopen" }));
  await setImmediate();
  await two.outbox.open(store, "ann");
  await one.outbox.retry();
  assert.deepEqual(one.sent.slice(1), two.sent);
  assert.equal(await store.count("letters"), 0);
});

test("another annotator's letters stay where they are", async () => {
  const store = new MemoryStore();
  const ann = posted(offline());
  await ann.outbox.open(store, "ann");
  ann.outbox.add(letter());
  await setImmediate();
  const bob = posted();
  await bob.outbox.open(store, "bob");
  assert.deepEqual([bob.sent, await store.count("letters")], [[], 1]);
});

test("a letter of an earlier page that is refused names its file and person, and takes the later ones with it", async () => {
  const store = new MemoryStore();
  const first = posted(offline());
  await first.outbox.open(store, "ann");
  first.outbox.add(letter());
  first.outbox.add(letter({ path: "/api/reopen" }));
  await setImmediate();
  const next = posted(refusal());
  await next.outbox.open(store, "ann");
  assert.deepEqual(next.strays, [["hall/0007.jpg", 2, "bob was faster"]]);
  assert.equal(await store.count("letters"), 0);
});

test("while letters of an earlier page wait, their images are named and later decisions queue behind them", async () => {
  const store = new MemoryStore();
  const first = posted(offline());
  await first.outbox.open(store, "ann");
  first.outbox.add(letter());
  await setImmediate();
  const next = posted(offline(), answered(1), answered(2));
  await next.outbox.open(store, "ann");
  assert.deepEqual([next.outbox.outlook.state, next.outbox.imageIds], ["waiting", [5]]);
  next.outbox.add(letter({ path: "/api/reopen" }));
  await next.pass();
  assert.deepEqual(next.sent.slice(1).map((one) => [one.path, one.revision]), [["/api/accept", 0], ["/api/reopen", 1]]);
  assert.deepEqual(next.outbox.imageIds, []);
});

test("a browser that cannot keep a letter says so, and it is sent all the same", async () => {
  const full = new MemoryStore();
  full.put = async () => { throw new Error("quota"); };
  const { outbox, sent } = posted(answered(1));
  await outbox.open(full, "ann");
  outbox.add(letter());
  await setImmediate();
  assert.deepEqual([outbox.isKept, sent.length, outbox.outlook.state], [false, 1, "saved"]);
});

test("a hearer that throws is reported and holds nothing up: the next letter goes, the answered one is gone", async (t) => {
  const reported = [];
  t.mock.method(globalThis, "queueMicrotask", (work) => reported.push(work));
  const store = new MemoryStore();
  const { outbox, sent } = posted(answered(1), refusal(), answered(1, 2));
  await outbox.open(store, "ann");
  const broken = () => { throw new TypeError("no such sheet"); };
  outbox.add(letter(), { saved: broken });
  outbox.add(letter({ path: "/api/reopen" }), { refused: broken });
  outbox.add(letter({ about: "5/2" }));
  await setImmediate();
  assert.deepEqual([sent.length, sent[1].revision, outbox.outlook.state], [3, 1, "saved"]);
  assert.equal(await store.count("letters"), 0);
  assert.equal(reported.length, 2);
  assert.throws(reported[0], /no such sheet/);
});

test("where another project has come to the address nothing is sent, until it is tried by hand", async () => {
  const { outbox, sent, waits } = posted(new ApiError("another-project", "Another project is at this address now."), {}, {});
  outbox.add(letter());
  await setImmediate();
  outbox.add(letter({ about: "5/2" }));
  await setImmediate();
  assert.deepEqual([outbox.outlook.state, outbox.outlook.pending, sent.length, waits()], ["another-project", 2, 1, null]);
  await outbox.retry();
  assert.equal(outbox.outlook.state, "saved");
});

test("whether letters about somebody wait can be asked", async () => {
  const { outbox } = posted(offline());
  outbox.add(letter());
  await setImmediate();
  assert.deepEqual([outbox.isAbout(5, 1), outbox.isAbout(5, 2), outbox.isAbout(6, 1)], [true, false, false]);
});

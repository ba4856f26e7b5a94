import assert from "node:assert/strict";
import { test } from "node:test";

import { Drafts, moveOldDrafts } from "../../../../static/editor/keeping/drafts.js";
import { isEdited, withPerson } from "../../../../static/editor/desk/desk.js";
import { selectKeypoint, selectPerson } from "../../../../static/editor/desk/selecting.js";
import { newPerson, openDesk } from "../../../../static/editor/desk/opening.js";
import { beginFrom, changeBox, movePoint } from "../../../../static/editor/desk/editing.js";
import { placePoint } from "../../../../static/editor/desk/placing.js";
import * as deciding from "../../../../static/editor/desk/deciding.js";
import * as undoing from "../../../../static/editor/desk/undoing.js";
import { MemoryStore, StoreError, ownerOf } from "../../../../static/editor/keeping/store.js";
import { barePerson, person, task } from "../../tasks.js";

const fresh = (known) => openDesk(task(person(1, known), person(2)));
const edited = (known) => movePoint(fresh(known), { x: 77, y: 66 });
const OPEN = { state: "open", reason: null };
const ACCEPTED = { state: "accepted", reason: null };

/** The drafts of ann, and what a page after this one finds of a desk. */
function kept(store = new MemoryStore()) {
  const drafts = new Drafts(store, "ann");
  return { store, drafts, after: async (desk, next, waiting = 0) => {
    await drafts.keep(desk, 0, waiting);
    return new Drafts(store, "ann").restore(next);
  } };
}

test("edits come back after a reload, and undo takes them away", async () => {
  const { desk, restored, problem } = await kept().after(edited(), fresh());
  assert.deepEqual([restored, problem], [[{ person: 0, fromAnotherStart: false }], null]);
  assert.deepEqual(desk.persons[0].pose.xyv[0], [77, 66, 2]);
  assert.deepEqual(undoing.undo(desk).persons[0].pose.xyv[0], [20, 31, 2]);
  assert.ok(!isEdited(undoing.undo(desk).persons[0]), "undone to where the server is, nothing is unsaved");
});

test("the whole history goes on after a reload: every step back and forth, and who was selected", async () => {
  let desk = edited();
  desk = movePoint(selectKeypoint(desk, 3), { x: 12, y: 13 });
  desk = changeBox(desk, { x: 1, y: 2, width: 3, height: 4, angle: 0 });
  desk = undoing.undo(desk);
  desk = movePoint(selectPerson(desk, 1), { x: 9, y: 9 });
  desk = undoing.undo(selectKeypoint(desk, 2));
  const { desk: back } = await kept().after(desk, fresh());
  assert.deepEqual([back.past.length, back.future.length, back.person, back.keypoint], [2, 1, 1, 0]);
  assert.deepEqual(undoing.redo(back).persons[1].pose.xyv[0], [9, 9, 2]);
  const start = undoing.undo(undoing.undo(back));
  assert.deepEqual(start.persons.map((one) => one.pose.xyv), fresh().persons.map((one) => one.pose.xyv));
  assert.ok(!start.persons.some(isEdited));
});

test("a box moved and not saved is back, and so is the way to where the server has it", async () => {
  const box = { x: 1, y: 2, width: 30, height: 40, angle: 5 };
  const { desk, restored } = await kept().after(changeBox(fresh(), box), fresh());
  assert.deepEqual([desk.persons[0].box, restored.length], [box, 1]);
  assert.ok(!isEdited(undoing.undo(desk).persons[0]));
});

test("a history of saved decisions alone comes back without a word, and undo reaches them", async () => {
  const decided = withPerson(deciding.decide(fresh(), 0, ACCEPTED), 0, { revision: 1 });
  const label = { xyv: fresh().persons[0].pose.xyv, from: "label", prediction_id: 9 };
  const { desk, restored } = await kept().after(decided, fresh({ revision: 1, state: "accepted", start: label }));
  assert.deepEqual(restored, []);
  assert.deepEqual(desk.past.map((change) => change.kind), ["verdict"]);
  assert.ok(!isEdited(desk.persons[0]));
  assert.equal(undoing.undo(desk).persons[0].state, "open");
});

test("persons stay in the order they had, so that the history is about the same ones", async () => {
  const order = openDesk(task(person(2), person(1), person(3)));
  const { desk } = await kept().after(edited(), order);
  assert.deepEqual(desk.persons.map((one) => one.id), [1, 2, 3]);
  assert.deepEqual(undoing.undo(desk).persons.map((one) => one.pose.xyv[0]), [[20, 31, 2], [20, 32, 2], [20, 33, 2]]);
});

test("a draft of an older revision stays away, and so does another annotator's", async () => {
  const { store, after } = kept();
  assert.deepEqual((await after(edited(), fresh({ revision: 3 }))).restored, []);
  assert.deepEqual((await new Drafts(store, "bob").restore(fresh())).restored, []);
});

test("edits of an older revision are among what the person can begin from, and that is said", async () => {
  const { desk, restored, problem } = await kept().after(edited(), fresh({ revision: 3 }));
  assert.deepEqual([restored, desk.past.length], [[], 0]);
  const [start] = desk.persons[0].starts;
  assert.deepEqual([start.text, start.xyv[0]], ["Your own edits from before", [77, 66, 2]]);
  assert.match(problem, /Yours are not lost/);
});

test("where the label saved meanwhile is what was edited, nothing is said", async () => {
  const { desk, problem } = await kept().after(edited(), fresh({ revision: 3, start: { xyv: edited().persons[0].pose.xyv, from: "label", prediction_id: 9 } }));
  assert.deepEqual([desk.persons[0].starts ?? [], problem], [[], null]);
});

test("where one person was decided elsewhere, the others' edits come back each as one step", async () => {
  let desk = movePoint(edited(), { x: 70, y: 60 });
  desk = movePoint(selectPerson(desk, 1), { x: 8, y: 8 });
  const { desk: back, restored } = await kept().after(desk, openDesk(task(person(1, { revision: 1 }), person(2))));
  assert.deepEqual(restored, [{ person: 1, fromAnotherStart: false }]);
  assert.deepEqual([back.past.length, back.persons[0].pose.xyv[0], back.persons[1].pose.xyv[0]], [1, [20, 31, 2], [8, 8, 2]]);
});

test("a decision that was refused after the reload leaves the edits it carried", async () => {
  const decided = deciding.decide(edited(), 0, ACCEPTED);
  const { desk, restored } = await kept().after(decided, fresh(), 1);
  assert.deepEqual([desk.persons[0].state, restored.length], ["open", 1]);
  assert.deepEqual(desk.persons[0].pose.xyv[0], [77, 66, 2]);
});

test("a decision answered after the reload is part of the history, under the revision it led to", async () => {
  const { drafts } = kept();
  const decided = deciding.decide(edited(), 0, ACCEPTED);
  await drafts.keep(decided, 0, 1);
  await drafts.answered({ imageId: 5, personKey: 1, body: {} }, { person: { id: 1, revision: 1 } }, true);
  const label = { xyv: decided.persons[0].pose.xyv, from: "label", prediction_id: 9 };
  const { desk, restored } = await drafts.restore(fresh({ revision: 1, state: "accepted", start: label }));
  assert.deepEqual([desk.past.length, restored], [2, []]);
  assert.ok(!isEdited(desk.persons[0]));
  const opened = undoing.undo(desk);
  assert.deepEqual(undoing.undo(opened).persons[0].pose.xyv[0], [20, 31, 2]);
});

test("somebody added whose save was on its way is known by the answer", async () => {
  const { drafts } = kept();
  const box = { x: 1, y: 2, width: 30, height: 40, angle: 0 };
  let desk = deciding.addPerson(fresh(), newPerson("for now", box, 5));
  desk = placePoint(desk, { x: 5, y: 6 });
  await drafts.keep(desk, 0, 1);
  await drafts.answered({ imageId: 5, personKey: "for now", body: {} }, { person: { id: 44, revision: 0 } }, true);
  const { desk: back, restored } = await drafts.restore(openDesk(task(person(1), person(2), barePerson(44))));
  assert.deepEqual([back.persons[2].pose.xyv[0], back.person, restored.length], [[5, 6, 2], 2, 1]);
  assert.deepEqual(undoing.undo(undoing.undo(back)).persons.map((one) => one.id), [1, 2]);
});

test("somebody added whom the server never took is there again, but not while their letter is on its way", async () => {
  const { store, drafts } = kept();
  const box = { x: 1, y: 2, width: 30, height: 40, angle: 0 };
  const added = placePoint(deciding.addPerson(fresh(), newPerson("for now", box, 5)), { x: 5, y: 6 });
  await drafts.keep(added, 0);
  await store.put("letters", ["ann", "k"], { imageId: 5, personKey: "for now" });
  assert.equal((await drafts.restore(fresh())).desk.persons.length, 2);
  await store.remove("letters", ["ann", "k"]);
  const { desk, restored } = await drafts.restore(fresh());
  assert.deepEqual([desk.persons[2].box, desk.persons[2].pose.xyv[0], desk.persons[2].isUnknown], [box, [5, 6, 2], true]);
  assert.deepEqual(restored, [{ person: 2, fromAnotherStart: false }]);
});

test("an image that is done goes once its saves are answered, here or on a later page", async () => {
  const { store, drafts } = kept();
  const done = deciding.decide(deciding.decide(edited(), 0, ACCEPTED), 1, ACCEPTED);
  await drafts.keep(done, 0, 2);
  await drafts.answered({ imageId: 5, personKey: 1, body: {} }, { person: { id: 1, revision: 1 } }, false);
  assert.equal(await store.count("drafts"), 1);
  await drafts.answered({ imageId: 5, personKey: 2, body: {} }, { person: { id: 2, revision: 1 } }, true);
  assert.equal(await store.count("drafts"), 0);
  await drafts.keep(done, 0, 1);
  await drafts.keep(done, 0, 0);
  assert.equal(await store.count("drafts"), 0);
});

test("with nothing edited and no history nothing is kept; after a fortnight neither", async () => {
  const { store, drafts } = kept();
  await drafts.keep(edited(), 0);
  await drafts.prune(13 * 24 * 3600 * 1000);
  assert.equal(await store.count("drafts"), 1);
  await drafts.prune(15 * 24 * 3600 * 1000);
  assert.equal(await store.count("drafts"), 0);
  await drafts.keep(edited(), 0);
  await drafts.keep(fresh(), 0);
  assert.equal(await store.count("drafts"), 0);
});

test("a browser that cannot keep anything says so once and goes on", async () => {
  const full = new MemoryStore();
  full.put = full.get = async () => { throw new StoreError(new Error("full")); };
  const drafts = new Drafts(full, "ann");
  assert.equal(await drafts.keep(edited(), 0), false);
  assert.equal((await drafts.restore(fresh())).problem, new StoreError(new Error("full")).message);
  assert.equal((await drafts.restore(fresh())).problem, null);
  const forbidden = new Drafts(new MemoryStore({ why: "forbidden" }), "ann");
  assert.equal(await forbidden.keep(edited(), 0), false);
  assert.equal((await forbidden.restore(fresh())).problem, "forbidden");
});

test("a draft made from an earlier prediction is kept, told apart, and says what it began from", async () => {
  const { start } = person(1);
  const { desk, restored } = await kept().after(edited(), fresh({ start: { ...start, prediction_id: 10 } }));
  assert.deepEqual(restored, [{ person: 0, fromAnotherStart: true }]);
  assert.deepEqual([desk.persons[0].pose.xyv[0], desk.persons[0].startedFrom], [[77, 66, 2], 9]);
});

test("edits that came back to a person who began again say what they began from, until they are undone", async () => {
  const label = { xyv: fresh().persons[0].pose.xyv.map(([x, y, v]) => [x + 1, y, v]), from: "label", prediction_id: 3, model: null };
  const begun = movePoint(beginFrom(fresh({ starts: [label] }), label), { x: 9, y: 9 });
  const both = movePoint(selectPerson(begun, 1), { x: 8, y: 8 });
  const { desk } = await kept().after(both, openDesk(task(person(1, { starts: [label] }), person(2, { revision: 1 }))));
  assert.deepEqual([desk.persons[0].from, desk.persons[0].startedFrom], ["label", 3]);
  const undone = undoing.undo(desk).persons[0];
  assert.deepEqual([undone.from, undone.startedFrom, isEdited(undone)], ["student", 9, false]);
});

/** A Storage in memory. */
function storage() {
  const items = {};
  const hide = (name, value) => Object.defineProperty(items, name, { value, enumerable: false });
  hide("getItem", (key) => items[key] ?? null);
  hide("removeItem", (key) => delete items[key]);
  return items;
}

test("the drafts of an earlier version of the page are moved, once", async () => {
  const [old, store] = [storage(), new MemoryStore()];
  const { undecided, ...pose } = edited().persons[0].pose;
  assert.ok(undecided);
  old["pose-editor/draft/ann/5"] = JSON.stringify({ version: 1, at: 7, persons: [{ id: 1, revision: 0, pose, start: "student 9" }] });
  old["pose-editor/draft/ann/6"] = "not JSON";
  old.upright = "on";
  await moveOldDrafts(old, store, "hall");
  assert.deepEqual(Object.keys(old), ["upright"]);
  const { desk, restored } = await new Drafts(store, ownerOf("ann", "hall")).restore(fresh());
  assert.deepEqual(restored, [{ person: 0, fromAnotherStart: false }]);
  assert.deepEqual(desk.persons[0].pose, edited().persons[0].pose);
  assert.deepEqual(desk.persons[0].box, fresh().persons[0].box);
});

test("a decided person stays as the server has them, whatever a draft says", async () => {
  const opened = movePoint(selectPerson(deciding.decide(fresh({ state: "accepted" }), 0, OPEN), 0), { x: 4, y: 4 });
  const { desk, restored } = await kept().after(opened, fresh({ state: "accepted" }));
  assert.deepEqual([restored, desk.persons[0].pose.xyv[0]], [[], [20, 31, 2]]);
});

test("another tab's draft stays: with nothing edited here, and after this page could not read it", async () => {
  const { store, drafts } = kept();
  await drafts.keep(edited(), 0);
  const other = new Drafts(store, "ann");
  await other.keep(fresh(), 0);
  assert.equal(await store.count("drafts"), 1);
  const blind = Object.assign(new MemoryStore(), { get: async () => { throw new StoreError(new Error("busy")); } });
  blind.remove = (...of) => store.remove(...of);
  const unread = new Drafts(blind, "ann");
  assert.match((await unread.restore(fresh())).problem, /busy/);
  await unread.keep(edited(), 0);
  await unread.keep(fresh(), 0);
  assert.equal(await store.count("drafts"), 1);
});

test("a draft that came back whole goes when its edits are taken back", async () => {
  const { store, after } = kept();
  await after(edited(), fresh());
  const next = new Drafts(store, "ann");
  await next.restore(fresh());
  await next.keep(fresh(), 0);
  assert.equal(await store.count("drafts"), 0);
});

test("the pose of somebody added outlives pages that open before their letter is answered", async () => {
  const { store, drafts } = kept();
  const box = { x: 1, y: 2, width: 30, height: 40, angle: 0 };
  await drafts.keep(placePoint(deciding.addPerson(fresh(), newPerson("for now", box, 5)), { x: 5, y: 6 }), 0, 1);
  await store.put("letters", ["ann", "k"], { imageId: 5, personKey: "for now" });
  const next = new Drafts(store, "ann");
  const { desk } = await next.restore(fresh());
  await next.keep(movePoint(desk, { x: 77, y: 66 }), 0);
  await next.answered({ imageId: 5, personKey: "for now", body: { box } }, { person: { id: 44, revision: 0 } }, true);
  await next.keep(movePoint(desk, { x: 78, y: 66 }), 0);
  const { desk: back } = await new Drafts(store, "ann").restore(openDesk(task(person(1), person(2), barePerson(44, { box }))));
  assert.deepEqual([back.persons[0].pose.xyv[0], back.persons[2].pose.xyv[0]], [[78, 66, 2], [5, 6, 2]]);
});

test("a box put back before its letter was answered stays put back", async () => {
  const { drafts } = kept();
  const { box } = fresh().persons[0];
  const other = { ...box, x: 99 };
  await drafts.keep(edited(), 0, 1);
  await drafts.answered({ imageId: 5, personKey: 1, body: { box: other } }, { person: { id: 1, revision: 1 } }, true);
  const { desk } = await drafts.restore(fresh({ revision: 1, box: other }));
  assert.deepEqual([desk.persons[0].box, desk.persons[0].savedBox], [box, other]);
});

test("an image that is finished keeps what is unsaved in it", async () => {
  const { store, drafts } = kept();
  await drafts.keep(deciding.finish(edited()), 0);
  assert.equal(await store.count("drafts"), 1);
});

test("a draft of another version is ignored and left where it is; one that cannot be made again says so", async () => {
  const { store, drafts } = kept();
  await store.put("drafts", ["ann", 5], { version: 3, at: 0 });
  assert.deepEqual(await drafts.restore(fresh()), { desk: fresh(), restored: [], problem: null });
  await drafts.keep(fresh(), 0);
  assert.equal(await store.count("drafts"), 1);
  await store.put("drafts", ["ann", 5], { version: 2, at: 0, past: [], future: [] });
  const { problem } = await drafts.restore(fresh());
  assert.match(problem, /^The draft of a\.jpg could not be read \(.*\); wanted .*\. .*\.$/);
});

test("a draft of another picture under the same id is ignored", async () => {
  const { after } = kept();
  const replaced = { ...fresh(), url: "/img/5/cd" };
  assert.deepEqual((await after(edited(), replaced)).restored, []);
});

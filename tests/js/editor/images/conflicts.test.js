import assert from "node:assert/strict";
import { test } from "node:test";

import { withPerson } from "../../../../static/editor/desk/desk.js";
import { movePoint, startsOf } from "../../../../static/editor/desk/editing.js";
import { Conflicts } from "../../../../static/editor/images/conflicts.js";
import { ApiError } from "../../../../static/shared/api.js";
import { atWork } from "../at_work.js";
import { person, task } from "../../tasks.js";

const THEIRS = [[9, 9, 2], [8, 8, 2], [7, 7, 2], [6, 6, 2], [5, 5, 1]];
const HISTORY = {
  person_id: 1, image_id: 5, revision: 2, state: "accepted", stays: null,
  entries: [{ at: "2026-11-30T12:00:00Z", by: "bea", what: "label 1", seconds: 4, label: { revision: 1, xyv: THEIRS, counts: true, began: "nothing", started_from: null, moved: [] } }],
};
const ACCEPT = { state: "accepted", reason: null };

function refused({ history = HISTORY, verdict = ACCEPT, edit = true } = {}) {
  const { work, explained } = atWork(person(1), person(2));
  if (edit) work.change(movePoint(work.desk, { x: 50, y: 60 }));
  work.sheet.desk = withPerson(work.desk, 0, { problem: "Too late.", conflict: { verdict, theirs: null } });
  const fresh = task({ ...person(1), revision: 2, state: "accepted", start: { xyv: THEIRS, from: "label", prediction_id: null, revision: 1 }, starts: [] });
  const seen = { decided: [], refreshed: 0, told: [], fails: null };
  const api = {
    get: async (path) => {
      if (seen.fails) throw seen.fails;
      return path.endsWith("/history") ? history : fresh;
    },
  };
  const notices = { tell: (text) => seen.told.push(text), explain: (text) => explained.push(text) };
  const conflicts = new Conflicts({ api, work, notices }, { refresh: () => (seen.refreshed += 1), decide: (one) => seen.decided.push(one) });
  return { conflicts, work, seen, explained, arrive: () => conflicts.arrived(work.sheet, work.desk.persons[0]) };
}

test("who decided what meanwhile, and their label, stand beside one's own", async () => {
  const { work, seen, arrive } = refused();
  const mine = work.person.pose;
  await arrive();
  assert.deepEqual(work.person.conflict.theirs, { revision: 2, state: "accepted", by: "bea", at: "2026-11-30T12:00:00Z", what: "label 1", xyv: THEIRS });
  assert.deepEqual([work.person.pose, seen.refreshed], [mine, 1]);
});

test("a label that counts no more is not shown as theirs", async () => {
  const entries = [{ at: "2026-11-30T12:00:00Z", by: "bea", what: "skipped", seconds: null, label: null }, ...HISTORY.entries];
  const { work, arrive } = refused({ history: { ...HISTORY, state: "skipped", entries } });
  await arrive();
  assert.deepEqual([work.person.conflict.theirs.what, work.person.conflict.theirs.xyv], ["skipped", null]);
});

test("mine is kept by deciding it again, on top of theirs", async () => {
  for (const verdict of [ACCEPT, { state: "skipped", reason: "blurred" }]) {
    const { conflicts, work, seen, arrive } = refused({ verdict });
    const mine = work.person.pose;
    await arrive();
    conflicts.keepMine();
    assert.deepEqual([work.person.revision, work.person.problem, work.person.conflict, work.person.pose], [2, null, null, mine]);
    assert.deepEqual(seen.decided, [verdict]);
  }
});

test("theirs is taken whole, and mine is among what the person can start from", async () => {
  const { conflicts, work, arrive, explained } = refused();
  const mine = work.person.pose.xyv;
  await arrive();
  await conflicts.takeTheirs();
  const { state, revision, pose, conflict, problem, key } = work.person;
  assert.deepEqual([state, revision, pose.xyv, conflict, problem, key], ["accepted", 2, THEIRS, null, null, 1]);
  assert.deepEqual(startsOf(work.desk)[0].xyv, mine);
  assert.deepEqual(work.desk.past, [], "nothing of theirs is undone");
  assert.match(explained.at(-1), /Theirs is taken/);
});

test("who edited nothing has nothing of their own among the starts", async () => {
  const { conflicts, work, arrive } = refused({ edit: false });
  await arrive();
  await conflicts.takeTheirs();
  assert.deepEqual(startsOf(work.desk).map(({ from }) => from), ["empty"]);
});

test("where the history cannot be had, or knows of nothing, the server's own words stay", async () => {
  const lost = refused();
  lost.seen.fails = new ApiError("offline", "The server cannot be reached.");
  await lost.arrive();
  const same = refused({ history: { ...HISTORY, revision: 0 } });
  await same.arrive();
  for (const { work, conflicts, seen } of [lost, same]) {
    assert.deepEqual([work.person.conflict.theirs, work.person.problem], [null, "Too late."]);
    conflicts.keepMine();
    assert.deepEqual(seen.decided, []);
  }
});

test("theirs that cannot be had leaves mine as it is", async () => {
  const { conflicts, work, seen, arrive } = refused();
  await arrive();
  const before = work.desk;
  seen.fails = new ApiError("offline", "The server cannot be reached.");
  await conflicts.takeTheirs();
  assert.equal(work.desk, before);
  assert.deepEqual(seen.told, ["The server cannot be reached."]);
});

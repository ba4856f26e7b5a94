import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { test } from "node:test";

import { ApiError } from "../../../../static/shared/api.js";
import { Outbox } from "../../../../static/editor/server/outbox.js";
import { Saving, strayInWords } from "../../../../static/editor/server/saving.js";
import { isEdited, withPerson } from "../../../../static/editor/desk/desk.js";
import { newPerson, openDesk } from "../../../../static/editor/desk/opening.js";
import { beginFrom, changeBox, movePoint, relabelled, startsOf } from "../../../../static/editor/desk/editing.js";
import * as deciding from "../../../../static/editor/desk/deciding.js";
import * as undoing from "../../../../static/editor/desk/undoing.js";
import { person, task } from "../../tasks.js";

/** A sheet, and the saving of it over answers given in turn. */
function desk(...answers) {
  const sheet = { desk: openDesk(task(person(1), person(2))), waiting: 0 };
  const sent = [];
  const news = [];
  const send = async (path, body) => {
    sent.push({ path, ...body });
    const next = answers.shift();
    if (next instanceof Error) throw next;
    return next;
  };
  const saving = new Saving(new Outbox({ send }), {
    saved: () => news.push("saved"), refused: (_, index, message) => news.push([index, message]),
  });
  const decide = (index, stands, reason = null) => {
    saving.decided(sheet, index, { state: stands, reason });
    sheet.desk = deciding.decide(sheet.desk, index, { state: stands, reason });
  };
  return { sheet, sent, news, saving, decide };
}

const answered = (id, revision) => ({ person: { id, revision, state: "accepted" }, image_done: false, repeated: false });

test("an accept carries the label, what was touched, and what it started from", async () => {
  const { sheet, sent, decide } = desk(answered(1, 1));
  sheet.desk = movePoint(sheet.desk, { x: 50, y: 60 });
  decide(0, "accepted");
  assert.equal(sheet.waiting, 1);
  await setImmediate();
  assert.deepEqual(sent[0].xyv[0], [50, 60, 2]);
  assert.deepEqual([sent[0].path, sent[0].person_id, sent[0].revision, sent[0].started_from], ["/api/accept", 1, 0, 9]);
  assert.deepEqual(sent[0].touched, [true, false, false, false, false]);
  assert.deepEqual([sheet.waiting, sheet.desk.persons[0].revision, isEdited(sheet.desk.persons[0])], [0, 1, false]);
});

test("a decision taken back at once is sent with the revision the first one led to, and leaves a draft", async () => {
  const { sheet, sent, decide } = desk(answered(1, 1), answered(1, 2));
  decide(0, "accepted");
  decide(0, "open");
  await setImmediate();
  assert.deepEqual(sent.map((one) => [one.path, one.revision]), [["/api/accept", 0], ["/api/reopen", 1]]);
  assert.ok(isEdited(sheet.desk.persons[0]), "a reload would not bring this pose, so it is kept");
});

test("a label is the pose as it was accepted, whatever is edited while it waits", async () => {
  const { sheet, sent, decide } = desk(answered(2, 1), answered(1, 1));
  decide(1, "skipped", "blurred");
  decide(0, "accepted");
  sheet.desk = movePoint(deciding.decide(sheet.desk, 0, { state: "open", reason: null }), { x: 1, y: 1 });
  await setImmediate();
  assert.equal(sent[0].reason, "blurred");
  assert.deepEqual(sent[1].xyv[0], [20, 31, 2]);
});

test("a refusal opens the person again and tells who and why", async () => {
  const { sheet, news, decide } = desk(new ApiError("refused", "bob holds it", { status: 409 }));
  decide(0, "accepted");
  await setImmediate();
  assert.deepEqual([sheet.desk.persons[0].state, sheet.desk.persons[0].problem], ["open", "bob holds it"]);
  assert.deepEqual(news, [[0, "bob holds it"]]);
});

test("an added person's decision is sent under the id the server gave", async () => {
  const { sheet, sent, saving, decide } = desk({ person: { id: 44, revision: 3 } }, answered(44, 4));
  const box = { x: 1, y: 2, width: 30, height: 40, angle: 0 };
  sheet.desk = deciding.addPerson(sheet.desk, newPerson("for now", box, 5));
  saving.added(sheet, 2);
  decide(2, "not_a_person");
  await setImmediate();
  assert.deepEqual(sent.map((one) => one.path), ["/api/persons", "/api/not-a-person"]);
  assert.deepEqual([sent[0].box, sent[1].person_id, sent[1].revision], [box, 44, 3]);
});

test("a refusal that drops later decisions leaves none of them waited for", async () => {
  const { sheet, decide } = desk(new ApiError("refused", "bob holds it", { status: 409 }));
  decide(0, "accepted");
  decide(0, "open");
  decide(0, "skipped", "blurred");
  assert.equal(sheet.waiting, 3);
  await setImmediate();
  assert.deepEqual([sheet.waiting, sheet.desk.persons[0].state], [0, "open"]);
});

test("a person skipped before this page was opened is skipped again with a reason the server takes", async () => {
  const { sheet, sent, decide } = desk(answered(1, 1), answered(1, 2));
  sheet.desk = withPerson(sheet.desk, 0, { state: "skipped", reason: null });
  decide(0, "open");
  decide(0, "skipped", null);
  await setImmediate();
  assert.deepEqual(sent.map((one) => [one.path, one.reason]), [["/api/reopen", undefined], ["/api/skip", "other"]]);
});

const BOX = { x: 1, y: 2, width: 30, height: 40, angle: 0 };

/** Add a person, and take them off the list before anything is answered. */
function addedAndRemoved(...answers) {
  const all = desk(...answers);
  const { sheet, saving } = all;
  sheet.desk = deciding.addPerson(sheet.desk, newPerson("for now", BOX, 5));
  saving.added(sheet, 2);
  const gone = sheet.desk.persons[2];
  sheet.desk = undoing.undo(sheet.desk);
  saving.removed(sheet, gone);
  return all;
}

test("an added person taken back is, once the server knows them, nobody to it", async () => {
  const { sheet, sent } = addedAndRemoved({ person: { id: 44, revision: 3 } }, answered(44, 4));
  assert.equal(sheet.desk.persons.length, 2);
  await setImmediate();
  assert.deepEqual(sent.map((one) => [one.path, one.person_id, one.revision]), [
    ["/api/persons", undefined, undefined], ["/api/not-a-person", 44, 3],
  ]);
  assert.equal(sent[1].withdrawn, true);
  assert.deepEqual([sheet.waiting, sheet.desk.persons.length, sheet.desk.removed], [0, 2, []]);
});

test("another box drawn meanwhile keeps its own id", async () => {
  const { sheet, saving } = addedAndRemoved({ person: { id: 44, revision: 0 } }, answered(44, 1), { person: { id: 45, revision: 0 } });
  sheet.desk = deciding.addPerson(sheet.desk, newPerson("another", BOX, 5));
  saving.added(sheet, 2);
  await setImmediate();
  assert.deepEqual(sheet.desk.persons.map((one) => one.id), [1, 2, 45]);
});

test("an added person the server never took is missed by nobody; one it will not let go is listed again", async () => {
  const refused = () => new ApiError("refused", "bob holds it", { status: 409 });
  const never = addedAndRemoved(refused());
  await setImmediate();
  assert.deepEqual([never.sent.length, never.sheet.waiting, never.sheet.desk.removed], [1, 0, []]);
  const kept = addedAndRemoved({ person: { id: 44, revision: 0 } }, refused());
  await setImmediate();
  assert.deepEqual([kept.sheet.desk.persons[2].id, kept.sheet.desk.persons[2].problem], [44, "bob holds it"]);
  assert.deepEqual(kept.news.at(-1), [2, "bob holds it"]);
});

test("a changed box goes with the decision, and only a changed one", async () => {
  const { sheet, sent, decide } = desk(answered(1, 1), answered(2, 1));
  sheet.desk = changeBox(sheet.desk, BOX);
  decide(0, "accepted");
  decide(1, "not_a_person");
  await setImmediate();
  assert.deepEqual(sent.map((one) => one.box), [BOX, undefined]);
  assert.ok(!isEdited(sheet.desk.persons[0]));
});

test("an added person's box goes with the adding, not again with the decision", async () => {
  const { sheet, sent, saving, decide } = desk({ person: { id: 44, revision: 0 } }, answered(44, 1));
  sheet.desk = deciding.addPerson(sheet.desk, newPerson("for now", BOX, 5));
  saving.added(sheet, 2);
  decide(2, "skipped", "blurred");
  await setImmediate();
  assert.deepEqual(sent.map((one) => one.box), [BOX, undefined]);
});

test("whoever began again meanwhile keeps what they began from", async () => {
  const { sheet, decide } = desk(answered(1, 1), answered(1, 2));
  decide(0, "accepted");
  decide(0, "open");
  sheet.desk = beginFrom(sheet.desk, startsOf(sheet.desk).at(-1));
  await setImmediate();
  assert.equal(sheet.desk.persons[0].from, "empty");
});

test("that nobody is in the image is said and taken back in order", async () => {
  const { sheet, sent, saving } = desk({}, {});
  saving.finished(sheet);
  saving.reopened(sheet);
  await setImmediate();
  assert.deepEqual(sent.map((one) => [one.path, one.image_id]), [["/api/finish", 5], ["/api/reopen-image", 5]]);
  assert.equal(sheet.waiting, 0);
});

test("a refused decision of an earlier page is told by file and person, and where its edits are", () => {
  const letter = { path: "/api/accept", fileName: "hall/0007.jpg", personNumber: 2 };
  assert.equal(
    strayInWords(letter, new ApiError("refused", "Bob holds it.", { code: "lease_lost" })),
    "Person 2 of hall/0007.jpg was not saved: Bob holds it. Its edits are kept: open the image to see them.",
  );
  assert.equal(
    strayInWords({ ...letter, personNumber: null }, new ApiError("refused", "Bob decided.", { code: "revision_conflict" })),
    "What you decided about hall/0007.jpg was not saved: Bob decided. Its edits are kept: open the image, and {start-from} lists them.",
  );
});

test("a box put back while the letter with another one waits goes with the next decision", async () => {
  const { sheet, sent, decide } = desk(answered(1, 1), answered(1, 2), answered(1, 3), answered(1, 4), answered(1, 5));
  const { box } = sheet.desk.persons[0];
  sheet.desk = changeBox(sheet.desk, BOX);
  decide(0, "accepted");
  decide(0, "open");
  sheet.desk = changeBox(sheet.desk, box);
  decide(0, "accepted");
  await setImmediate();
  assert.deepEqual(sent.map((one) => one.box), [BOX, undefined, box]);
  assert.ok(!isEdited(sheet.desk.persons[0]));
  decide(0, "open");
  decide(0, "accepted");
  await setImmediate();
  assert.equal(sent[4].box, undefined, "the server has it by now");
});

test("a refused finish is not there to be undone", async () => {
  const { sheet, saving } = desk({}, new ApiError("refused", "bob holds it", { status: 409 }));
  saving.finished(sheet);
  sheet.desk = deciding.finish(sheet.desk);
  await setImmediate();
  saving.finished(sheet);
  sheet.desk = deciding.finish(sheet.desk);
  await setImmediate();
  assert.deepEqual(sheet.desk.past.map((change) => change.kind), ["finished"]);
});

test("nothing is said of edits kept where there are none: after a finish, or where the person is gone", () => {
  const letter = { path: "/api/accept", fileName: "hall/0007.jpg", personNumber: 2 };
  const gone = new ApiError("refused", "Nobody is there.", { code: "not_found" });
  const held = new ApiError("refused", "Bob holds it.", { code: "lease_lost" });
  assert.equal(strayInWords(letter, gone), "Person 2 of hall/0007.jpg was not saved: Nobody is there.");
  assert.equal(strayInWords({ ...letter, path: "/api/skip" }, held), "Person 2 of hall/0007.jpg was not saved: Bob holds it.");
});

test("a label says what its pose began with: a network, an earlier label by its number, a copied pose, nothing", async () => {
  const begins = [
    { from: "student", labelRevision: null }, { from: "label", labelRevision: 3 }, { from: "label", labelRevision: null }, { from: "empty", labelRevision: null },
  ];
  const found = [];
  for (const begun of begins) {
    const { sheet, sent, decide } = desk(answered(1, 1));
    sheet.desk = withPerson(sheet.desk, 0, begun);
    decide(0, "accepted");
    await setImmediate();
    found.push([sent[0].began, sent[0].began_revision]);
  }
  assert.deepEqual(found, [["student", undefined], ["label", 3], ["copy", undefined], ["empty", undefined]]);
});

test("what begins with the label just saved says which that was", async () => {
  const { sheet, sent, decide } = desk({ ...answered(1, 1), person: { ...answered(1, 1).person, label_revision: 4 } }, answered(1, 2), answered(1, 3));
  decide(0, "accepted");
  await setImmediate();
  decide(0, "open");
  decide(0, "accepted");
  await setImmediate();
  assert.deepEqual([sent[2].began, sent[2].began_revision], ["label", 4]);
});

test("each decision carries the seconds worked on that person, where somebody measures", async () => {
  const sheet = { desk: openDesk(task(person(1), person(2))), waiting: 0 };
  const sent = [];
  const asked = [];
  const time = { take: (...whom) => (asked.push(whom), 7.5) };
  const send = async (_, body) => (sent.push(body), answered(body.person_id, 1));
  const saving = new Saving(new Outbox({ send }), { saved: () => {}, refused: () => {} }, time);
  saving.decided(sheet, 1, { state: "skipped", reason: "blurred" });
  saving.decided(sheet, 0, { state: "accepted", reason: null });
  await setImmediate();
  assert.deepEqual(sent.map(({ seconds }) => seconds), [7.5, 7.5]);
  assert.deepEqual(asked, [[5, 2], [5, 1]]);
});

test("a decision about somebody whom another decided about meanwhile is known by that, with what was decided", async () => {
  const { sheet, decide } = desk(new ApiError("refused", "bea was faster", { status: 409, code: "revision_conflict" }));
  decide(0, "skipped", "blurred");
  await setImmediate();
  const { state, problem, conflict } = sheet.desk.persons[0];
  assert.deepEqual([state, problem, conflict], ["open", "bea was faster", { verdict: { state: "skipped", reason: "blurred" }, theirs: null }]);
  const held = desk(new ApiError("refused", "bob holds it", { status: 409, code: "lease_lost" }));
  held.decide(0, "accepted");
  await setImmediate();
  assert.equal(held.sheet.desk.persons[0].conflict, null);
});

test("another label of somebody accepted is sent as it is on the desk; refused, the one before it is back, and counts", async () => {
  const { sheet, sent, news, saving, decide } = desk(answered(1, 1), new ApiError("refused", "Bob was faster.", "revision_conflict"));
  decide(0, "accepted");
  await setImmediate();
  const { pose } = sheet.desk.persons[0];
  const xyv = pose.xyv.with(0, [1, 2, 2]);
  sheet.desk = relabelled({ ...sheet.desk, person: 0 }, { xyv, from: "label", prediction_id: 9, model: null, undecided: [], revision: 1 });
  const change = sheet.desk.past.at(-1);
  saving.decided(sheet, 0, { state: "accepted", reason: null }, change);
  await setImmediate();
  assert.deepEqual([sent[1].path, sent[1].xyv, sent[1].began_revision], ["/api/accept", xyv, 1]);
  const [now] = sheet.desk.persons;
  assert.deepEqual([now.state, now.pose, now.problem], ["accepted", pose, "Bob was faster."]);
  assert.ok(!sheet.desk.past.includes(change));
  assert.deepEqual(news.at(-1), [0, "Bob was faster."]);
});

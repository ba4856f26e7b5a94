import assert from "node:assert/strict";
import { test } from "node:test";

import { isDone } from "../../../../static/editor/desk/desk.js";
import { clearKeypoint, movePoint } from "../../../../static/editor/desk/editing.js";
import { selectPerson } from "../../../../static/editor/desk/selecting.js";
import { LeftBehind } from "../../../../static/editor/images/left_behind.js";
import { Decisions } from "../../../../static/editor/server/decisions.js";
import { barePerson, person } from "../../tasks.js";
import { atWork } from "../at_work.js";

/** Decisions of somebody at work; what is sent is written down, and nothing answers. */
function deciding(...persons) {
  const here = atWork(...persons);
  const { work, explained, said } = here;
  const sent = [];
  const nexts = [];
  const saving = Object.fromEntries(["decided", "added", "removed", "finished", "reopened"].map((what) => [
    what, (sheet, whom, verdict) => sent.push([what, whom?.id ?? whom, verdict?.state].filter((part) => part !== undefined)),
  ]));
  const leftBehind = new LeftBehind();
  const decisions = new Decisions(saving, leftBehind, {
    sheet: () => work.sheet, change: (desk) => work.change(desk), goTo: (desk) => work.goTo(desk), letGo: () => here.hand.letGo(),
    next: (parting) => nexts.push(parting ?? ""), layAgain: (sheet) => leftBehind.take(sheet) && (work.sheet = sheet),
    explain: (text) => explained.push(text), say: (text) => said.push(text),
  });
  return { ...here, decisions, sent, nexts, leftBehind };
}

test("Enter accepts who is selected and goes on to who is open, and from the last one to the next image", () => {
  const { decisions, work, sent, nexts } = deciding(person(1), person(2));
  decisions.accept();
  assert.equal(work.desk.person, 1);
  decisions.accept();
  assert.deepEqual(sent, [["decided", 0, "accepted"], ["decided", 1, "accepted"]]);
  assert.equal(nexts.length, 1);
});

test("Enter on somebody decided goes on to the next one who is open, and says so; nothing is decided", () => {
  const { decisions, work, sent, explained } = deciding(person(1), person(2, { state: "accepted" }), person(3, { state: "skipped" }), person(4));
  work.goTo(selectPerson(work.desk, 2));
  decisions.accept();
  assert.deepEqual([work.desk.person, explained.at(-1)], [3, "Person 3 is decided already: on to person 4."]);
  work.goTo(selectPerson(work.desk, 1));
  decisions.accept();
  assert.equal(work.desk.person, 3);
  assert.deepEqual(sent, []);
});

test("keypoints without a place are asked about once, and again after an edit", () => {
  const { decisions, work, sent, explained } = deciding(person(1));
  work.change({ ...clearKeypoint(work.desk), placing: false });
  decisions.accept();
  assert.match(explained.at(-1), /1 keypoint is not placed/);
  work.change({ ...movePoint({ ...work.desk, keypoint: 2 }, { x: 5, y: 5 }) });
  decisions.accept();
  assert.deepEqual(sent, []);
  decisions.accept();
  assert.equal(sent.length, 1);
});

test("whoever cannot be accepted with all the others is shown, and nobody is accepted", () => {
  const { decisions, work, sent, explained } = deciding(person(1), barePerson(2));
  decisions.acceptImage();
  assert.equal(work.desk.person, 1);
  assert.match(explained.at(-1), /^Person 2: No keypoint is placed yet/);
  assert.deepEqual(sent, []);
});

test("all accepted at once are taken back at once", () => {
  const { decisions, work, sent, nexts } = deciding(person(1), person(2));
  decisions.acceptImage();
  assert.deepEqual(nexts, ["2 persons of a.jpg accepted. {undo} takes all back."]);
  decisions.undo();
  assert.deepEqual(work.desk.persons.map(({ state }) => state), ["open", "open"]);
  assert.deepEqual(sent.slice(2), [["decided", 1, "open"], ["decided", 0, "open"]]);
  decisions.redo();
  assert.ok(isDone(work.desk));
});

test("nobody else can be said to be here while somebody is open", () => {
  const { decisions, sent, explained } = deciding(person(1));
  decisions.finish();
  assert.match(explained.at(-1), /still open/);
  assert.deepEqual(sent, []);
});

test("somebody added is sent at once, and undo takes them away again", () => {
  const { decisions, work, sent, said } = deciding(person(1));
  decisions.addPerson({ x: 100, y: 20, width: 30, height: 40, angle: 0 });
  assert.deepEqual([work.desk.person, sent[0]], [1, ["added", 1]]);
  decisions.undo();
  assert.deepEqual([work.desk.persons.length, sent[1][0], said.at(-1)], [1, "removed", "The added person is gone."]);
});

test("undo reaches into the image just left, if that was left by a decision", () => {
  const { decisions, work, leftBehind, explained } = deciding(person(1));
  decisions.undo();
  assert.equal(explained.at(-1), "Nothing to undo.");
  decisions.accept();
  const left = work.sheet;
  leftBehind.put(left);
  work.sheet = { ...left, desk: { ...left.desk, imageId: 6, past: [] } };
  assert.ok(decisions.canUndo);
  decisions.undo();
  assert.equal(work.sheet, left);
  assert.equal(work.person.state, "open");
});

const EARLIER = { xyv: [[1, 1, 2], [2, 2, 2], [3, 3, 2], [4, 4, 2], [5, 5, 2]], from: "label", prediction_id: null, model: null, undecided: [], revision: 1 };

test("an earlier label is the pose of somebody open, by one step of undo", () => {
  const { decisions, work, sent } = deciding(person(1));
  const before = work.person.pose;
  decisions.restore(EARLIER);
  assert.deepEqual([work.person.pose.xyv, work.person.from, work.person.labelRevision], [EARLIER.xyv, "label", 1]);
  assert.deepEqual(work.person.pose.touched, [false, false, false, false, false]);
  decisions.undo();
  assert.equal(work.person.pose, before);
  assert.equal(work.person.from, "student");
  assert.deepEqual(sent, []);
});

test("of somebody accepted it is their label at once: they stay accepted, and one undo saves the other again", () => {
  const { decisions, work, sent, nexts } = deciding(person(1), person(2));
  decisions.accept();
  work.goTo({ ...work.desk, person: 0 });
  const before = work.person.pose;
  decisions.restore(EARLIER);
  assert.deepEqual([work.person.state, work.person.pose.xyv, work.person.labelRevision], ["accepted", EARLIER.xyv, 1]);
  decisions.undo();
  assert.deepEqual([work.person.state, work.person.pose], ["accepted", before]);
  decisions.redo();
  assert.deepEqual([work.person.state, work.person.pose.xyv], ["accepted", EARLIER.xyv]);
  assert.deepEqual(sent, Array(4).fill(["decided", 0, "accepted"]), "nobody is open in between");
  assert.deepEqual(nexts, []);
});

test("of somebody skipped it opens them, and one undo takes back both", () => {
  const { decisions, work, sent } = deciding(person(1, { state: "skipped" }), person(2));
  work.goTo({ ...work.desk, person: 0 });
  decisions.restore(EARLIER);
  assert.deepEqual([work.person.state, work.person.pose.xyv], ["open", EARLIER.xyv]);
  decisions.undo();
  assert.equal(work.person.state, "skipped");
  assert.deepEqual(sent, [["decided", 0, "open"], ["decided", 0, "skipped"]]);
});

import assert from "node:assert/strict";
import { test } from "node:test";

import { decide } from "../../../../static/editor/desk/deciding.js";
import { movePoint } from "../../../../static/editor/desk/editing.js";
import { openDesk } from "../../../../static/editor/desk/opening.js";
import { doubtInWords, reviewInWords, rowInWords, standing } from "../../../../static/editor/panel/person_words.js";
import { barePerson, person, task } from "../../tasks.js";

const desk = openDesk(task(person(1, { flagged: [1, 2] }), barePerson(2, { score: null })));
const moved = movePoint(desk, { x: 40, y: 40 });
const skipped = decide(desk, 0, { state: "skipped", reason: "blurred" });

test("an open person's doubt is said, and nobody else's", () => {
  assert.equal(doubtInWords(desk.persons[0]), "doubt 0.50");
  assert.equal(doubtInWords(desk.persons[1]), "", "without a score");
  assert.equal(doubtInWords(skipped.persons[0]), "");
  assert.equal(doubtInWords(null), "");
});

test("an open person says where the pose began", () => {
  assert.equal(standing({ ...desk.persons[0], model: "round 2's student" }), "Predicted by round 2's student");
  assert.equal(standing(desk.persons[0]), "Predicted by the student");
  assert.equal(standing(moved.persons[0]), "Edited by you");
  assert.equal(standing(desk.persons[1]), "Nothing placed yet");
});

test("a decided person says what was decided, and why", () => {
  assert.equal(standing(skipped.persons[0]), "Skipped: blurred");
  assert.equal(standing(decide(desk, 0, { state: "accepted", reason: null }).persons[0]), "Accepted");
});

test("in the list a person has the flags that nobody has looked at yet", () => {
  assert.equal(rowInWords(desk.persons[0]), "2 flags");
  assert.equal(rowInWords(moved.persons[0]), "Edited · 1 flag");
  assert.equal(rowInWords(desk.persons[1]), "Open");
  assert.equal(rowInWords(skipped.persons[0]), "Skipped");
  assert.equal(rowInWords({ ...desk.persons[0], problem: "Somebody else was faster." }), "Not saved");
});

test("why a person came back is said until they are accepted again, and a correction while it counts", () => {
  const said = { reviewer: "rita", comment: "left and right", is_corrected: false, at: "" };
  const [open] = desk.persons;
  assert.equal(reviewInWords({ ...open, review: said }), "rita sent this back: left and right");
  assert.equal(reviewInWords({ ...open, review: said, state: "accepted" }), "");
  const corrected = { ...open, review: { ...said, is_corrected: true }, state: "accepted" };
  assert.equal(reviewInWords(corrected), "rita corrected this label: left and right");
  assert.equal(reviewInWords({ ...corrected, review: { ...corrected.review, comment: "" } }), "rita corrected this label.");
  assert.deepEqual([reviewInWords({ ...corrected, state: "open" }), reviewInWords(open), reviewInWords(null)], ["", "", ""]);
});

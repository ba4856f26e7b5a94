import assert from "node:assert/strict";
import { test } from "node:test";

import { movePoint } from "../../../../static/editor/desk/editing.js";
import { copyFromEarlier } from "../../../../static/editor/images/earlier_frame.js";
import * as words from "../../../../static/editor/words.js";
import { person } from "../../tasks.js";
import { atWork } from "../at_work.js";

const EARLIER = { file_name: "before.jpg", persons: [{ id: 8, box: person(1).box, xyv: person(1).start.xyv.map(([x, y]) => [x + 3, y, 1]), from: "label" }] };

function before(answer) {
  const here = atWork(person(1));
  const asked = [];
  const told = [];
  const api = { get: async (path) => {
    asked.push(path);
    if (answer instanceof Error) throw answer;
    return answer;
  } };
  const notices = { tell: (text) => told.push(text), explain: (text) => here.explained.push(text) };
  return { ...here, asked, told, copy: () => copyFromEarlier({ api, work: here.work, notices }) };
}

test("the pose of the same person in the frame before is copied, asked for once", async () => {
  const { work, copy, asked, explained } = before(EARLIER);
  await copy();
  await copy();
  assert.deepEqual(work.person.pose.xyv[0], [23, 31, 1]);
  assert.deepEqual(asked, ["/api/images/5/previous"]);
  assert.equal(explained[0], words.copiedInWords("before.jpg"));
});

test("an edit made while the server is asked stays", async () => {
  const { work, copy } = before(EARLIER);
  const copying = copy();
  work.change(movePoint(work.desk, { x: 5, y: 5 }));
  await copying;
  assert.deepEqual(work.person.pose.xyv[0], [5, 5, 2]);
});

test("where nobody stood there, or no frame has a pose, the annotator hears so", async () => {
  const nobody = before({ file_name: "before.jpg", persons: [] });
  await nobody.copy();
  assert.deepEqual(nobody.explained, [words.NOBODY_BEFORE]);
  const far = before({ ...EARLIER, persons: [{ ...EARLIER.persons[0], box: { x: 180, y: 80, width: 15, height: 15, angle: 0 } }] });
  await far.copy();
  assert.deepEqual(far.explained, [words.nobodyNear("before.jpg")]);
});

test("a question that failed is told, and asked again at the next press", async () => {
  const { copy, told, asked } = before(new Error("No answer."));
  await copy();
  await copy();
  assert.deepEqual([told, asked.length], [["No answer.", "No answer."], 2]);
});

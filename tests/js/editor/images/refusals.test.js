import assert from "node:assert/strict";
import { test } from "node:test";

import { withPerson } from "../../../../static/editor/desk/desk.js";
import { movePoint } from "../../../../static/editor/desk/editing.js";
import { openDesk } from "../../../../static/editor/desk/opening.js";
import { LeftBehind } from "../../../../static/editor/images/left_behind.js";
import { Refusals } from "../../../../static/editor/images/refusals.js";
import { person, task } from "../../tasks.js";
import { atWork } from "../at_work.js";

function refusing() {
  const here = atWork(person(1), person(2));
  const shown = [];
  const leftBehind = new LeftBehind();
  const notices = { show: (notice) => shown.push(notice), say: (text) => here.said.push(text), tell: (text) => shown.push({ text }) };
  const refusals = new Refusals({ work: here.work, leftBehind, notices }, {
    layAgain: (sheet) => (here.work.sheet = sheet), refresh: () => {},
  });
  return { ...here, refusals, leftBehind, shown };
}

/** Another image, with a person the server refused. */
function another() {
  const desk = { ...openDesk(task(person(3))), imageId: 9, fileName: "b.jpg" };
  return { desk: withPerson(desk, 0, { problem: "Too late." }), view: { a: 1, b: 0, x: 0, y: 0 }, waiting: 0, picture: null, look: null };
}

test("what is refused comes back at once, while nothing here would be torn away", () => {
  const { refusals, work, said } = refusing();
  const sheet = another();
  refusals.arrived(sheet, 0, "Too late.");
  assert.equal(work.sheet, sheet);
  assert.equal(said.at(-1), "Not saved. Too late.");
});

test("whoever is in the middle of an edit is told, and goes there by hand", () => {
  const { refusals, work, shown } = refusing();
  work.change(movePoint(work.desk, { x: 5, y: 5 }));
  const here = work.sheet;
  const sheet = another();
  refusals.arrived(sheet, 0, "Too late.");
  assert.equal(work.sheet, here);
  assert.equal(shown.at(-1).text, "Person 1 of b.jpg was not saved: Too late.");
  shown.at(-1).act();
  assert.equal(work.sheet, sheet);
});

test("of the image as a whole, it is said what was refused", () => {
  const { refusals, work, shown } = refusing();
  work.change(movePoint(work.desk, { x: 5, y: 5 }));
  refusals.arrived(another(), null, "Somebody is.");
  assert.equal(shown.at(-1).text, "That nobody else is in b.jpg was not saved: Somebody is.");
});

test("what was refused in an image left behind is told over the next one", () => {
  const { refusals, leftBehind } = refusing();
  assert.equal(refusals.notLookedAt(), null);
  leftBehind.put(another());
  assert.equal(refusals.notLookedAt().text, "Person 1 of b.jpg was not saved: Too late.");
});

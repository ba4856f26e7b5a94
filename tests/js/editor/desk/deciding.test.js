import assert from "node:assert/strict";
import { test } from "node:test";

import { selectKeypoint } from "../../../../static/editor/desk/selecting.js";
import { openDesk } from "../../../../static/editor/desk/opening.js";
import { movePoint } from "../../../../static/editor/desk/editing.js";
import { setVisibility } from "../../../../static/editor/desk/placing.js";
import * as deciding from "../../../../static/editor/desk/deciding.js";
import * as undoing from "../../../../static/editor/desk/undoing.js";
import { barePerson, person, task } from "../../tasks.js";

test("a refused decision gives the person back with every edit and the reason", () => {
  const edited = movePoint(openDesk(task(person(1))), { x: 50, y: 50 });
  const decided = deciding.decide(edited, 0, { state: "accepted", reason: null });
  const back = deciding.takeBack(decided, 0, { state: "open", reason: null }, "bob was faster");
  assert.equal(back.persons[0].problem, "bob was faster");
  assert.deepEqual(back.persons[0].pose, edited.persons[0].pose);
  assert.deepEqual(back.past, edited.past, "only the decision leaves the history");
});

test("nothing placed is not accepted, and the message says what to do", () => {
  const desk = openDesk(task(barePerson(1)));
  assert.match(deciding.whyNotAccept(desk.persons[0]), /press {keypoint-next}, to go on placing; or press {skip} to skip/);
  assert.equal(deciding.whyNotAccept(setVisibility(desk, 1).persons[0]), null);
});

test("a label keeps untouched absent points as they came and clears those the annotator cleared", () => {
  const start = { xyv: [[3, 4, 0], [5, 6, 2], [7, 8, 2], [1, 1, 2], [2, 2, 2]], from: "label", prediction_id: null };
  const desk = setVisibility(selectKeypoint(openDesk(task(person(1, { start }))), 1), 0);
  assert.deepEqual(deciding.labelOf(desk.persons[0]).xyv.slice(0, 2), [[3, 4, 0], [0, 0, 0]]);
});

test("what is said of the whole image is taken back and said again like anything else", () => {
  const desk = openDesk(task(person(1, { state: "accepted" })));
  const finished = deciding.finish(desk);
  assert.equal(finished.past.at(-1).kind, "finished");
  assert.equal(undoing.redo(undoing.undo(finished)).past.length, 1);
});

test("of somebody whom nobody knows any more nothing is listed again", () => {
  const desk = openDesk(task(person(1)));
  assert.equal(deciding.listAgain(desk, "gone", "The server said no."), desk);
});

import assert from "node:assert/strict";
import { test } from "node:test";

import { isDone, personOf } from "../../../../static/editor/desk/desk.js";
import { stepFlag, stepPerson } from "../../../../static/editor/desk/selecting.js";
import { openDesk } from "../../../../static/editor/desk/opening.js";
import { movePoint, nudge } from "../../../../static/editor/desk/editing.js";
import { cycleVisibility } from "../../../../static/editor/desk/placing.js";
import * as deciding from "../../../../static/editor/desk/deciding.js";
import * as undoing from "../../../../static/editor/desk/undoing.js";
import { person, task } from "../../tasks.js";

test("an image without persons has nobody selected, and every command leaves it so", () => {
  const desk = openDesk(task());
  assert.equal(personOf(desk), null);
  for (const act of [cycleVisibility, undoing.undo, undoing.redo, (d) => stepPerson(d, 1),
    (d) => stepFlag(d, 1), (d) => nudge(d, { x: 1, y: 0 }), (d) => movePoint(d, { x: 1, y: 1 })]) {
    assert.equal(act(desk).persons.length, 0);
  }
});

test("an image is done when everybody is decided, and never when nobody is there", () => {
  assert.ok(!isDone(openDesk(task())));
  const desk = openDesk(task(person(1), person(2, { state: "accepted" })));
  assert.ok(!isDone(desk));
  assert.ok(isDone(deciding.decide(desk, 0, { state: "not_a_person", reason: null })));
});

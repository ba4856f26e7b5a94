import assert from "node:assert/strict";
import { test } from "node:test";

import { decide } from "../../../../static/editor/desk/deciding.js";
import { movePoint } from "../../../../static/editor/desk/editing.js";
import { openDesk } from "../../../../static/editor/desk/opening.js";
import { Keyboard, mayRepeat } from "../../../../static/editor/input/keyboard.js";
import { BINDINGS } from "../../../../static/editor/input/keys.js";
import { barePerson, person, task } from "../../tasks.js";

const press = (key, more = {}) => ({
  key, code: "", shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, repeat: false, isTaken: false,
  preventDefault() {
    this.isTaken = true;
  },
  stopPropagation() {},
  ...more,
});

function board(desk, known = {}) {
  const ran = [];
  const hidden = [];
  const keyboard = new Keyboard({
    run: (command) => ran.push(command), desk: () => desk, keys: () => BINDINGS, onStage: () => true, isReading: () => false,
    hide: (on) => hidden.push(on), ...known,
  });
  /** Whether a press was taken from the browser. */
  const isTaken = (key, more) => {
    const event = press(key, more);
    keyboard.down(event);
    return event.isTaken;
  };
  return { keyboard, ran, hidden, isTaken };
}

test("Tab walks flags while there are any; then, and after Escape, it leaves the image", () => {
  const flagged = openDesk(task(person(1, { flagged: [2] })));
  const { keyboard, ran, isTaken } = board(flagged);
  assert.ok(isTaken("Tab"));
  keyboard.letTabLeave();
  assert.ok(!isTaken("Tab"));
  keyboard.holdTab();
  assert.ok(isTaken("Tab", { shiftKey: true }));
  assert.deepEqual(ran, ["flag-next", "flag-previous"]);
  assert.ok(!board(openDesk(task(person(1)))).isTaken("Tab"), "no flag");
  assert.ok(!board(null).isTaken("Tab"), "no image");
});

test("Enter presses the button that has the focus, and any other key still commands", () => {
  const { ran, isTaken } = board(openDesk(task(person(1))), { onStage: () => false });
  assert.ok(!isTaken("Enter"));
  assert.ok(isTaken("x"));
  assert.deepEqual(ran, ["not-a-person"]);
});

test("the help has its own keys", () => {
  assert.ok(!board(openDesk(task(person(1))), { isReading: () => true }).isTaken("x"));
});

test("what hides everything does so until its own key is let go", () => {
  const { keyboard, ran, hidden } = board(openDesk(task(person(1))));
  keyboard.down(press("h", { code: "KeyH" }));
  keyboard.up(press("x", { code: "KeyX" }));
  assert.deepEqual([ran, hidden], [["hide"], []]);
  keyboard.up(press("h", { code: "KeyH" }));
  assert.deepEqual(hidden, [false]);
});

test("a key held down goes on with steps, and decides nothing twice", () => {
  const desk = openDesk(task(person(1)));
  for (const command of ["nudge-left", "zoom-in", "person-next", "keypoint-next"]) assert.ok(mayRepeat(command, desk), command);
  for (const command of ["accept", "skip", "finish", "ghosts", "transform"]) assert.ok(!mayRepeat(command, desk), command);
  assert.ok(!mayRepeat("keypoint-next", openDesk(task(barePerson(1)))), "one press leaves one keypoint out");
});

test("undo held down walks back over edits and stops at a decision", () => {
  const edited = movePoint(openDesk(task(person(1))), { x: 5, y: 5 });
  const decided = decide(edited, 0, { state: "accepted", reason: null });
  assert.deepEqual([mayRepeat("undo", edited), mayRepeat("undo", decided), mayRepeat("redo", edited)], [true, false, false]);
});

import assert from "node:assert/strict";
import { test } from "node:test";

import * as state from "../../static/editor/state.js";
import * as words from "../../static/editor/words.js";
import { barePerson, person, task } from "./tasks.js";

const outlook = (known) => ({ state: "saved", pending: 0, message: "", retryAt: 0, ...known });

test("the stand is always one of saved, saving, draft and unsaved, with what to do", () => {
  const desk = state.openDesk(task(person(1)));
  const draft = state.nudge(desk, { x: 1, y: 0 });
  const refused = state.takeBack(desk, 0, { state: "open", reason: null }, "bob was faster");
  const stands = [
    words.standInWords(outlook(), null, 0), words.standInWords(outlook(), desk, 0), words.standInWords(outlook(), draft, 0),
    words.standInWords(outlook({ state: "saving", pending: 2 }), draft, 0),
    words.standInWords(outlook({ state: "waiting", pending: 1, message: "No answer.", retryAt: 2500 }), desk, 1000),
    words.standInWords(outlook({ state: "signed-out", pending: 1 }), desk, 0), words.standInWords(outlook(), refused, 0),
  ];
  assert.deepEqual(stands.map(({ status }) => status), ["saved", "saved", "draft", "saving", "unsaved", "unsaved", "unsaved"]);
  assert.equal(stands[3].text, "Saving… (2)");
  assert.equal(stands[4].text, "Not saved: No answer. Trying again in 2 s.");
  assert.equal(stands[6].text, "Not saved: see person 1");
});

test("a screen reader hears who is selected, which keypoint, and why it is flagged", () => {
  const desk = state.openDesk(task(person(1, { flagged: [4] }), barePerson(2)));
  assert.equal(words.personInWords(desk), "Person 1 of 2, 1 flag. look at 4");
  assert.equal(words.keypointInWords(desk), "right foot, visible. look at 4");
  assert.equal(words.personInWords(state.selectPerson(desk, 1)), "Person 2 of 2, 0 flags. Place the nose.");
  assert.equal(words.keypointInWords(state.openDesk(task())), "");
});

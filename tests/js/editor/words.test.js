import assert from "node:assert/strict";
import { test } from "node:test";

import { selectPerson, stopPlacing } from "../../../static/editor/desk/selecting.js";
import { openDesk } from "../../../static/editor/desk/opening.js";
import { nudge } from "../../../static/editor/desk/editing.js";
import { goOn, placePoint, setVisibility } from "../../../static/editor/desk/placing.js";
import * as deciding from "../../../static/editor/desk/deciding.js";
import * as words from "../../../static/editor/words.js";
import { barePerson, person, task } from "../tasks.js";

const outlook = (known) => ({ state: "saved", pending: 0, message: "", retryAt: 0, ...known });

test("the stand is always one of saved, saving, draft and unsaved, with what to do", () => {
  const desk = openDesk(task(person(1)));
  const draft = nudge(desk, { x: 1, y: 0 });
  const refused = deciding.takeBack(desk, 0, { state: "open", reason: null }, "bob was faster");
  const stands = [
    words.standInWords(outlook(), null, [], 0), words.standInWords(outlook(), desk, [], 0), words.standInWords(outlook(), draft, [], 0),
    words.standInWords(outlook({ state: "saving", pending: 2 }), draft, [], 0),
    words.standInWords(outlook({ state: "waiting", pending: 1, message: "No answer.", retryAt: 2500 }), desk, [], 1000),
    words.standInWords(outlook({ state: "signed-out", pending: 1 }), desk, 0), words.standInWords(outlook(), refused, 0),
  ];
  assert.deepEqual(stands.map(({ status }) => status), ["saved", "saved", "draft", "saving", "unsaved", "unsaved", "unsaved"]);
  assert.equal(stands[3].text, "Saving… (2)");
  assert.equal(stands[4].text, "Not saved, again in 2 s: No answer.");
  assert.equal(stands[6].text, "Not saved: see person 1");
});

test("a screen reader hears who is selected, which keypoint, and why it is flagged", () => {
  const desk = openDesk(task(person(1, { flagged: [4] }), barePerson(2)));
  assert.equal(words.personInWords(desk), "Person 1 of 2, 1 flag. look at 4");
  assert.equal(words.keypointInWords(desk), "right foot, visible. look at 4");
  assert.equal(words.personInWords(selectPerson(desk, 1)), "Person 2 of 2, 0 flags. Place the nose.");
  assert.equal(words.keypointInWords(openDesk(task())), "");
});

test("a keypoint nobody decided about is not placed; one left out is absent", () => {
  const desk = openDesk(task(barePerson(1)));
  assert.equal(words.keypointInWords(desk), "nose, not placed");
  assert.equal(words.standOf(goOn(desk).persons[0], 0), "absent");
  assert.equal(words.notPlacedYet(8), "8 keypoints are not placed. Enter again accepts them as absent.");
  assert.equal(words.notPlacedYet(1), "1 keypoint is not placed. Enter again accepts it as absent.");
});

test("the hint says what the next click does, how to go on placing, and when all is placed", () => {
  const hint = (desk) => words.hintInWords(desk, { byTouch: false });
  let desk = openDesk(task(barePerson(1)));
  assert.match(hint(desk), /^Click to place the nose/);
  assert.equal(hint(setVisibility(desk, 1, { byMouse: true })), "The next click places the nose hidden");
  assert.equal(hint(stopPlacing(desk)), "Click a keypoint in the list, or press {keypoint-next}, to go on placing");
  for (let i = 0; i < 5; i += 1) desk = placePoint(desk, { x: 10 * i, y: 20 });
  assert.equal(hint(desk), "All placed · Enter accepts");
  assert.equal(hint(openDesk(task(person(1)))), "");
});

test("an image that is only looked at asks for nothing to be placed, and counts nothing", () => {
  const desk = stopPlacing(openDesk(task(barePerson(1))));
  assert.equal(words.hintInWords(desk, { byTouch: false, isLooking: true }), "");
  assert.equal(words.noFlagInWords(desk.persons[0], { isLooking: true }), "Nobody has placed or predicted this person yet.");
  assert.equal(words.placeInWords("hall", Infinity, { isLooking: true }), "camera hall");
  assert.equal(words.nobodyBoxed({ byTouch: false, isLooking: true }), "Nobody is boxed in this image.");
});

test("how many images are to do is told beside the camera, where anybody has counted", () => {
  const place = (camera, toDo) => words.placeInWords(camera, toDo, { isLooking: false });
  assert.equal(place("hall", 3), "3 images to do · camera hall");
  assert.equal(place("cam 1", 1), "last image · cam 1");
  assert.equal(place("", 2), "2 images to do");
  assert.equal(place("hall", Infinity), "camera hall");
});

test("without a keyboard no key is named for adding a person", () => {
  assert.match(words.nobodyBoxed({ byTouch: false, isLooking: false }), /^\{add-person\} adds a person/);
  assert.match(words.nobodyBoxed({ byTouch: true, isLooking: false }), /^The dashed box in the bar adds a person/);
});

test("how the image lies is told in words", () => {
  const [turn, own] = [-2.391, -2.391];
  assert.equal(words.turnInWords({ isOn: true, turn, own }), "Turned 137°: who stands here is upright");
  assert.equal(words.turnInWords({ isOn: true, turn: 0, own }), "Not turned: {fit-person} turns to the person");
  assert.equal(words.turnInWords({ isOn: true, turn: 0, own: 0 }), "Not turned: who stands here is upright already");
  assert.equal(words.turnInWords({ isOn: false, turn: 0, own }), "Shown as the camera took it");
});

test("a draft that is back names the persons, and says if it began from another start", () => {
  const [two, one] = [{ person: 1, fromAnotherStart: false }, { person: 0, fromAnotherStart: true }];
  assert.equal(words.restoredInWords([two]), "Your unsaved edits of person 2 are back.");
  assert.equal(words.restoredInWords([two, one]),
    "Your unsaved edits of persons 1 and 2 are back. Those of person 1 began from an earlier prediction or label than today's.");
});

test("a lead may skip everybody whom nobody can label, and an annotator hears who may", () => {
  const done = [];
  const lead = words.skipChoices((reason) => done.push(reason), () => done.push("all"));
  const annotator = words.skipChoices((reason) => done.push(reason), null);
  assert.deepEqual(lead.map(({ text }) => text), ["Blurred", "Too small", "Hidden", "Too dark", "Other…", "Everybody too small or too dark…"]);
  assert.deepEqual(annotator.map(({ text }) => text), lead.slice(0, -1).map(({ text }) => text));
  assert.deepEqual(annotator.filter(({ detail }) => detail).map(({ text, detail }) => [text, detail]), [
    ["Too small", "A lead can skip all like this at once."], ["Too dark", "A lead can skip all like this at once."],
  ]);
  lead.at(-1).act();
  annotator[3].act();
  assert.deepEqual(done, ["all", "too dark"]);
});

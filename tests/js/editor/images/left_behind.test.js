import assert from "node:assert/strict";
import { test } from "node:test";

import { LeftBehind } from "../../../../static/editor/images/left_behind.js";
import { withPerson } from "../../../../static/editor/desk/desk.js";
import { openDesk } from "../../../../static/editor/desk/opening.js";
import * as deciding from "../../../../static/editor/desk/deciding.js";
import { person, task } from "../../tasks.js";

/** An image as it lies on the desk. @param {number} imageId @param {{waiting?: number, side?: number, desk?: object}} [as] */
function sheet(imageId, { waiting = 0, side = 1000, desk = {} } = {}) {
  const closed = [];
  const copy = (name) => ({ close: () => closed.push(name) });
  const opened = openDesk(task(person(1)));
  return { desk: { ...opened, imageId, size: { width: side, height: side }, ...desk }, waiting, picture: copy("picture"), overview: copy("overview"), closed };
}

function pile(...sheets) {
  const behind = new LeftBehind();
  sheets.forEach((one) => behind.put(one));
  return behind;
}

const held = (behind) => behind.desks.map(({ imageId }) => imageId);

test("an image is found, taken out once, and tells whether its saves are under way", () => {
  const [one, two] = [sheet(1, { waiting: 2 }), sheet(2)];
  const behind = pile(one, two);
  assert.equal(behind.find(2), two);
  assert.deepEqual(behind.waitingIds, [1]);
  assert.deepEqual([behind.take(one), behind.take(one), held(behind)], [true, false, [2]]);
});

test("undo reaches into the last image only, and only if a decision was the last thing done there", () => {
  const decided = sheet(1);
  decided.desk = deciding.decide(decided.desk, 0, { state: "accepted", reason: null });
  assert.equal(pile(decided).undoable, decided);
  assert.equal(pile(decided, sheet(2)).undoable, null);
  assert.equal(pile().undoable, null);
});

test("what was refused is told with its image and person", () => {
  const bad = sheet(2);
  bad.desk = withPerson(bad.desk, 0, { problem: "somebody was faster" });
  assert.deepEqual(pile(sheet(1), bad).refused, { sheet: bad, index: 0, problem: "somebody was faster" });
  assert.equal(pile(sheet(1)).refused, null);
});

test("thinned, it keeps the last four and those whose saves are under way; of the others the pictures are let go", () => {
  const sheets = [sheet(1, { waiting: 1 }), sheet(2), sheet(3), sheet(4), sheet(5), sheet(6)];
  const behind = pile(...sheets);
  behind.thin();
  assert.deepEqual(held(behind), [1, 3, 4, 5, 6]);
  assert.deepEqual(sheets.map(({ closed }) => closed.length), [0, 2, 0, 0, 0, 0]);
});

test("of large pictures it keeps fewer, but always the last and whoever was refused", () => {
  const refused = sheet(1, { side: 4096 });
  refused.desk = withPerson(refused.desk, 0, { problem: "no" });
  const behind = pile(refused, sheet(2, { side: 4096 }), sheet(3, { side: 4096 }), sheet(4, { side: 9000 }));
  behind.thin();
  assert.deepEqual(held(behind), [1, 4]);
});

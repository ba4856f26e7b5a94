import assert from "node:assert/strict";
import { test } from "node:test";

import { person } from "../../tasks.js";
import { atWork, click, drag } from "../at_work.js";

test("a box is drawn from corner to corner, once", () => {
  const here = atWork(person(1));
  here.hand.takeUp("add-box");
  const { hold, drop } = drag(here, [100, 20], [130, 50], [150, 80]);
  assert.equal(hold, "box");
  assert.deepEqual(here.hand.marks.draftBox, { x: 100, y: 20, width: 50, height: 60, angle: 0 });
  drop();
  assert.deepEqual(here.added, [{ x: 100, y: 20, width: 50, height: 60, angle: 0 }]);
  assert.ok(here.hand.isFree);
});

test("a box too small for anybody is not added, and the annotator hears why", () => {
  const here = atWork(person(1));
  here.hand.takeUp("add-box");
  drag(here, [100, 20], [103, 60]).drop();
  assert.deepEqual(here.added, []);
  assert.match(here.explained.at(-1), /6 image pixels/);
});

test("put away by a key while it is drawn, nothing comes of the box", () => {
  const here = atWork(person(1));
  here.hand.takeUp("add-box");
  const { drop } = drag(here, [100, 20], [150, 80]);
  here.hand.takeUp(null);
  drop();
  assert.deepEqual(here.added, []);
});

test("Enter puts a box as large as the others under the pointer", () => {
  const here = atWork(person(1));
  here.hand.takeUp("add-box");
  here.hand.handlers.hover(here.viewing.toScreen({ x: 120, y: 50 }));
  here.hand.tool.done();
  assert.deepEqual(here.added, [{ x: 90, y: 20, width: 60, height: 60, angle: 0 }]);
  assert.equal(here.hand.tool.name, "edit-box", "to be sized by keys");
});

test("a click with it selects nobody, and its cross stays while the desk changes", () => {
  const here = atWork(person(1), person(2));
  here.hand.takeUp("add-box");
  const spot = { x: 10, y: 10 };
  here.hand.handlers.hover(spot);
  click(here, [40, 32]);
  here.work.change({ ...here.work.desk });
  assert.equal(here.work.desk.person, 0);
  assert.deepEqual(here.hand.marks.spot, spot);
});

import assert from "node:assert/strict";
import { test } from "node:test";

import { toScreen } from "../../../../static/editor/geometry.js";
import { DEFAULTS } from "../../../../static/editor/panel/looks.js";
import { LOUPE_PX, aimOf, loupeOf, loupePlace } from "../../../../static/editor/canvas/loupe.js";
import { personOf } from "../../../../static/editor/desk/desk.js";
import { selectPerson } from "../../../../static/editor/desk/selecting.js";
import { openDesk } from "../../../../static/editor/desk/opening.js";
import * as deciding from "../../../../static/editor/desk/deciding.js";
import { person, task } from "../../tasks.js";

const STAGES = [{ width: 390, height: 450 }, { width: 950, height: 800 }, { width: 700, height: 260 }];
const away = (corner, { x, y }) => Math.hypot(
  Math.max(corner.x - x, 0, x - corner.x - LOUPE_PX), Math.max(corner.y - y, 0, y - corner.y - LOUPE_PX));

test("the loupe never lies under the finger nor over what is aimed at, and always inside the stage", () => {
  for (const stage of STAGES) {
    for (let x = 0; x <= stage.width; x += 10) {
      for (let y = 0; y <= stage.height; y += 10) {
        const finger = { x, y };
        const corner = loupePlace({ at: { x: x + 8, y: y - 8 }, finger }, stage);
        assert.ok(away(corner, finger) >= 20, `${x} ${y} in ${stage.width} x ${stage.height}`);
        assert.ok(corner.x >= 0 && corner.y >= 0, `${x} ${y}`);
        assert.ok(corner.x + LOUPE_PX <= stage.width && corner.y + LOUPE_PX <= stage.height, `${x} ${y}`);
      }
    }
  }
});

test("it stands over the finger, and below it near the top", () => {
  const [stage] = STAGES;
  assert.ok(loupePlace({ at: { x: 200, y: 300 }, finger: { x: 200, y: 300 } }, stage).y < 300 - LOUPE_PX);
  assert.ok(loupePlace({ at: { x: 200, y: 60 }, finger: { x: 200, y: 60 } }, stage).y > 60);
});

test("for the mouse it stands in the corner away from the keypoint", () => {
  const [, stage] = STAGES;
  assert.ok(loupePlace({ at: { x: 100, y: 10 }, finger: null }, stage).x > stage.width / 2);
  assert.ok(loupePlace({ at: { x: 900, y: 10 }, finger: null }, stage).x < stage.width / 2);
});

const scene = (more = {}) => ({
  desk: openDesk(task(person(1))), view: { a: 2, b: 0, x: 10, y: 20 }, stage: STAGES[1],
  look: { loupeAt: null, spot: null }, looks: { ...DEFAULTS, loupe: true }, ...more,
});

test("switched on, it shows the selected keypoint; a finger's aim comes first", () => {
  const { desk, view } = scene();
  const [x, y] = personOf(desk).pose.xyv[desk.keypoint];
  assert.deepEqual(aimOf(scene()), { at: toScreen(view, { x, y }), finger: null });
  assert.equal(aimOf(scene({ looks: DEFAULTS })), null);
  const loupeAt = { at: { x: 1, y: 2 }, finger: { x: 3, y: 4 } };
  assert.equal(aimOf(scene({ looks: DEFAULTS, look: { loupeAt, spot: null } })), loupeAt);
});

test("a decided person's keypoints are not magnified; a waiting one is where the pointer is", () => {
  const decided = deciding.decide(scene().desk, 0, { state: "accepted", reason: null });
  assert.equal(aimOf(scene({ desk: selectPerson(decided, 0) })), null);
  const waiting = { ...scene().desk, placing: true };
  assert.equal(aimOf(scene({ desk: waiting })), null);
  const spot = { x: 5, y: 6 };
  assert.deepEqual(aimOf(scene({ desk: waiting, look: { loupeAt: null, spot } })), { at: spot, finger: null });
});

test("what is aimed at is in its middle, magnified, but not beyond what pixels have to show", () => {
  for (const [scale, more] of [[2, 3.5], [10, 2.4], [40, 1.5]]) {
    const one = scene({ view: { a: scale, b: 0, x: 10, y: 20 } });
    const { aim, corner, view } = loupeOf(one);
    const under = { x: (aim.at.x - 10) / scale, y: (aim.at.y - 20) / scale };
    const shown = toScreen(view, under);
    assert.ok(Math.hypot(shown.x - corner.x - LOUPE_PX / 2, shown.y - corner.y - LOUPE_PX / 2) < 1e-6);
    assert.ok(Math.abs(view.a / scale - more) < 1e-9);
  }
});

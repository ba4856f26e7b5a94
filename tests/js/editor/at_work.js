/** An annotator at work without a browser: one image on the desk, a view of it, and a hand; all that is said is written down. */

import { openDesk } from "../../../static/editor/desk/opening.js";
import { Hand } from "../../../static/editor/tools/hand.js";
import { Upright } from "../../../static/editor/view/upright.js";
import { Viewing } from "../../../static/editor/view/viewing.js";
import { Work } from "../../../static/editor/work.js";
import { task } from "../tasks.js";

/** A browser that forbids storing. */
function noStorage() {
  throw new DOMException("forbidden", "SecurityError");
}

/** A stage twice as large as the image of `task`: its pixel (x, y) is at (2 x, 2 y). */
const STAGE = { width: 400, height: 200 };

/** @param {...object} persons as tasks.js makes them */
export function atWork(...persons) {
  const said = [];
  const explained = [];
  const added = [];
  const tookUp = [];
  const seen = { cursor: "", painted: 0, changes: [] };
  const speech = { say: (text) => said.push(text), explain: (text) => explained.push(text) };
  const viewing = new Viewing(new Upright(noStorage), { sheet: () => work.sheet, size: () => STAGE, moved: () => {}, turned: () => {} });
  const work = new Work(viewing, {
    ...speech,
    changed: (how) => {
      seen.changes.push(how);
      hand.changed();
    },
    letGo: () => hand.letGo(),
  });
  const hand = new Hand(work, viewing, {
    ...speech, paint: () => (seen.painted += 1), settled: () => {}, tookUp: (name) => tookUp.push(name),
    cursor: (name) => (seen.cursor = name), focus: () => {}, addPerson: (box) => added.push(box),
  });
  work.sheet = {
    desk: openDesk(task(...persons)), restored: [], picture: null, view: { a: 2, b: 0, x: 0, y: 0 }, problem: null, waiting: 0, look: null,
  };
  return { work, viewing, hand, said, explained, added, tookUp, seen };
}

const MOUSE = { pointerType: "mouse", shiftKey: false };

/** A drag with the mouse from one image pixel to others. */
export function drag({ hand, viewing }, ...spots) {
  const [start, ...rest] = spots.map(([x, y]) => viewing.toScreen({ x, y }));
  const { grab, drag: pull, drop } = hand.handlers;
  const hold = grab(start, false);
  let last = start;
  for (const spot of rest) {
    pull(hold, start, last, spot, MOUSE);
    last = spot;
  }
  return { hold, drop: () => drop(hold, start, last) };
}

/** A click with the mouse on an image pixel. */
export function click({ hand, viewing }, [x, y], event = MOUSE) {
  const spot = viewing.toScreen({ x, y });
  hand.handlers.grab(spot, event.pointerType !== "mouse");
  hand.handlers.click(spot, event);
}

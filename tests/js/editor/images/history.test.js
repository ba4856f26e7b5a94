import assert from "node:assert/strict";
import { test } from "node:test";

import { ApiError } from "../../../../static/shared/api.js";
import { toggleHistory } from "../../../../static/editor/images/history.js";
import { atWork } from "../at_work.js";
import { person } from "../../tasks.js";

const LABEL = { revision: 2, xyv: [[1, 1, 2], [2, 2, 2], [3, 3, 2], [4, 4, 2], [5, 5, 0]], began: "nothing", started_from: 9, moved: [], counts: false };

function desk({ answer = { entries: [{ label: LABEL }], stays: null }, people = [person(1), person(2)] } = {}) {
  const { work } = atWork(...people);
  const seen = { asked: [], told: [], explained: [], laid: [], restored: [], focused: 0, opened: null };
  const history = {
    isOpen: false,
    open: (found, skeleton, ways) => Object.assign(seen, { opened: { found, ways } }) && (history.isOpen = true),
    close: () => { const was = history.isOpen; history.isOpen = false; return was; },
  };
  const parts = {
    api: { get: async (path) => { seen.asked.push(path); if (answer instanceof Error) throw answer; return answer; } },
    work, panel: { history, refs: { stage: { focus: () => (seen.focused += 1) } } },
    notices: { tell: (text) => seen.told.push(text), explain: (text) => seen.explained.push(text) },
    drawing: { lay: (one) => seen.laid.push(one) }, decisions: { restore: (start) => seen.restored.push(start) },
  };
  return { parts, seen, work };
}

test("the history of the selected person is asked for, and put away by the same key", async () => {
  const { parts, seen } = desk();
  await toggleHistory(parts);
  assert.deepEqual(seen.asked, ["/api/persons/1/history"]);
  assert.equal(seen.opened.ways.mayRestore, true);
  await toggleHistory(parts);
  assert.deepEqual([seen.asked.length, seen.focused], [1, 1]);
});

test("a label is laid beside the person it is of, and comes back as a start that says which it was", async () => {
  const { parts, seen } = desk();
  await toggleHistory(parts);
  seen.opened.ways.show(LABEL);
  seen.opened.ways.show(null);
  assert.deepEqual(seen.laid, [{ imageId: 5, key: 1, xyv: LABEL.xyv, letter: "2" }, null]);
  seen.opened.ways.restore(LABEL);
  assert.deepEqual(seen.restored, [{ xyv: LABEL.xyv, from: "label", prediction_id: 9, model: null, undecided: [], revision: 2 }]);
});

test("nothing is shown of somebody whom the annotator went on from, nor brought back to another", async () => {
  const { parts, seen, work } = desk();
  const asked = toggleHistory(parts);
  work.sheet.desk = { ...work.sheet.desk, person: 1 };
  await asked;
  assert.equal(seen.opened, null);
  await toggleHistory(parts);
  work.sheet.desk = { ...work.sheet.desk, person: 0 };
  seen.opened.ways.restore(LABEL);
  assert.deepEqual(seen.restored, []);
});

test("who only looks, and whose label never changes, gets nothing to bring back", async () => {
  const looking = desk();
  looking.work.sheet.look = { heldBy: "bob", reason: null };
  await toggleHistory(looking.parts);
  assert.equal(looking.seen.opened.ways.mayRestore, false);
  const kept = desk({ answer: { entries: [], stays: "It came labelled for validation." } });
  await toggleHistory(kept.parts);
  assert.equal(kept.seen.opened.ways.mayRestore, false);
});

test("a refusal is told in the server's words", async () => {
  const { parts, seen } = desk({ answer: new ApiError("refused", "person 1 belongs to validation.") });
  await toggleHistory(parts);
  assert.deepEqual(seen.told, ["person 1 belongs to validation."]);
});

test("somebody added here and not saved yet has none", async () => {
  const { parts, seen } = desk({ people: [person("drawn")] });
  await toggleHistory(parts);
  assert.equal(seen.asked.length, 0);
  assert.match(seen.explained[0], /does not know this person yet/);
});

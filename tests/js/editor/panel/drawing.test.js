import assert from "node:assert/strict";
import { test } from "node:test";

import { openDesk } from "../../../../static/editor/desk/opening.js";
import { Drawing } from "../../../../static/editor/panel/drawing.js";
import { hasGhosts } from "../../../../static/editor/panel/looks.js";
import { person, task } from "../../tasks.js";

function drawing(known = {}) {
  const kept = new Map();
  const storage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, text) => kept.set(key, text) };
  const said = [];
  let painted = 0;
  const host = {
    changed: () => {}, paint: () => (painted += 1), person: () => openDesk(task(person(1, known))).persons[0], say: (text) => said.push(text),
  };
  return { drawing: new Drawing(() => storage, host), again: () => new Drawing(() => storage, host), said, painted: () => painted };
}

test("all ghosts off and on again are those that were on before", () => {
  const { drawing: one, said } = drawing();
  one.toggleGhost("B");
  const before = one.looks.ghosts;
  one.toggleGhosts();
  assert.ok(!hasGhosts(one.looks));
  one.toggleGhosts();
  assert.deepEqual(one.looks.ghosts, before);
  assert.equal(said.at(-1), "Ghosts shown.");
});

test("a ghost put on says where there is none of this person", () => {
  const { drawing: one, said } = drawing({ ghosts: { A: person(1).start.xyv } });
  const isOn = one.looks.ghosts.B;
  if (isOn) one.toggleGhost("B");
  one.toggleGhost("B");
  assert.match(said.at(-1), /none of this person/);
});

test("what is switched is so at the next visit; what a key hides is not", () => {
  const { drawing: one, again, painted } = drawing();
  one.toggleLoupe();
  one.hide(true);
  one.hide(true);
  assert.equal(painted(), 1);
  assert.deepEqual([again().looks.loupe, again().isHidden], [one.looks.loupe, false]);
});

test("a pose laid beside somebody is theirs alone", () => {
  const { drawing: one, painted } = drawing();
  const beside = { imageId: 5, key: 1, xyv: person(1).start.xyv, letter: "2" };
  one.lay(beside);
  const of = (key, conflict = null) => ({ key, conflict });
  assert.deepEqual([one.besideOf(5, of(1)), one.besideOf(5, of(2)), one.besideOf(6, of(1)), one.besideOf(5, null)], [beside, null, null, null]);
  one.lay(null);
  assert.deepEqual([one.besideOf(5, of(1)), painted()], [null, 2]);
  const theirs = { by: "bea", xyv: beside.xyv };
  assert.deepEqual(one.besideOf(5, of(1, { theirs })), { xyv: beside.xyv, letter: "T" });
});

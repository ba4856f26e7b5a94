import assert from "node:assert/strict";
import test from "node:test";

import { Looking, isViewing, lookOf } from "../../../../static/editor/images/looking.js";
import { BINDINGS } from "../../../../static/editor/input/keys.js";
import { FREE } from "../../../../static/editor/words.js";

const settled = () => new Promise((done) => setTimeout(done));

/** Looking, with a clock that ticks when told, and a server that answers what it is told. */
function looking(answers) {
  const shown = [];
  const asked = [];
  let tick = null;
  const clock = { setInterval: (act) => ((tick = act), 7), clearInterval: (id) => id === 7 && (tick = null) };
  const get = async (path) => {
    asked.push(path);
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const part = new Looking({ get }, { show: (banner) => shown.push(banner), hide: () => shown.push(null) }, clock);
  return { part, shown, asked, tick: async () => { tick?.(); await settled(); }, isAsking: () => tick !== null };
}

test("a task that is ours is no look; one that somebody holds, or that is kept for validation, is", () => {
  assert.equal(lookOf({}), null);
  assert.equal(lookOf({ held_by: null, read_only: null }), null);
  assert.deepEqual(lookOf({ held_by: "ann" }), { heldBy: "ann", reason: null });
  assert.deepEqual(lookOf({ held_by: null, read_only: "never" }), { heldBy: null, reason: "never" });
});

test("the holder is named, and the banner offers the image once it is free", async () => {
  const { part, shown, asked, tick } = looking([{ held_by: "bob" }, new Error("away"), { held_by: null, read_only: FREE }]);
  part.begin(4, { heldBy: "ann", reason: null });
  await tick();
  await tick();
  await tick();
  assert.deepEqual(shown.map(({ text, isFree }) => [/^(ann|bob) works on this image now/.exec(text)?.[1] ?? "", isFree]),
    [["ann", false], ["bob", false], ["", true]]);
  assert.deepEqual(new Set(asked), new Set(["/api/images/4/task?look=1"]), "asked without taking it");
});

test("an answer about an image that was left says nothing", async () => {
  const { part, shown, tick, isAsking } = looking([{ held_by: null }]);
  part.begin(4, { heldBy: "ann", reason: null });
  const asking = tick();
  part.begin(5, null);
  await asking;
  assert.deepEqual(shown.map((one) => one?.isFree ?? null), [false, null]);
  assert.equal(isAsking(), false);
});

test("a validation image is told as such, is never asked about and cannot be had", () => {
  const { part, shown, isAsking } = looking([]);
  part.begin(4, { heldBy: null, reason: "A validation image." });
  assert.deepEqual(shown, [{ text: "A validation image.", isFree: false, canBeHad: false }]);
  assert.equal(isAsking(), false);
});

test("what changes something cannot be done while one looks; the view can be moved", () => {
  const commands = BINDINGS.map(({ command }) => command);
  const changing = commands.filter((command) => !isViewing(command));
  for (const command of ["accept", "skip", "undo", "redo", "finish", "reopen", "visible", "absent", "nudge-left", "mirror", "add-person", "clear-all", "accept-image"]) {
    assert.ok(changing.includes(command), command);
  }
  for (const command of ["zoom-in", "upright", "loupe", "flag-next", "person-next", "cancel"]) assert.ok(isViewing(command), command);
});

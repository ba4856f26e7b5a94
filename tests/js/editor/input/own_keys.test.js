import assert from "node:assert/strict";
import { test } from "node:test";

import { assign, cleared, effective, FIXED, isWhole, readOwn, reset, whyNot } from "../../../../static/editor/input/own_keys.js";
import { BINDINGS, commandFor, keyFor } from "../../../../static/editor/input/keys.js";

const press = (key, held = {}) => ({ key, code: "", shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...held });
const keysOf = (own, command) => effective(BINDINGS, own).find((binding) => binding.command === command).keys;

test("an own key stands for its command and for no other", () => {
  const { own, takenFrom } = assign(BINDINGS, {}, "skip", "X");
  assert.equal(takenFrom, "not-a-person");
  const table = effective(BINDINGS, own);
  assert.equal(commandFor(press("x"), table), "skip");
  assert.equal(commandFor(press("s"), table), null);
  assert.deepEqual(keysOf(own, "not-a-person"), []);
  assert.equal(keyFor("skip", table), "X");
});

test("a key taken from an own one is gone there", () => {
  const first = assign(BINDINGS, {}, "skip", "Q").own;
  const { own, takenFrom } = assign(BINDINGS, first, "finish", "Q");
  assert.equal(takenFrom, "skip");
  assert.deepEqual([keysOf(own, "skip"), keysOf(own, "finish")], [[], ["Q"]]);
});

test("a key given where it is already takes it from nobody", () => {
  assert.deepEqual(assign(BINDINGS, {}, "skip", "S"), { own: {}, takenFrom: null });
});

test("of two keys, the one that somebody took is gone and the other stays", () => {
  const { own } = assign(BINDINGS, {}, "skip", "]");
  assert.deepEqual(keysOf(own, "keypoint-next"), ["N"]);
});

test("a command reset has the keys it came with; who had its last key from it has its own first keys again", () => {
  const { own } = assign(BINDINGS, cleared(BINDINGS, {}, "not-a-person"), "skip", "X");
  assert.deepEqual(reset(BINDINGS, own, "not-a-person"), { own: {}, takenFrom: ["skip"], keptBy: [] });
});

test("a reset takes a key from who has others, and says so", () => {
  const { own, takenFrom } = reset(BINDINGS, { skip: ["X", "Q"] }, "not-a-person");
  assert.deepEqual([own, takenFrom], [{ skip: ["Q"] }, ["skip"]]);
});

test("a reset leaves a key with whoever would have none without it", () => {
  const own = { skip: ["X"], finish: ["S"], upright: [] };
  const back = reset(BINDINGS, own, "not-a-person");
  assert.deepEqual(back, { own, takenFrom: [], keptBy: ["skip"] });
  assert.deepEqual([keysOf(back.own, "skip"), keysOf(back.own, "not-a-person")], [["X"], []]);
  assert.deepEqual(reset(BINDINGS, { skip: ["]"], finish: ["S"] }, "keypoint-next").keptBy, ["skip"]);
});

test("a reset takes no command's last key, however two have exchanged theirs", () => {
  const commands = BINDINGS.map(({ command }) => command).filter((command) => !FIXED.includes(command));
  for (const [i, command] of commands.entries()) {
    const other = commands[(i + 7) % commands.length];
    const [key, others] = [keysOf({}, command)[0], keysOf({}, other)[0]];
    const own = { [other]: [key], [command]: [others] };
    const back = reset(BINDINGS, own, command);
    assert.deepEqual(back, { own: {}, takenFrom: [other], keptBy: [] });
  }
});

test("Tab goes to the flags alone: it is the way in and out of the image", () => {
  for (const chord of ["Tab", "Shift+Tab"]) {
    assert.match(whyNot(BINDINGS, "accept-image", chord), /in and out of the image/);
    assert.match(whyNot(BINDINGS, "skip", chord), /in and out of the image/);
    for (const command of ["flag-next", "flag-previous"]) assert.equal(whyNot(BINDINGS, command, chord), null);
  }
  assert.deepEqual(readOwn(BINDINGS, JSON.stringify({ skip: ["Tab"], "flag-next": ["Q"] })), { "flag-next": ["Q"] });
});

test("Escape, Enter and ? stay where they are", () => {
  assert.deepEqual(FIXED.flatMap((command) => keysOf({}, command)), ["Escape", "Enter", "?"]);
  for (const chord of ["Escape", "Enter", "?"]) assert.match(whyNot(BINDINGS, "skip", chord), /stays with/);
  assert.match(whyNot(BINDINGS, "accept", "Q"), /stays as it is/);
  assert.match(whyNot(BINDINGS, "skip", "Mod+W"), /browser/);
  assert.equal(whyNot(BINDINGS, "skip", "Q"), null);
});

test("stored keys come back; what is unknown, doubled or fixed is left out", () => {
  const { own } = assign(BINDINGS, cleared(BINDINGS, {}, "finish"), "skip", "Q");
  assert.deepEqual(readOwn(BINDINGS, JSON.stringify(own)), own);
  const odd = { skip: ["Q", 7, "Enter"], finish: ["Q"], gone: ["I"], accept: ["I"], hide: "I" };
  assert.deepEqual(readOwn(BINDINGS, JSON.stringify(odd)), { skip: ["Q"] });
  for (const text of [null, "", "no JSON", "null", "[1]"]) assert.deepEqual(readOwn(BINDINGS, text), {});
});

test("a modifier held is not yet a key", () => {
  assert.equal(isWhole(press("Shift")), false);
  assert.equal(isWhole(press("q")), true);
});

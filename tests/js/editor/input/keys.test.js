import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { assign, cleared, effective, FIXED, isWhole, readOwn, reset, whyNot } from "../../../../static/editor/input/own_keys.js";
import { BINDINGS, chordOf, commandFor, inSentence, keyFor, readable, withKeys } from "../../../../static/editor/input/keys.js";
import * as words from "../../../../static/editor/words.js";

const press = (key, held = {}) => ({ key, code: "", shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...held });
const keysOf = (own, command) => effective(BINDINGS, own).find((binding) => binding.command === command).keys;

test("no key stands for two commands, and every command is named once", () => {
  const keys = BINDINGS.flatMap((binding) => binding.keys);
  assert.deepEqual(keys.filter((key, i) => keys.indexOf(key) !== i), []);
  const commands = BINDINGS.map((binding) => binding.command);
  assert.equal(new Set(commands).size, commands.length);
});

test("a key of another script counts by its place, and Alt with a digit too", () => {
  assert.equal(chordOf(press("ц", { code: "KeyW" })), "W");
  assert.equal(commandFor(press("¡", { code: "Digit1", altKey: true })), "ghost-A");
  assert.equal(commandFor(press("Enter", { shiftKey: true })), "accept-image");
});

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

test("a key is written as a person reads it", () => {
  assert.deepEqual(["Mod+Shift+Z", "Mod++", " ", "Alt+ArrowUp"].map(readable), ["Ctrl Shift Z", "Ctrl +", "Space", "Alt ↑"]);
});

test("a text names the key that holds now, and leaves other braces alone", () => {
  const { own } = assign(BINDINGS, {}, "skip", "X");
  const text = "{skip} skips, {not-a-person} does not, {who} knows";
  assert.equal(withKeys(text, effective(BINDINGS, own)), "X skips, (no key) does not, {who} knows");
  assert.equal(withKeys("press {box-edit}"), "press Shift B");
});

test("a key that is punctuation stands in quotes inside a sentence", () => {
  assert.equal(withKeys("{turn-left} and {turn-right} turn"), "“,” and “.” turn");
  assert.deepEqual([",", "Alt+,", "Mod++", "+", "Q", "Alt+1", "ArrowUp", " "].map(inSentence),
    ["“,”", "Alt “,”", "Ctrl “+”", "“+”", "Q", "Alt 1", "↑", "Space"]);
});

test("texts say arrows while they move and size as they come, else the keys that do", () => {
  const told = (text, own) => withKeys(text, effective(BINDINGS, own));
  const own = assign(BINDINGS, assign(BINDINGS, {}, "nudge-left", "Q").own, "size-down", "I").own;
  const text = "{nudge} move, {size} size";
  assert.equal(told(text, {}), "arrows move, Alt and arrows size");
  assert.equal(told(text, own), "Q, →, ↑, ↓ move, Alt ←, Alt →, Alt ↑, I size");
  const none = Object.fromEntries(["left", "right", "up", "down"].map((way) => [`nudge-${way}`, []]));
  assert.equal(told("{nudge} move", none), "(no key) move");
});

test("the tools and the image name the keys that hold", () => {
  const own = { "nudge-up": ["I"], "size-up": ["'"], "flag-next": ["Q"], "turn-left": [";"] };
  const told = (text, keys) => withKeys(text, effective(BINDINGS, keys));
  const [box, pose] = ["edit-box", "pose"].map((tool) => words.toolInWords(tool, { byTouch: false }));
  assert.match(told(box, {}), /arrows move, Alt and arrows size, “,” and “\.” turn/);
  assert.match(told(box, own), /←, →, I, ↓ move, Alt ←, Alt →, “'”, Alt ↓ size, “;” and “\.” turn/);
  assert.match(told(pose, {}), /arrows move, Alt ↑ and Alt ↓ scale/);
  assert.match(told(pose, own), /←, →, I, ↓ move, “'” and Alt ↓ scale/);
  assert.equal(told(words.IMAGE, {}), "Image. Tab walks the flags, arrows move the keypoint, question mark shows all keys; after Escape, Tab leaves.");
  assert.match(told(words.IMAGE, own), /^Image\. Q walks the flags, ←, →, I, ↓ move the keypoint/);
});

test("a modifier held is not yet a key", () => {
  assert.equal(isWhole(press("Shift")), false);
  assert.equal(isWhole(press("q")), true);
});

test("the guide names every key as it comes with the editor", async () => {
  const guide = await readFile(new URL("../../../../docs/editor.md", import.meta.url), "utf8");
  const keys = guide.slice(guide.indexOf("## Keys"), guide.indexOf("## Beside"));
  const named = keys.replaceAll("`", " ").replaceAll("arrows", "← → ↑ ↓");
  for (const { command, keys: chords } of BINDINGS) {
    const first = readable(chords[0]).split(" ").at(-1);
    assert.ok(named.includes(` ${first} `) || named.includes(` ${first},`), `${command}: ${chords[0]} is not in docs/editor.md`);
  }
});

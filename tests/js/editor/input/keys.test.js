import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { assign, effective } from "../../../../static/editor/input/own_keys.js";
import { BINDINGS, chordOf, commandFor, inSentence, readable, withKeys } from "../../../../static/editor/input/keys.js";
import * as words from "../../../../static/editor/words.js";

const press = (key, held = {}) => ({ key, code: "", shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...held });

test("no key stands for two commands, and every command is named once", () => {
  const keys = BINDINGS.flatMap((binding) => binding.keys);
  assert.deepEqual(keys.filter((key, i) => keys.indexOf(key) !== i), []);
  const commands = BINDINGS.map((binding) => binding.command);
  assert.equal(new Set(commands).size, commands.length);
});

test("each key stands for one command", () => {
  const commandOf = (key, more = {}) => commandFor(press(key, more));
  assert.equal(commandOf("z"), "undo");
  assert.equal(commandOf("Z", { shiftKey: true }), "redo");
  assert.equal(commandOf("y", { ctrlKey: true }), "redo");
  assert.equal(commandOf("z", { metaKey: true }), "undo");
  assert.equal(commandOf("Tab", { shiftKey: true }), "flag-previous");
  assert.equal(commandOf("ArrowLeft", { shiftKey: true }), "nudge-left-far");
  assert.equal(commandOf("?", { shiftKey: true }), "help");
  assert.equal(commandOf("+", { shiftKey: true }), "zoom-in");
  assert.equal(commandOf("я", { code: "KeyZ" }), "undo", "the key's place counts where its letter is not Latin");
  assert.equal(commandOf("é", { code: "Digit2" }), "visible");
  assert.equal(commandOf("s", { ctrlKey: true }), null, "the browser's own keys stay its own");
});

test("a key of another script counts by its place, and Alt with a digit too", () => {
  assert.equal(chordOf(press("ц", { code: "KeyW" })), "W");
  assert.equal(commandFor(press("¡", { code: "Digit1", altKey: true })), "ghost-A");
  assert.equal(commandFor(press("Enter", { shiftKey: true })), "accept-image");
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

test("the guide names every key as it comes with the editor", async () => {
  const guide = await readFile(new URL("../../../../docs/editor.md", import.meta.url), "utf8");
  const keys = guide.slice(guide.indexOf("## Keys"), guide.indexOf("## Beside"));
  const named = keys.replaceAll("`", " ").replaceAll("arrows", "← → ↑ ↓");
  for (const { command, keys: chords } of BINDINGS) {
    const first = readable(chords[0]).split(" ").at(-1);
    assert.ok(named.includes(` ${first} `) || named.includes(` ${first},`), `${command}: ${chords[0]} is not in docs/editor.md`);
  }
});

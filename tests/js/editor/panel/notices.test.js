import assert from "node:assert/strict";
import { test } from "node:test";

import { BINDINGS } from "../../../../static/editor/input/keys.js";
import { Notices } from "../../../../static/editor/panel/notices.js";

/** As much of an element as notices touch. */
const element = () => ({ hidden: true, textContent: "", dataset: {}, toggleAttribute: () => {} });

function voice() {
  const refs = new Proxy({}, { get: (all, name) => (all[name] ??= element()) });
  const closed = [];
  const notices = new Notices(refs, { keys: () => BINDINGS, closed: () => closed.push(true) });
  notices.card(null);
  return { notices, refs, closed, shown: () => (refs.notice.hidden ? null : refs.noticeText.textContent) };
}

test("a note hides a problem for as long as it shows", () => {
  const { notices, shown } = voice();
  notices.tell("It was not saved.");
  notices.explain("This camera is no fisheye.");
  assert.equal(shown(), "This camera is no fisheye.");
  notices.dropNote();
  assert.equal(shown(), "It was not saved.");
  notices.dropNote();
  assert.equal(shown(), "It was not saved.", "a change takes notes away, and nothing else");
});

test("what is closed by hand is gone, and the editor hears of it", () => {
  const { notices, refs, shown, closed } = voice();
  notices.tell("It was not saved.");
  refs.noticeButton.onclick();
  assert.equal(shown(), null);
  assert.equal(closed.length, 1);
});

test("what goes wrong before there is an image is said over the first one", () => {
  const { notices, shown } = voice();
  notices.card({ title: "Opening the queue…", busy: true });
  notices.tellLater("One.");
  notices.tellLater("Two.");
  assert.equal(shown(), null);
  notices.card(null);
  notices.tellUntold();
  assert.equal(shown(), "One. Two.");
  notices.tellLater("Three.");
  assert.equal(shown(), "Three.");
});

test("two problems are said together", () => {
  const { notices, shown } = voice();
  notices.tell("It was not saved.");
  notices.tellToo("Another tab has it.");
  assert.equal(shown(), "It was not saved. Another tab has it.");
});

test("a text names the key that holds, and the same text said again is heard again", () => {
  const { notices, refs } = voice();
  notices.say("{undo} takes it back.");
  const first = refs.live.textContent;
  assert.equal(first, "Z takes it back.");
  notices.say("{undo} takes it back.");
  assert.notEqual(refs.live.textContent, first);
});

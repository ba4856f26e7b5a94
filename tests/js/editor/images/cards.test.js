import assert from "node:assert/strict";
import { test } from "node:test";

import { cannotOpenCard, emptyCard, failedCard } from "../../../../static/editor/images/cards.js";

const nothing = () => {};
const WAYS = { again: nothing, reload: nothing };

test("an empty queue says so in the server's words, else in ours, and names the last images", () => {
  assert.equal(emptyCard("All is leased.", null, nothing).text, "All is leased.");
  const card = emptyCard("", null, nothing);
  assert.equal(card.title, "Nothing left to do");
  assert.match(card.text, /done or with somebody else/);
  assert.match(card.also, /\{recent\}/);
});

test("where nobody has worked yet it says what to do first, and names no last images", () => {
  const step = { code: "no_images", title: "Bring images in", text: "Run this.", command: "import frames/" };
  const { title, text, command, also } = emptyCard("", step, nothing);
  assert.deepEqual([title, text, command, also], ["Bring images in", "Run this.", "import frames/", ""]);
});

test("what failed says what to do about it", () => {
  assert.equal(failedCard({ kind: "signed-out", message: "" }, WAYS).link, "/login");
  assert.equal(failedCard({ kind: "another-project", message: "Another one." }, WAYS).button, "Reload the page");
  assert.deepEqual(failedCard({ kind: "offline", message: "No answer." }, WAYS), {
    title: "The next image could not be loaded", text: "No answer.", button: "Try again", act: nothing,
  });
  assert.equal(cannotOpenCard("It is gone.", nothing).text, "It is gone.");
});

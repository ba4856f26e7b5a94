import assert from "node:assert/strict";
import { test } from "node:test";

import { correctedInWords, lastTold, tellCorrected } from "../../../../static/editor/images/corrected.js";

const one = (id, known = {}) => ({ id, image_id: 10 + id, reviewer: "rita", comment: "", corrected: 2, ...known });

function telling(reviews, { isShown = false } = {}) {
  const kept = new Map();
  const storage = () => ({ getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) });
  const [shown, too, seen] = [[], [], []];
  const notices = { isShown, show: (notice) => shown.push(notice), tellToo: (text) => too.push(text), close: () => {} };
  const tell = () => tellCorrected({ api: { get: async () => ({ reviews }) }, notices, told: lastTold(storage) }, (id) => seen.push(id));
  return { tell, shown, too, seen };
}

test("what was corrected is told once, with the way to the newest", async () => {
  const { tell, shown, seen } = telling([one(9), one(8, { corrected: null }), one(7)]);
  await tell();
  await tell();
  assert.deepEqual(shown.map(({ text }) => text), ["rita corrected 2 persons of yours."]);
  shown[0].actOther();
  assert.deepEqual(seen, [19]);
});

test("beside what is said already it is told too", async () => {
  const { tell, too } = telling([one(1, { comment: "knee" })], { isShown: true });
  await tell();
  assert.deepEqual(too, ["rita corrected a person of yours: knee"]);
});

test("of several reviewers none is named, and nothing new is nothing", async () => {
  assert.equal(correctedInWords([one(2), one(1, { reviewer: "ron" })]), "Reviewers corrected 2 persons of yours.");
  const { tell, shown } = telling([one(1, { corrected: null })]);
  await tell();
  assert.deepEqual(shown, []);
});

test("a server that does not answer keeps nobody from working", async () => {
  const notices = { isShown: false, show: () => assert.fail() };
  await tellCorrected({ api: { get: async () => { throw new Error("away"); } }, notices, told: lastTold(() => { throw new Error(); }) }, () => {});
});

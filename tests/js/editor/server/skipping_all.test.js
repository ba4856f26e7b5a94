import assert from "node:assert/strict";
import { test } from "node:test";

import { offerSkippingAll } from "../../../../static/editor/server/skipping_all.js";

const FOUND = {
  words: "10 people are too small.", confirm: "10 people are skipped.", people: 10, small: 10, dark: 0, images: 4, held: 0, skipped: 0,
  skip: "Skip them all", take_back: null, done: "",
};
const DONE = { ...FOUND, people: 0, skipped: 10, take_back: "Take back all 10", done: "10 people skipped; 4 images left the queue." };

/** A lead who pressed for it. @param {() => Promise<any>} answer to the question @param {(body: any) => Promise<any>} [post] */
function asking(answer, post = async () => DONE) {
  const [menus, told, shown, sent] = [[], [], [], []];
  let isShown = true;
  const panel = {
    refs: { stage: { focus: () => {} }, skip: null },
    menu: {
      open: (title, items) => {
        menus.push({ title, items });
        return () => isShown;
      },
      close: () => (isShown = false),
    },
  };
  const notices = { show: (notice) => shown.push(notice), tell: (text) => told.push(text), say: () => {}, close: () => shown.push(null) };
  const api = { get: answer, post: (path, body) => (sent.push([path, body]), post(body)) };
  return { offer: () => offerSkippingAll({ api, panel, notices }), menus, told, shown, sent, goOn: () => (isShown = false), pick: (i) => menus.at(-1).items[i].act() };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

test("nobody is skipped before it is said how many they are, and Enter alone skips nobody", async () => {
  const here = asking(async () => FOUND);
  await here.offer();
  assert.equal(here.menus.at(-1).title, "10 people are skipped.");
  assert.deepEqual(here.menus.at(-1).items.map(({ text }) => text), ["Leave them", "Skip 10 people"]);
  here.pick(0);
  assert.deepEqual(here.sent, []);
});

test("what was done is said with its way back", async () => {
  const here = asking(async () => FOUND, async ({ do: what }) => (what === "skip" ? DONE : { ...FOUND, done: "10 people to be labelled again." }));
  await here.offer();
  here.pick(1);
  await settled();
  const [news] = here.shown;
  assert.deepEqual([news.text, news.other], [DONE.done, "Take back all 10"]);
  news.actOther();
  await settled();
  assert.deepEqual(here.sent, [["/api/unlabelable", { do: "skip" }], ["/api/unlabelable", { do: "take back" }]]);
  assert.deepEqual([here.shown.at(-1).text, here.shown.at(-1).other], ["10 people to be labelled again.", undefined]);
});

test("who was skipped before can be taken back where nobody is left to skip", async () => {
  const here = asking(async () => ({ ...DONE, words: "Nobody who waits is too small." }));
  await here.offer();
  assert.equal(here.menus.at(-1).title, "Nobody who waits is too small.");
  assert.deepEqual(here.menus.at(-1).items.map(({ text }) => text), ["Leave them", "Take back the 10 skipped so before"]);
});

test("those in open images are told to stay", async () => {
  const here = asking(async () => ({ ...FOUND, held: 2 }));
  await here.offer();
  assert.match(here.menus.at(-1).title, /2 more are in images that somebody has open, as you have this one, and stay as they are\.$/);
});

test("no question comes up under the hand of whoever went on meanwhile", async () => {
  const here = asking(async () => {
    here.goOn();
    return FOUND;
  });
  await here.offer();
  assert.equal(here.menus.length, 1, "only that somebody looks");
});

test("a server that does not answer, or refuses, is told", async () => {
  const away = asking(async () => {
    throw new Error("No answer.");
  });
  await away.offer();
  assert.deepEqual(away.told, ["Nobody was skipped or taken back: No answer."]);
  const refused = asking(async () => FOUND, async () => {
    throw new Error("For leads alone.");
  });
  await refused.offer();
  refused.pick(1);
  await settled();
  assert.deepEqual(refused.told, ["Nobody was skipped or taken back: For leads alone."]);
});

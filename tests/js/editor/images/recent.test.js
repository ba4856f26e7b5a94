import assert from "node:assert/strict";
import { test } from "node:test";

import { offerRecent } from "../../../../static/editor/images/recent.js";

function offering(answer) {
  const work = { sheet: {} };
  const menus = [];
  const explained = [];
  const [opened, failed] = [[], []];
  const panel = {
    refs: { help: { open: false }, stage: { focus: () => {} } }, notices: { explain: (text) => explained.push(text) },
    menu: { open: (title, items) => menus.push(items) },
  };
  const api = { get: answer };
  const offer = () => offerRecent({ api, work, panel }, { open: (id) => opened.push(id), failed: (error) => failed.push(error.message) });
  return { offer, work, menus, explained, opened, failed };
}

const IMAGE = { id: 7, file_name: "a.jpg", camera: "hall", is_open: false, decided_at: new Date().toISOString() };

test("the last images are offered, and the one chosen is opened", async () => {
  const { offer, menus, opened } = offering(async () => ({ images: [IMAGE] }));
  await offer();
  const [[item]] = menus;
  assert.deepEqual([item.text, item.detail], ["a.jpg", "hall · done · just now"]);
  item.act();
  assert.deepEqual(opened, [7]);
});

test("nothing is offered to whoever went on meanwhile", async () => {
  const here = offering(async () => {
    here.work.sheet = {};
    return { images: [IMAGE] };
  });
  await here.offer();
  assert.deepEqual(here.menus, []);
});

test("whoever has decided nothing yet hears so, and so does whoever gets no answer", async () => {
  const none = offering(async () => ({ images: [] }));
  await none.offer();
  assert.match(none.explained[0], /not decided about anybody yet/);
  const away = offering(async () => {
    throw new Error("No answer.");
  });
  await away.offer();
  assert.deepEqual(away.failed, ["No answer."]);
});

import assert from "node:assert/strict";
import { test } from "node:test";

import { Tabs } from "../../../../static/editor/server/tabs.js";

/** A browser's locks, as far as two tabs need them. */
function locks() {
  const held = new Set();
  return {
    held,
    async request(name, { ifAvailable }, work) {
      assert.ok(ifAvailable, "a tab never waits for another one");
      if (held.has(name)) return work(null);
      held.add(name);
      await work({ name });
      held.delete(name);
    },
  };
}

const settled = () => new Promise((done) => setTimeout(done));

test("what one tab has the other one has not, until the first takes something else", async () => {
  const browser = locks();
  const [one, two] = [new Tabs(browser), new Tabs(browser)];
  assert.deepEqual([await one.take("image 1"), await two.take("image 1")], [true, false]);
  assert.equal(await one.take("image 1"), true, "its own once more");
  assert.equal(await one.take("image 2"), true);
  await settled();
  assert.deepEqual([...browser.held], ["image 2"]);
  assert.equal(await two.take("image 3"), true);
  one.drop();
  await settled();
  assert.equal(await two.take("image 2"), true);
});

test("a tab that got it not is told so again, as long as the other one has it", async () => {
  const browser = locks();
  const [one, two] = [new Tabs(browser), new Tabs(browser)];
  await one.take("image 1");
  assert.deepEqual([await two.take("image 1"), await two.take("image 1")], [false, false]);
  one.drop();
  await settled();
  assert.equal(await two.take("image 1"), true);
});

test("an answer that comes late says nothing about what was asked for since", async () => {
  const answers = [];
  const slow = { request: (name, _, work) => new Promise((resolve) => answers.push((lock) => resolve(work(lock)))) };
  const tab = new Tabs(slow);
  const [first, second] = [tab.take("image 1"), tab.take("image 2")];
  answers[1]({});
  answers[0](null);
  assert.deepEqual([await first, await second], [false, true]);
  assert.equal(await tab.take("image 2"), true, "it has that one, and asks no more");
  assert.equal(answers.length, 2);
});

test("a tab that got it not may ask again after letting go", async () => {
  const browser = locks();
  const [one, two] = [new Tabs(browser), new Tabs(browser)];
  await one.take("image 1");
  assert.equal(await two.take("image 1"), false);
  one.drop();
  two.drop();
  await settled();
  assert.equal(await two.take("image 1"), true);
});

test("a browser without locks, or one that forbids them, keeps nobody from work", async () => {
  assert.equal(await new Tabs(null).take("image 1"), true);
  const forbidden = { request: async () => { throw new DOMException("not here", "SecurityError"); } };
  assert.equal(await new Tabs(forbidden).take("image 1"), true);
});

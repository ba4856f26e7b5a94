import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { test } from "node:test";

import { ApiError } from "../../../../static/shared/api.js";
import { Conveyor } from "../../../../static/editor/images/conveyor.js";
import { person, task } from "../../tasks.js";

/** A queue of images with these many megapixels, ids from 1, and a conveyor before it. */
function queue(megapixels, { restore } = {}) {
  let waiting = megapixels.map((count, i) => ({ id: i + 1, width: count * 1000, height: 1000 }));
  const asked = [];
  const closed = [];
  const faults = [];
  const taskOf = (image) => ({ ...task(person(10 * image.id)), image: { ...task().image, ...image, url: `/img/${image.id}` } });
  const api = {
    next: async (exclude) => {
      asked.push(exclude);
      const image = waiting.find(({ id }) => !exclude.includes(id));
      return image ? taskOf(image) : { task: null, message: "Every image is done.", step: null };
    },
    get: async (path) => taskOf(waiting.find(({ id }) => path === `/api/images/${id}/task`)),
    picture: async (url) => {
      if (faults.length) throw faults.shift();
      decoded.push(url);
      return { close: () => closed.push(url) };
    },
  };
  const decoded = [];
  const desk = { id: null };
  const conveyor = new Conveyor({ api, held: () => (desk.id ? [desk.id] : []), restore });
  const lay = async () => {
    waiting = waiting.filter(({ id }) => id !== desk.id); // what was on the desk is done
    const { sheet } = await conveyor.take();
    desk.id = sheet?.desk.imageId ?? null;
    conveyor.prefetch();
    await setImmediate();
    return desk.id;
  };
  return { conveyor, asked, decoded, closed, faults, lay };
}

test("two images wait ahead, asked for one after the other and never the same twice", async () => {
  const { conveyor, asked, decoded, lay } = queue([1, 1, 1, 1, 1]);
  await lay();
  assert.deepEqual([asked, conveyor.imageIds], [[[], [1], [1, 2]], [2, 3]]);
  assert.equal(await lay(), 2);
  assert.deepEqual([asked.at(-1), conveyor.imageIds, decoded.length], [[2, 3], [3, 4], 4]);
});

test("the second image ahead is decoded only while both are not too big; it is when it comes first", async () => {
  const { conveyor, decoded, lay } = queue([10, 60, 41, 30]);
  await lay();
  assert.deepEqual([conveyor.imageIds, decoded, conveyor.isReady], [[2, 3], ["/img/1", "/img/2"], true]);
  await lay();
  assert.deepEqual([conveyor.imageIds, decoded.slice(2)], [[3, 4], ["/img/3", "/img/4"]]);
});

test("a big image taken before its picture came is decoded then, and is there again after a failure", async () => {
  const { conveyor, faults, decoded, lay } = queue([10, 60, 41]);
  await lay();
  await conveyor.take();
  faults.push(new ApiError("offline", "The image broke off on its way."));
  await assert.rejects(conveyor.take(), /broke off/);
  assert.deepEqual(conveyor.imageIds, [3]);
  const { sheet } = await conveyor.take();
  assert.deepEqual([sheet.desk.imageId, sheet.picture !== null, decoded.at(-1)], [3, true, "/img/3"]);
});

test("at the end of the queue it is asked again each time, and says so when taken", async () => {
  const { conveyor, lay } = queue([1, 1]);
  await lay();
  await lay();
  assert.deepEqual(conveyor.imageIds, []);
  assert.deepEqual(await conveyor.take(), { sheet: null, message: "Every image is done.", step: null });
});

test("images ahead whose hold was lost make room for others", async () => {
  const { conveyor, closed, lay } = queue([1, 1, 1, 1]);
  await lay();
  conveyor.forget([2]);
  await setImmediate();
  assert.deepEqual([closed, conveyor.imageIds], [["/img/2"], [3, 2]]);
});

test("an image asked for by its id is not delivered again from ahead", async () => {
  const { conveyor, asked, lay } = queue([1, 1, 1, 1]);
  await lay();
  const sheet = await conveyor.fetchImage(3);
  assert.deepEqual([sheet.desk.imageId, conveyor.imageIds, asked.length], [3, [2], 3]);
  const other = await conveyor.fetchImage(4);
  assert.ok(other.picture);
});

test("a draft is put on the desk as it arrives, and what could not be read is told with the image", async () => {
  const restore = async (desk) => ({ desk: { ...desk, keypoint: 4 }, restored: [{ person: 0 }], problem: "cannot keep" });
  const { conveyor } = queue([1], { restore });
  const { sheet } = await conveyor.take();
  assert.deepEqual([sheet.desk.keypoint, sheet.restored.length, sheet.problem], [4, 1, "cannot keep"]);
});

test("an image asked for twice at once is at hand once, whichever answer comes first", async () => {
  for (const order of [[0, 1], [1, 0]]) {
    const image = { ...task(person(10)), image: { ...task().image, id: 7, url: "/img/7" } };
    const answers = [];
    const closed = [];
    const api = {
      next: (held) => (held.includes(7) ? Promise.resolve({ task: null }) : new Promise((resolve) => answers.push(() => resolve(image)))),
      picture: async (url) => ({ close: () => closed.push(url) }),
    };
    const conveyor = new Conveyor({ api, held: () => [] });
    const taken = conveyor.take();
    await setImmediate();
    conveyor.prefetch(); // an image was brought back and painted meanwhile
    await setImmediate();
    for (const index of order) {
      answers[index]();
      await setImmediate();
    }
    conveyor.putBack((await taken).sheet);
    assert.deepEqual([conveyor.imageIds, closed], [[7], ["/img/7"]]);
  }
});

test("an image under way by its id is not dealt again meanwhile", async () => {
  const { conveyor, asked, lay } = queue([1, 1, 1, 1]);
  await lay();
  const sheet = conveyor.fetchImage(4);
  await conveyor.take();
  conveyor.forget([3]);
  assert.ok(await sheet);
  assert.ok(asked.at(-1).includes(4));
  assert.ok(!conveyor.imageIds.includes(4));
});

test("an image that could not be had by its id is dealt in its turn", async () => {
  const { conveyor, faults, lay } = queue([1, 1]);
  faults.push(new ApiError("offline", "gone"));
  await assert.rejects(conveyor.fetchImage(1), /gone/);
  assert.equal(await lay(), 1);
});

test("which images wait untouched is told apart from those with a draft and those laid aside", async () => {
  const restore = async (desk) => ({ desk, restored: desk.imageId === 2 ? [{ person: 0 }] : [], problem: null });
  const { conveyor, lay } = queue([1, 1, 1], { restore });
  const { sheet } = await conveyor.take();
  await lay();
  conveyor.putBack(sheet);
  assert.deepEqual([conveyor.aheadIds, conveyor.imageIds.includes(1)], [[3], true]);
  assert.equal(conveyor.sheetOf(1), sheet);
  assert.equal(conveyor.sheetOf(99), null);
});

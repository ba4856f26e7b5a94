import assert from "node:assert/strict";
import { setImmediate as aMoment } from "node:timers/promises";
import { afterEach, test } from "node:test";

import { movePoint } from "../../../../static/editor/desk/editing.js";
import { decide } from "../../../../static/editor/desk/deciding.js";
import { Arriving } from "../../../../static/editor/images/arriving.js";
import { LeftBehind } from "../../../../static/editor/images/left_behind.js";
import { ApiError } from "../../../../static/shared/api.js";
import { person, task } from "../../tasks.js";
import { atWork } from "../at_work.js";

const pages = [];

/** A page without an image yet; the server deals what is in `queue`. */
function page(search = "", known = {}) {
  Object.assign(globalThis, { location: { search, pathname: "/annotate/" }, history: { state: null, replaceState: () => (location.search = "") }, window: globalThis });
  const here = atWork(person(1));
  const { work, viewing } = here;
  work.sheet = null;
  const queue = [1, 2, 3].map((id) => ({ ...task(person(10 * id), person(10 * id + 1)), image: { ...task().image, id, file_name: `${id}.jpg` } }));
  const dealt = new Set();
  const noticed = [];
  const cards = [];
  const kept = [];
  const notices = {
    show: (notice) => noticed.push(notice?.text ?? null), explain: (text) => noticed.push(text), tell: (text) => noticed.push(text), tellToo: () => {},
    tellUntold: () => {}, problem: (text) => ({ text }), say: () => {}, banner: () => {}, card: (card) => cards.push(card), close: () => noticed.push(null),
  };
  const api = {
    session: async () => ({ user: { name: "ann" }, project: "p" }),
    next: async (held) => {
      const found = queue.find(({ image }) => !held.includes(image.id) && !dealt.has(image.id));
      dealt.add(found?.image.id);
      return found ?? { task: null, message: "All is done.", step: null };
    },
    get: async (path) => {
      const found = queue.find(({ image }) => path === `/api/images/${image.id}/task`);
      if (!found) throw new ApiError("refused", "There is no such image.");
      return found;
    },
    picture: async () => null, post: async () => ({ held: [] }), ...known,
  };
  const keeper = {
    open: async () => {}, openFor: async () => {}, keep: ({ desk }) => kept.push(desk.imageId), restore: async (desk) => ({ desk, restored: [], problem: null }),
    countLetters: async () => 0, owner: "ann",
  };
  const leftBehind = new LeftBehind();
  const images = new Arriving({ work, viewing, api, keeper, leftBehind, notices, refusals: { notLookedAt: () => null }, unsentIds: () => [] }, {
    phase: () => {}, laid: () => {}, refresh: () => {}, ahead: () => {}, letGo: () => {}, takeFocus: () => {},
  });
  pages.push(images);
  return { ...here, images, leftBehind, queue, noticed, cards, kept };
}

afterEach(() => {
  for (const images of pages.splice(0)) images.stop();
});

test("the page opens with the next image of the queue, at its worst person", async () => {
  const { images, work } = page();
  await images.open();
  assert.deepEqual([images.phase, work.imageId, work.person.id], ["ready", 1, 10]);
});

test("an address opens its image, at its person", async () => {
  const { images, work } = page("?image=2&person=21");
  await images.open();
  assert.deepEqual([work.imageId, work.person.id], [2, 21]);
});

test("an address without an image here says so, and goes on with the queue", async () => {
  const { images, work, cards } = page("?image=9");
  await images.open();
  assert.deepEqual([images.phase, cards.at(-1).text], ["error", "There is no such image."]);
  cards.at(-1).act();
  await aMoment();
  assert.equal(work.imageId, 1);
});

test("the next image comes, and the one before is within reach of undo", async () => {
  const { images, work, leftBehind, kept } = page();
  await images.open();
  await images.next("Two persons accepted.");
  assert.equal(work.imageId, 2);
  assert.deepEqual(leftBehind.desks.map(({ imageId }) => imageId), [1]);
  assert.ok(kept.includes(1));
});

test("what is said of an image left is said over the next one, once", async () => {
  const { images, noticed } = page();
  await images.open();
  await images.next("Two persons accepted.");
  await images.next("");
  assert.equal(noticed.filter((text) => text === "Two persons accepted.").length, 1);
});

test("an image opened by its id goes first, and the one before is next", async () => {
  const { images, work } = page();
  await images.open();
  work.change(movePoint(work.desk, { x: 5, y: 5 }));
  await images.openImage(3);
  assert.equal(work.imageId, 3);
  await images.next("");
  assert.equal(work.imageId, 1);
  assert.deepEqual(work.person.pose.xyv[0], [5, 5, 2], "as it was left");
});

test("an image that comes back begins at somebody who is still open", async () => {
  const { images, work } = page();
  await images.open();
  work.change(decide(work.desk, 0, { state: "accepted", reason: null })); // as a draft of that moment keeps it
  assert.equal(work.person.id, 10);
  await images.openImage(3);
  await images.next("");
  assert.deepEqual([work.imageId, work.person.id], [1, 11]);
});

test("who was sent back is known with each image that comes, and the first is opened, fresh, even of an image just left", async () => {
  const { images, work, queue, leftBehind } = page();
  await images.open();
  assert.deepEqual(images.sentBack, []);
  for (const index of [0, 1]) work.change(decide(work.desk, index, { state: "accepted", reason: null }));
  queue[1].sent_back = [{ image_id: 1, person_id: 11 }, { image_id: 3, person_id: 30 }];
  await images.next("");
  assert.deepEqual(images.sentBack.map((one) => one.person_id), [11, 30]);
  assert.ok(leftBehind.find(1));
  images.openSentBack();
  await aMoment();
  await aMoment();
  assert.deepEqual([work.imageId, work.person.id, work.person.state], [1, 11, "open"], "as the server has them now");
  work.change(decide(work.desk, 1, { state: "accepted", reason: null }));
  assert.deepEqual(images.sentBack.map((one) => one.person_id), [30]);
});

test("with nobody sent back that is said", async () => {
  const { images, noticed } = page();
  await images.open();
  images.openSentBack();
  assert.equal(noticed.at(-1), "Nobody of yours is sent back just now.");
});

test("an image counts as done once, when its last person is decided", async () => {
  const { images, work } = page();
  await images.open();
  const before = images.toDo;
  for (const index of [0, 1]) work.change(decide(work.desk, index, { state: "accepted", reason: null }));
  work.sheet.waiting = 2; // the server has not heard of it when it is asked for the next one
  await images.next("");
  assert.equal(images.toDo, before - 1);
  images.layAgain(images.find(1));
  assert.deepEqual([work.imageId, images.toDo], [1, before]);
});

test("an empty queue says so, and can be asked again", async () => {
  const { images, work, queue, cards } = page();
  const all = queue.splice(0);
  await images.open();
  assert.deepEqual([images.phase, cards.at(-1).text, work.sheet], ["empty", "All is done.", null]);
  queue.push(...all);
  cards.at(-1).act();
  await aMoment();
  await aMoment();
  assert.equal(work.imageId, 1);
});

test("without an answer the page says so; once there is one it goes on", async () => {
  let isAway = true;
  const { images, work, cards } = page("", {
    session: async () => {
      if (isAway) throw new ApiError("offline", "The server cannot be reached.");
      return { user: { name: "ann" }, project: "p" };
    },
  });
  await images.open();
  assert.deepEqual([images.phase, cards.at(-1).text], ["error", "The server cannot be reached."]);
  isAway = false;
  await images.open();
  assert.equal(work.imageId, 1);
});

test("loaded again, an image has what was edited here among what a person can start from", async () => {
  const { images, work, leftBehind } = page();
  await images.open();
  work.change(movePoint(work.desk, { x: 5, y: 5 }));
  await images.loadAgain();
  assert.deepEqual(work.person.starts.map(({ text }) => text), ["Your own edits from before"]);
  assert.deepEqual(leftBehind.desks, []);
});

test("an image that was only looked at leaves nothing behind", async () => {
  const { images, work, queue, leftBehind, kept } = page();
  Object.assign(queue[0], { held_by: "bob" });
  await images.open();
  assert.ok(work.isLooking);
  await images.next("");
  assert.equal(work.imageId, 2);
  assert.deepEqual([leftBehind.desks, kept.includes(1)], [[], false]);
});

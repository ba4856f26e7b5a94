import assert from "node:assert/strict";
import { test } from "node:test";

import { SentBack, sentBackInWords } from "../../../../static/editor/images/sent_back.js";

const one = (id) => ({ image_id: 10 * id, person_id: id });
const ids = (waiting) => waiting.map((who) => who.person_id);

test("who waits is as the server says, less those decided here since", () => {
  const back = new SentBack();
  assert.equal(back.heard([one(1), one(2)], []), 2);
  assert.deepEqual(ids(back.left(() => undefined)), [1, 2]);
  assert.deepEqual(ids(back.left(({ person_id: id }) => (id === 1 ? "accepted" : undefined))), [2]);
  assert.deepEqual(ids(back.left(() => undefined)), [2], "also once their image is not at hand");
  assert.deepEqual(ids(back.left(({ person_id: id }) => (id === 1 ? "open" : undefined))), [1, 2], "taken back");
});

test("an answer that may be older than a decision does not bring its person back; a later one does", () => {
  const back = new SentBack();
  back.heard([one(1)], []);
  back.left(() => "accepted");
  assert.equal(back.heard([one(1)], [10]), 0, "its image was held when the server was asked");
  assert.deepEqual(ids(back.left(() => undefined)), []);
  assert.equal(back.heard([one(1), one(3)], []), 1);
  assert.deepEqual(ids(back.left(() => undefined)), [1, 3], "sent back once more");
});

test("nobody is no word, and as many as the server tells of are so many or more", () => {
  assert.deepEqual([0, 1, 5, 50].map(sentBackInWords), ["", "1 sent back", "5 sent back", "50 or more sent back"]);
});

import assert from "node:assert/strict";
import { test } from "node:test";

import { ApiError } from "../../../static/shared/api.js";
import { Walking } from "../../../static/review/walking.js";
import { toReview } from "./people.js";

const settled = () => new Promise((done) => setTimeout(done, 5));

/** A server with these persons, in a circle; what was asked and said, and a way to make it fail. */
function world(ids, { fails = [] } = {}) {
  const stored = new Map();
  const [asked, pictures, closed, refused, counts] = [[], [], [], [], { changed: 0 }];
  const api = {
    get: async (path) => {
      asked.push(path);
      const query = new URLSearchParams(path.split("?")[1]);
      const [after, limit] = [query.get("after"), Number(query.get("limit"))];
      const exclude = query.get("exclude").split(",").filter(Boolean).map(Number);
      const from = after === null ? 0 : ids.indexOf(Number(after)) + 1;
      const order = [...ids.slice(from), ...ids.slice(0, from)].filter((id) => !stored.has(id) && !exclude.includes(id));
      return { persons: order.slice(0, limit).map((id) => toReview(id)), left: after === null ? order.length : null };
    },
    post: async (path, body) => {
      const failure = fails.shift();
      if (failure) throw failure;
      if (path === "/api/review/undo") {
        const [id] = [...stored].find(([, said]) => said.id === body.review_id);
        stored.delete(id);
        return toReview(id);
      }
      const said = { id: 1000 + body.person_id, ...body };
      stored.set(body.person_id, said);
      return said;
    },
    picture: async (url) => {
      pictures.push(url);
      return { url, close: () => closed.push(url) };
    },
  };
  const walking = new Walking(api, {
    changed: () => {
      counts.changed += 1;
      if (walking.phase === "ready") walking.prefetch();
    },
    refused: (person, problem) => refused.push([person.id, problem]),
  }, async () => {});
  return { walking, stored, asked, pictures, closed, refused, fails };
}

const WANTED = { show: "sample", annotator: "" };

test("everybody comes once, the next one at once, and at the end nobody", async () => {
  const ids = Array.from({ length: 20 }, (_, i) => i + 1);
  const { walking, stored, asked } = world(ids);
  await walking.restart(WANTED);
  const seen = [];
  while (walking.phase === "ready") {
    seen.push(walking.person.id);
    walking.say({ result: "good" });
    await settled();
  }
  assert.deepEqual(seen, ids);
  assert.deepEqual([walking.phase, walking.done, walking.pending, stored.size], ["empty", 20, 0, 20]);
  assert.ok(asked[0].includes("show=sample") && !asked[0].includes("after="));
  assert.ok(asked.length < 8, "several at a time");
});

test("the pictures of the next ones are here before they are wanted, and those of nobody near are let go", async () => {
  const { walking, pictures, closed } = world([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  await walking.restart(WANTED);
  await settled();
  assert.deepEqual(pictures, ["/img/1", "/img/2", "/img/3", "/img/4", "/img/5"]);
  walking.say({ result: "good" });
  await settled();
  assert.equal(walking.picture.url, "/img/2");
  assert.deepEqual(closed, [], "the last person may be taken back");
  walking.say({ result: "good" });
  await settled();
  assert.deepEqual(closed, ["/img/1"]);
});

test("the last word is taken back, and the person comes again before whoever was shown", async () => {
  const { walking, stored } = world([1, 2, 3]);
  await walking.restart(WANTED);
  walking.say({ result: "back", comment: "knee" });
  await settled();
  assert.equal(stored.get(1).comment, "knee");
  assert.equal(await walking.undo(), "");
  await settled();
  assert.deepEqual([walking.person.id, walking.done, stored.size], [1, 0, 0]);
  walking.say({ result: "good" });
  await settled();
  assert.equal(walking.person.id, 2);
  assert.equal(await walking.undo(), "");
  assert.equal(await walking.undo(), "", "there is nothing more");
});

test("who was reviewed meanwhile is told, and the walk goes on", async () => {
  const { walking, refused, fails } = world([1, 2, 3]);
  await walking.restart(WANTED);
  fails.push(new ApiError("refused", "rita found this label good already.", { status: 409, code: "already_reviewed" }));
  walking.say({ result: "good" });
  await settled();
  assert.deepEqual(refused, [[1, "rita found this label good already."]]);
  assert.deepEqual([walking.person.id, walking.done, walking.canUndo], [2, 0, false]);
});

test("without an answer the same letter is sent again, and nothing is lost or said twice", async () => {
  const { walking, stored, fails } = world([1, 2]);
  await walking.restart(WANTED);
  fails.push(new ApiError("offline", "no"), new ApiError("offline", "no"));
  walking.say({ result: "good" });
  await settled();
  assert.deepEqual([[...stored.keys()], walking.pending, walking.done], [[1], 0, 1]);
});

test("another walk begins anew and drops what the one before asked for", async () => {
  const { walking, asked } = world([1, 2, 3]);
  const first = walking.restart(WANTED);
  await walking.restart({ show: "all", annotator: "ann" });
  await first;
  await settled();
  assert.deepEqual([walking.phase, walking.person.id], ["ready", 1]);
  assert.ok(asked.at(-1).includes("show=all") && asked.at(-1).includes("annotator=ann"));
});

test("a server that is away is told, and asked again by hand", async () => {
  const { walking } = world([1]);
  const failing = new Walking({ get: async () => { throw new ApiError("offline", "The server cannot be reached."); } }, { changed: () => {}, refused: () => {} });
  await failing.restart(WANTED);
  assert.deepEqual([failing.phase, failing.problem], ["failed", "The server cannot be reached."]);
  await walking.restart(WANTED);
  assert.equal(walking.left, 1);
});

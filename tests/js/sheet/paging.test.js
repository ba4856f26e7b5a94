/** Persons, page by page. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { NO_FILTERS } from "../../../static/sheet/filters.js";
import { Paging } from "../../../static/sheet/paging.js";

const FLAGGED = { ...NO_FILTERS, show: "flagged" };

/** A list whose server answers when told to; each request can be answered or refused. */
function paging() {
  const [asked, changes] = [[], []];
  const get = (path) => new Promise((answer, refuse) => asked.push({ query: new URL(path, "http://x").searchParams, answer, refuse }));
  const list = new Paging(get, (added) => changes.push([list.phase, added.map(({ id }) => id)]));
  return { list, asked, changes };
}

const page = (ids, next, total = 4) => ({ persons: ids.map((id) => ({ id })), next, total });

test("pages follow one another by their cursor until there is none", async () => {
  const { list, asked, changes } = paging();
  const first = list.restart(NO_FILTERS);
  assert.equal(asked[0].query.get("after"), null);
  asked[0].answer(page([1, 2], "c"));
  await first;
  const second = list.more();
  assert.equal(asked[1].query.get("after"), "c");
  asked[1].answer(page([3, 4], null, null));
  await second;
  assert.deepEqual([list.persons.map(({ id }) => id), list.isWhole, list.total], [[1, 2, 3, 4], true, 4]);
  assert.deepEqual(changes, [["loading", []], ["ready", [1, 2]], ["loading", []], ["ready", [3, 4]]]);
  await list.more();
  assert.equal(asked.length, 2);
});

test("a page is asked for once, however often it is wanted", async () => {
  const { list, asked } = paging();
  const first = list.restart(NO_FILTERS);
  await list.more();
  assert.equal(asked.length, 1);
  asked[0].answer(page([1], "c"));
  await first;
});

test("an answer to other filters than today's is dropped", async () => {
  const { list, asked } = paging();
  const [old, now] = [list.restart(NO_FILTERS), list.restart(FLAGGED)];
  asked[1].answer(page([7], null, 1));
  await now;
  asked[0].answer(page([1, 2], "c"));
  await old;
  assert.deepEqual([list.persons.map(({ id }) => id), list.next, list.total], [[7], null, 1]);
});

test("a failure keeps what there is, and the page can be asked for again", async () => {
  const { list, asked } = paging();
  const first = list.restart(NO_FILTERS);
  asked[0].answer(page([1], "c"));
  await first;
  const failing = list.more();
  asked[1].refuse(new Error("The server cannot be reached."));
  await failing;
  assert.deepEqual([list.phase, list.problem.message, list.persons.length, list.isWhole], ["failed", "The server cannot be reached.", 1, false]);
  const again = list.more();
  assert.equal(asked[2].query.get("after"), "c");
  asked[2].answer(page([2], null));
  await again;
  assert.deepEqual([list.persons.length, list.isWhole, list.problem], [2, true, null]);
});

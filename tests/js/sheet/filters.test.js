/** Filters in the page's query and in what the server is asked. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { NO_FILTERS, SHOWS, readFilters, sameFilters, sheetPath, writeFilters } from "../../../static/sheet/filters.js";

const SOME = { show: "flagged", camera: "3", keypoint: "0", suspicion: "", search: "50 % & more" };

test("filters written into a query are read from it again", () => {
  for (const { value } of SHOWS) {
    const filters = { ...SOME, show: value };
    assert.deepEqual(readFilters(writeFilters(filters, "")), filters);
  }
  assert.deepEqual(readFilters(writeFilters(NO_FILTERS, "")), NO_FILTERS);
});

test("what asks for nothing is left out of the query, and others' parts stay", () => {
  assert.equal(writeFilters(NO_FILTERS, ""), "");
  assert.equal(writeFilters(NO_FILTERS, "?show=all&__theme=dark&search=a"), "?__theme=dark");
  assert.equal(writeFilters({ ...NO_FILTERS, camera: "3" }, "?__theme=dark"), "?__theme=dark&camera=3");
});

test("a query that makes no sense asks for nothing", () => {
  assert.deepEqual(readFilters("?show=everything&camera=-1&keypoint=nose&search=%20%20"), NO_FILTERS);
  assert.equal(readFilters("?keypoint=007").keypoint, "7");
  assert.equal(readFilters(`?search=${"x".repeat(400)}`).search.length, 100);
});

test("a kind of suspicion is asked of suspicious labels alone, and only one there is", () => {
  assert.equal(readFilters("?show=suspicious&suspicion=swap").suspicion, "swap");
  assert.equal(readFilters("?show=open&suspicion=swap").suspicion, "");
  assert.equal(readFilters("?show=suspicious&suspicion=nonsense").suspicion, "");
});

test("the server is asked for what is set, and for the page after a cursor", () => {
  assert.equal(sheetPath(NO_FILTERS, { after: null, limit: 60 }), "/api/sheet?show=open&limit=60");
  const asked = new URL(sheetPath(SOME, { after: "0.5:7", limit: 60 }), "http://x").searchParams;
  assert.deepEqual(Object.fromEntries(asked), { show: "flagged", camera: "3", keypoint: "0", search: SOME.search, after: "0.5:7", limit: "60" });
});

test("filters are the same when all of them are", () => {
  assert.ok(sameFilters(SOME, { ...SOME }));
  const every = { ...SOME, suspicion: "swap" };
  for (const name of Object.keys(NO_FILTERS)) assert.ok(!sameFilters(every, { ...every, [name]: NO_FILTERS[name] }), name);
});

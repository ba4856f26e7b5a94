/** What annotators did by week, in words, and what is drawn of it. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { MEASURES, mostOf, sayActions, sayAgreed, sayBelow, sayPersons, sayPlot, sayReviews, saySeconds, sayShare, sayTime, sayWeek } from "../../../static/team/figures_words.js";

const NOTHING = {
  week: "2026-W49", persons: 0, accepted: 0, timed: 0, seconds: 0, median: null, starts: 0, untouched: 0, untouched_low: null, untouched_high: null, actions: null,
  reviewed: 0, good: 0, good_low: null, good_high: null, back: 0, twice: 0, oks: null, oks_low: null, oks_high: null,
};

test("what is not known is said with a dash, never as nought", () => {
  const said = [sayShare(0, 0, null, null), saySeconds(null), sayTime(0), sayActions(NOTHING), sayReviews(NOTHING), sayAgreed(NOTHING)];
  assert.deepEqual(new Set(said), new Set(["–"]));
});

test("a share comes with its interval, and agreement with how many it is of", () => {
  assert.equal(sayShare(2, 4, 0.15, 0.85), "2 of 4 (15 to 85 %)");
  assert.equal(sayReviews({ reviewed: 4, good: 3, good_low: 0.3, good_high: 0.95, back: 2 }), "3 of 4 (30 to 95 %), 2 sent back");
  assert.equal(sayReviews({ reviewed: 0, good: 0, good_low: null, good_high: null, back: 1 }), "1 sent back");
  assert.equal(sayAgreed({ twice: 12, oks: 0.913, oks_low: 0.88, oks_high: 0.94 }), "0.91 (0.88 to 0.94) of 12");
  assert.equal(sayAgreed({ twice: 1, oks: 0.913, oks_low: null, oks_high: null }), "0.91 of 1");
});

test("times are as long as they need to be", () => {
  assert.deepEqual([4.25, 99.94, 130.4].map(saySeconds), ["4.3 s", "99.9 s", "130 s"]);
  assert.deepEqual([20, 600, 3600 * 26 + 300].map(sayTime), ["under 1 min", "10 min", "26 h 5 min"]);
});

test("of whom no seconds are known is said where it is somebody", () => {
  assert.equal(sayPersons({ persons: 8, timed: 8 }), "8");
  assert.equal(sayPersons({ persons: 8, timed: 5 }), "8, 5 timed");
  assert.equal(sayPersons({ persons: 8, timed: 0 }), "8");
});

test("axes are one for all: as far as anybody reaches, and shares to the whole", () => {
  const all = [NOTHING, { ...NOTHING, median: 31, persons: 4 }, { ...NOTHING, median: 12 }];
  assert.equal(mostOf(MEASURES.seconds, all), 31);
  assert.equal(mostOf(MEASURES.persons, []), 0);
  assert.equal(mostOf(MEASURES.untouched, all), 100);
});

test("every measure tells nothing of nothing, but persons, of whom there were none", () => {
  for (const [key, measure] of Object.entries(MEASURES)) assert.equal(measure.of(NOTHING).value, key === "persons" ? 0 : null);
});

test("a share is drawn in percent with its interval", () => {
  const one = { ...NOTHING, starts: 4, untouched: 1, untouched_low: 0.05, untouched_high: 0.7 };
  assert.deepEqual(MEASURES.untouched.of(one), { value: 25, low: 5, high: 70 });
});

test("a plot says its figures to whoever does not see it", () => {
  const weeks = [{ ...NOTHING, week: "2026-W48", median: 31 }, NOTHING, { ...NOTHING, week: "2027-W01", median: 12 }];
  assert.equal(sayPlot(MEASURES.seconds, "ann", weeks), "Seconds a person, median of ann by week: W48 31.0 s; W1 12.0 s");
  assert.equal(sayPlot(MEASURES.good, "ann", weeks), "Found good by reviewers of ann by week: nothing to tell");
  assert.equal(sayWeek("2026-W49"), "W49");
});

test("who is below the team with the whole interval is marked by words, and nobody else", () => {
  const good = { hits: 95, count: 100, high: 0.98 };
  const bad = { hits: 20, count: 100, high: 0.29 };
  const few = { hits: 0, count: 1, high: 0.79 };
  assert.equal(sayBelow(bad, [good, bad, few]), "▼ below the team's 57 %");
  assert.deepEqual([good, few].map((one) => sayBelow(one, [good, bad, few])), ["", ""]);
  assert.equal(sayBelow({ hits: 0, count: 0, high: null }, [good]), "");
  assert.equal(sayBelow(bad, [bad]), "", "one alone is the team");
});

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  STAGES, WHOM, sayAp, sayDifference, sayDuration, sayFigure, sayLeftOut, sayMean, sayMeasuredOn, sayNetworks, sayOksOf, sayPairs, sayPrelabelling, sayProgress, sayResult, saySeconds, sayTaken, sayTime, sayTooLarge, sayValidation, sayWaiting, sayWhoseRanking, sayWhy, spareRows,
} from "../../../static/lead/words.js";

test("validation people are told with those who wait for a label", () => {
  const counts = { images_validation: 31, persons_validation_open: 0 };
  assert.equal(sayValidation(counts), "in 31 images, never trained on");
  assert.equal(sayValidation({ ...counts, images_validation: 1, persons_validation_open: 4 }), "in 1 image, never trained on; 4 to label");
  assert.equal(sayWaiting({ ...counts, persons_open: 216, persons_validation_open: 24 }, 260), "216 of 260 persons to decide, and 24 of validation");
  assert.equal(sayWaiting({ ...counts, persons_open: 3, persons_validation_open: 0 }, 60), "3 of 60 persons to decide");
});

test("a round that was published says whose ranking annotators get now", () => {
  assert.equal(sayWhoseRanking(2, 2), "Annotators get its ranking.");
  assert.equal(sayWhoseRanking(2, 1), "Annotators get the ranking of round 1 again.");
});

test("seconds are told as people tell them", () => {
  assert.equal(saySeconds(42.4), "42 s");
  assert.equal(saySeconds(150), "3 min");
  assert.equal(saySeconds(7200), "2.0 h");
  assert.equal(saySeconds(null), "");
  assert.equal(saySeconds(Infinity), "");
});

test("a round's time is from the worker's start to its end, and empty until then", () => {
  const round = { started_at: "2026-01-01T10:00:00+00:00", finished_at: "2026-01-01T10:02:30+00:00" };
  assert.equal(sayDuration(round), "3 min");
  assert.equal(sayDuration({ ...round, finished_at: null }), "");
});

test("AP is told before and after, and whether it rose", () => {
  const round = (before, after) => ({ metrics: { ap_before: { C: before }, ap: { C: after } } });
  assert.deepEqual(sayAp(round({ AP: 0.2 }, { AP: 0.25 }), "C"), { text: "0.200 → 0.250", change: "better" });
  assert.deepEqual(sayAp(round({ AP: 0.2 }, { AP: 0.1 }), "C"), { text: "0.200 → 0.100", change: "worse" });
  assert.deepEqual(sayAp(round({ AP: 0.1004 }, { AP: 0.0996 }), "C"), { text: "0.100 → 0.100", change: "" }, "what reads alike is alike");
  assert.deepEqual(sayAp(round(undefined, { AP: 0.1 }), "C"), { text: "0.100", change: "" });
  assert.deepEqual(sayAp({ metrics: {} }, "C"), { text: "–", change: "" }, "nothing measured is not zero");
});

test("a running round tells what it knows and nothing else", () => {
  const progress = { step: 40, steps: 200, epoch: 1, epochs: 5, loss: 0.00123456, ap: { C: 0.3 }, seconds_left: 80 };
  assert.deepEqual(sayProgress({ stage: "train", progress }), [
    ["Stage", "Training"], ["Epoch", "1 of 5"], ["Step", "40 of 200"], ["Loss", "0.00123"], ["AP of C", "0.300"], ["Time left", "80 s"],
  ]);
  const taken = { persons_per_s: 42.6, memory_bytes: 1_740_000_000 };
  assert.deepEqual(sayProgress({ stage: "train", progress: taken }).slice(1), [["Speed", "43 persons/s"], ["Memory", "1.7 GB at most"]]);
  const gpu = { persons_per_s: 2.34, gpu_bytes: 5_060_000_000, gpu_total_bytes: 16_000_000_000 };
  assert.deepEqual(sayProgress({ stage: "train", progress: gpu }).slice(1), [["Speed", "2.3 persons/s"], ["GPU", "5.1 of 16.0 GB"]]);
  assert.deepEqual(sayProgress({ stage: "train", progress: { ...gpu, gpu_busy: 0.434 } })[2], ["GPU", "43 % busy, 5.1 of 16.0 GB"]);
  assert.deepEqual(sayProgress({ stage: "freeze", progress: {} }), [["Stage", STAGES.freeze]]);
});

test("a published round tells what it learned from, how often it refreshed, how long it took and where", () => {
  const metrics = { ap: { C: { AP: 0.3, mean_oks: 0.612 } }, persons: { labelled: 90, unlabelled: 89, validation: 66 }, refreshes: 4, device: "cpu" };
  const times = { started_at: "2026-01-01T10:00:00+00:00", finished_at: "2026-01-01T10:00:30+00:00" };
  assert.deepEqual(sayResult({ metrics, ...times }).slice(2), [
    ["AP of C", "0.300"], ["Mean OKS of C", "0.612"], ["Labelled persons", "90"], ["Unlabelled persons", "89"], ["Snapshot refreshes", "4"], ["Took", "30 s on cpu"],
  ]);
  assert.equal(sayResult({ metrics: {} }).length, 4);
});

test("the pairs of the last epoch are told, the most frequent first, those that never taught not at all", () => {
  const pair_frequency = [[1, 0, 0, 0], [0.7, 0.1, 0.2, 0]];
  assert.equal(sayPairs({ metrics: { pair_frequency } }), "A and B 70.0 %, A and B one epoch ago 20.0 %, A one epoch ago and B 10.0 %");
  assert.equal(sayPairs({ metrics: {} }), "");
});

test("a model's run over the pool is told from the queue to its end", () => {
  const run = { model: "movenet", done: 3, total: 9, error: null, report: { predicted: 1, flagged: 1, known: 8 } };
  assert.match(sayPrelabelling({ ...run, state: "queued" }).text, /waits for the worker/);
  assert.equal(sayPrelabelling({ ...run, state: "running" }).text, "movenet is predicting: 3 of 9 persons.");
  assert.deepEqual(sayPrelabelling({ ...run, state: "failed", error: "no model" }), { text: "Not predicted: no model", tone: "error" });
  assert.equal(sayPrelabelling({ ...run, state: "done" }).text, "movenet predicted 1 person, 1 of them flagged; 8 were predicted before.");
  const again = { ...run, state: "done", report: { predicted: 0, flagged: 0, known: 9 } };
  assert.equal(sayPrelabelling(again).text, "movenet had predicted everybody before: 9 persons.");
  const measured = { ...run, state: "done", report: { ...run.report, validation: 4, decided: 2 } };
  assert.match(sayPrelabelling(measured).text, /before\. To be measured by, 4 validation persons and 2 labelled or skipped ones were predicted as well\.$/);
});

test("what a model does not know is told", () => {
  assert.deepEqual(sayLeftOut({ report: { unknown_keypoints: ["head_top", "neck"], complaints: ["image 'a.png': broken"] } }),
    ["The model has no head top, neck; annotators place them.", "image 'a.png': broken"]);
  assert.deepEqual(sayLeftOut({ report: {} }), []);
});

test("what came of a file of labels is told in lines, notes last", () => {
  const report = { images_known: 1, told: "to known images: 2 labels added", complaints: ["2 persons, one person in 'a.jpg' first: …"] };
  assert.deepEqual(sayTaken(report), [
    { text: "1 image of the file is here; to known images: 2 labels added.", tone: "done" },
    { text: "Note: 2 persons, one person in 'a.jpg' first: …", tone: "warning" },
  ]);
  assert.match(sayTaken({ ...report, images_known: 3, complaints: [] })[0].text, /^3 images of the file are here/);
});

test("a file of labels over what the page takes is named before it is sent", () => {
  assert.equal(sayTooLarge({ name: "a.json", size: 50_000_000 }), "");
  assert.match(sayTooLarge({ name: "a.json", size: 50_000_001 }), /^a\.json has 51 MB; this page takes at most 50 MB\. .*--annotations a\.json$/);
});

test("a network's mean stands with its interval, which never leaves 0 to 1", () => {
  assert.equal(sayMean({ mean_oks: 0.7814, low: 0.7621, high: 0.8 }), ".781 [.762, .800]");
  assert.equal(sayMean({ mean_oks: 0.99, low: 0.97, high: 1.01 }), ".990 [.970, 1.000]");
  assert.equal(sayMean({ mean_oks: 0.5, low: null, high: null }), ".500");
  assert.equal(sayMean({ mean_oks: null, low: null, high: null }), "not measured");
});

test("by whom networks are measured is told, and what is missing", () => {
  assert.equal(sayMeasuredOn({ people: "43 people labelled here", persons: 43, sources: [{ low: 0.4 }] }),
    "mean OKS on 43 people labelled here none of them learned from, and its 95 % interval");
  assert.match(sayMeasuredOn({ people: "3 people labelled here", persons: 3, sources: [{ low: null }] }), /from 5 images on, its 95 % interval$/);
  assert.match(sayMeasuredOn({ people: "0 people labelled here", persons: 0, sources: [] }), /^nobody is labelled yet/);
});

test("what bends the figures is told, and why the choice fell as it did", () => {
  const [model, student] = [{ name: "movenet", began: 1 }, { name: "round 1's student", began: 0 }];
  const again = "Nothing changes by itself before there are 20 such people.";
  const few = sayWhy({ why: "", again, sources: [model, student], persons: 3 });
  assert.equal(few[0], again);
  assert.equal(few[1], "1 label began at the pose of movenet, and lean to it.".replace("lean", "leans"));
  assert.deepEqual(sayWhy({ why: "movenet stays.", again: "", sources: [student], persons: 30 }), ["When this was last decided: movenet stays."]);
});

test("the order's figures stand beside what a random order would have", () => {
  const figure = { value: 0.612, low: 0.5, high: 0.7, chance: 0, chance_low: -0.12, chance_high: 0.12 };
  assert.deepEqual(sayFigure(figure), { text: ".61 [.50, .70]", chance: "A random order: .00 [−.12, .12]." });
  assert.equal(sayFigure({ ...figure, value: -0.004, low: null, high: null }).text, ".00", "no minus before nothing");
  assert.deepEqual(sayFigure({ ...figure, value: null, chance: 0.5, chance_low: null }), { text: "not measured", chance: "A random order: .50." });
  assert.equal(sayFigure({ ...figure, value: 1, low: 1, high: 1 }).text, "1.00 [1.00, 1.00]");
});

test("bars of what a round spared stand for those alone of whom enough is known", () => {
  const few = { persons: 3, images: 2, actions: 4, actions_before: 6, fewer: 2, low: null, high: null, began: 3 };
  const enough = { ...few, persons: 124, images: 31, low: 1, high: 3 };
  const spared = { round: 2, begin_from: "round 2's student", before: null, words: "", notes: [], labelled: few, validation: enough };
  assert.deepEqual(spareRows(spared), [{
    whom: "124 people, validation",
    bars: [{ name: "nothing", actions: 6, isNow: false }, { name: "round 2's student", actions: 4, isNow: true }],
  }]);
  const both = spareRows({ ...spared, before: "movenet", labelled: enough });
  assert.deepEqual(both.map(({ whom }) => whom), ["124 people, labelled since round 2", "124 people, validation"]);
  assert.equal(both[0].bars[0].name, "movenet");
  assert.deepEqual(spareRows({ ...spared, labelled: null, validation: null }), []);
});

test("a moment of today is told by its time alone, an earlier one with its day", () => {
  const now = new Date(2026, 10, 30, 9, 0, 0);
  assert.equal(sayTime(new Date(2026, 10, 30, 2, 5, 7).toISOString(), now), "02:05:07");
  assert.equal(sayTime(new Date(2026, 10, 29, 23, 59, 0).toISOString(), now), "29 Nov 23:59:00");
});

test("what A, B and C are follows the method", () => {
  /** @param {boolean} student @param {string[]} paths @param {string} ships */
  const round = (student, paths, ships) => ({ config: { method: { student, paths }, train: { ships } } });
  const [sspcm, supervised] = [round(true, ["cut_occlude"], "A"), round(false, [], "mean")];
  assert.equal(sayNetworks([sspcm, sspcm]), "A and B are the teachers, C the student");
  assert.equal(sayNetworks([supervised]), "A and B learn from labels alone, C is their mean");
  assert.equal(sayNetworks([round(false, ["joint_cutout"], "A")]), "A and B teach each other, C is A");
  assert.equal(sayNetworks([sspcm, supervised]), "what A, B and C are follows each round's method");
});

test("a difference has its sign, and its interval where there is one", () => {
  assert.deepEqual(sayDifference({ difference: 0.0312, low: -0.004, high: 0.0664 }), ["+.031", "[−.004, +.066]"]);
  assert.deepEqual(sayDifference({ difference: -0.5, low: null, high: null }), ["−.500"]);
  assert.deepEqual(sayDifference({ difference: -0.0001, low: -0.0004, high: 0.0004 }), [".000", "[.000, .000]"]);
  assert.equal(sayOksOf(1), "1.000");
});

test("whom to look at is named by the rounds' numbers", () => {
  assert.deepEqual([WHOM.first(3, 7), WHOM.second(3, 7)], ["Validation: round 3 is better", "Validation: round 7 is better"]);
});

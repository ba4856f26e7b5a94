/** Numbers of rounds in words: pure, no DOM. */

/**
 * @typedef {import("../shared/contract.d.ts").RoundPayload} Round
 * @typedef {import("../shared/contract.d.ts").PrelabellingPayload} Prelabelling
 * @typedef {import("../shared/contract.d.ts").WorkerPayload} Worker
 * @typedef {import("../shared/contract.d.ts").LabelsTakenPayload} LabelsTaken
 * @typedef {import("../shared/contract.d.ts").CountsPayload} Counts
 * @typedef {{text: string, change: "" | "better" | "worse"}} Change a figure, and how it differs from the one before
 * @typedef {{text: string, tone: "" | "error" | "warning" | "done"}} Line one sentence, and its tone
 */

export const NETWORKS = ["A", "B", "C"];
export const STAGES = {
  freeze: "Freezing the labels", train: "Training", score: "Scoring the pool", publish: "Publishing", done: "Done",
};

/** @param {number | null | undefined} seconds */
export function saySeconds(seconds) {
  if (seconds == null || !Number.isFinite(seconds)) return "";
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/** How long a round took, from the worker's start to its end. @param {Round} round */
export function sayDuration(round) {
  if (!round.started_at || !round.finished_at) return "";
  return saySeconds((Date.parse(round.finished_at) - Date.parse(round.started_at)) / 1000);
}

/** AP of one network before and after. @param {Round} round @param {string} network */
export function sayAp(round, network) {
  return sayChange(round, network, "AP");
}

/** Mean OKS of one network before and after: steadier than AP where few persons are measured. @param {Round} round @param {string} network */
export function sayOks(round, network) {
  return sayChange(round, network, "mean_oks");
}

/** @param {Round} round @param {string} network @param {"AP" | "mean_oks"} figure @returns {Change} */
function sayChange(round, network, figure) {
  const before = round.metrics.ap_before?.[network]?.[figure];
  const after = round.metrics.ap?.[network]?.[figure];
  if (after == null) return { text: "–", change: "" };
  if (before == null) return { text: after.toFixed(3), change: "" };
  const [from, to] = [before.toFixed(3), after.toFixed(3)];
  return { text: `${from} → ${to}`, change: to === from ? "" : after > before ? "better" : "worse" };
}

/** What A, B and C are in these rounds, by their methods. @param {Pick<Round, "config">[]} rounds */
export function sayNetworks(rounds) {
  const told = new Set(rounds.map(({ config }) => networksOf(config)));
  return told.size === 1 ? [...told][0] : "what A, B and C are follows each round's method";
}

/** @param {Round["config"]} config */
function networksOf(config) {
  const { method, train } = /** @type {{method: {student: boolean, paths: string[]}, train: {ships: string}}} */ (config);
  if (method.student) return "A and B are the teachers, C the student";
  const shipped = train.ships === "mean" ? "C is their mean" : "C is A";
  return method.paths.length ? `A and B teach each other, ${shipped}` : `A and B learn from labels alone, ${shipped}`;
}

/** What a running round tells of itself, as [word, value]. @param {Round} round */
export function sayProgress({ stage, progress }) {
  /** @type {[string, string][]} */
  const said = [["Stage", STAGES[stage]]];
  if (progress.epochs) said.push(["Epoch", `${progress.epoch} of ${progress.epochs}`]);
  if (progress.steps) said.push(["Step", `${progress.step} of ${progress.steps}`]);
  if (progress.loss != null) said.push(["Loss", Number(progress.loss).toPrecision(3)]);
  for (const network of NETWORKS) {
    const ap = progress.ap?.[network];
    if (ap != null) said.push([`AP of ${network}`, Number(ap).toFixed(3)]);
  }
  if (progress.seconds_left != null) said.push(["Time left", saySeconds(progress.seconds_left)]);
  if (progress.persons_per_s != null) said.push(["Speed", `${sayFew(progress.persons_per_s)} persons/s`]);
  if (progress.gpu_bytes != null && progress.gpu_total_bytes != null) said.push(["GPU", sayGpu(progress)]);
  if (progress.memory_bytes != null) said.push(["Memory", `${sayGigabytes(progress.memory_bytes)} GB at most`]);
  return said;
}

/** @param {Round["progress"]} progress */
function sayGpu({ gpu_bytes, gpu_total_bytes, gpu_busy }) {
  const memory = `${sayGigabytes(gpu_bytes ?? 0)} of ${sayGigabytes(gpu_total_bytes ?? 0)} GB`;
  return gpu_busy == null ? memory : `${(100 * gpu_busy).toFixed(0)} % busy, ${memory}`;
}

/** @param {number} bytes */
function sayGigabytes(bytes) {
  return (bytes / 1e9).toFixed(1);
}

/** @param {number} count such as a speed: two figures are enough */
function sayFew(count) {
  return count < 10 ? count.toPrecision(2) : count.toFixed(0);
}

const PAIRS = ["A and B", "A one epoch ago and B", "A and B one epoch ago", "both one epoch ago", "A and the start", "B and the start"];

/** What a published round learned from, and where, as [word, value]. @param {Round} round */
export function sayResult(round) {
  const { persons, refreshes, device } = round.metrics;
  /** @type {[string, string][]} */
  const said = NETWORKS.map((network) => [`AP of ${network}`, sayAp(round, network).text]);
  said.push(["Mean OKS of C", sayOks(round, "C").text]);
  if (persons) said.push(["Labelled persons", String(persons.labelled)], ["Unlabelled persons", String(persons.unlabelled)]);
  if (refreshes != null) said.push(["Snapshot refreshes", String(refreshes)]);
  if (sayDuration(round)) said.push(["Took", `${sayDuration(round)}${device ? ` on ${device}` : ""}`]);
  return said;
}

/** Of a round that was published: a lead may have shown an earlier one again since. @param {number} number @param {number | null} published */
export function sayWhoseRanking(number, published) {
  return published === null || published === number ? "Annotators get its ranking." : `Annotators get the ranking of round ${published} again.`;
}

/** Which pairs taught the student since the last refresh, most frequent first. @param {Round} round @returns {string} "" where none did */
export function sayPairs(round) {
  const shares = round.metrics.pair_frequency?.at(-1) ?? [];
  // Less would be written as 0.0 %.
  const told = shares.map((share, i) => ({ share, pair: PAIRS[i] })).filter(({ share }) => share >= 0.0005);
  return told.sort((one, two) => two.share - one.share).map(({ share, pair }) => `${pair} ${(100 * share).toFixed(1)} %`).join(", ");
}

/** Why a round has not begun yet. @param {Worker | null} worker as /api/worker tells of it; null: not known */
export function sayQueued(worker) {
  if (worker && worker.state !== "running") return "It waits for a worker; none runs. It begins when one does.";
  return "It waits for the worker, behind a model's run over the pool if there is one.";
}

/** How a model's run over the pool goes, as one sentence and its tone.
 * @param {Prelabelling} run @param {Worker | null} [worker] @returns {Line} */
export function sayPrelabelling({ state, model, done, total, report, error }, worker = null) {
  const isAlone = worker !== null && worker.state !== "running";
  if (state === "queued" && isAlone) return { text: `${model} waits for a worker; none runs. It begins when one does.`, tone: "" };
  if (state === "queued") return { text: `${model} waits for the worker, behind a round if one runs.`, tone: "" };
  if (state === "running" && isAlone) return { text: `${model} stands still at ${done} of ${total} persons: no worker runs. The next one goes on with it.`, tone: "" };
  if (state === "running") return { text: `${model} is predicting: ${done} of ${total} persons.`, tone: "" };
  if (state === "failed") return { text: `Not predicted: ${error}`, tone: "error" };
  const { predicted = 0, known = 0, flagged = 0, validation = 0, decided = 0 } = report;
  const others = validation + decided ? ` To be measured by, ${validation} validation persons and ${decided} labelled or skipped ones were predicted as well.` : "";
  if (!predicted) return { text: `${model} had predicted everybody before: ${count(known, "person")}.${others}`, tone: "done" };
  return { text: `${model} predicted ${count(predicted, "person")}, ${flagged} of them flagged; ${known} were predicted before.${others}`, tone: "done" };
}

/** Who waits in the images of the queue, of all persons that the pool has. @param {Counts} counts @param {number} all */
export function sayWaiting({ persons_open: open, persons_validation_open: blind }, all) {
  return `${open} of ${all} persons to decide${blind ? `, and ${blind} of validation` : ""}`;
}

/** Of the validation persons: that nobody learns from them, and how many wait for a label. @param {Counts} counts */
export function sayValidation({ images_validation: images, persons_validation_open: open }) {
  return `in ${count(images, "image")}, never trained on${open ? `; ${open} to label` : ""}`;
}

/** What a finished run left out. @param {Prelabelling} run @returns {string[]} */
export function sayLeftOut({ report }) {
  const missing = report.unknown_keypoints ?? [];
  const said = missing.length ? [`The model has no ${missing.join(", ").replaceAll("_", " ")}; annotators place them.`] : [];
  return [...said, ...(report.complaints ?? [])];
}

/** Today the time alone, else the day as well. @param {string} at @param {Date} [now] */
export function sayTime(at, now = new Date()) {
  const moment = new Date(at);
  const time = moment.toLocaleTimeString("en-GB");
  if (moment.toDateString() === now.toDateString()) return time;
  return `${moment.toLocaleDateString("en-GB", { day: "numeric", month: "short" })} ${time}`;
}

/** @param {number} number @param {string} word */
function count(number, word) {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}

const LARGEST_LABELS = 50_000_000;

/** That a file of labels is too large for the page, before it is sent; "" where it is not. @param {{name: string, size: number}} file size: bytes */
export function sayTooLarge({ name, size }) {
  if (size <= LARGEST_LABELS) return "";
  return `${name} has ${Math.ceil(size / 1e6)} MB; this page takes at most 50 MB. Import it in a shell: import IMAGES_DIR --annotations ${name}`;
}

/** What came of a file of labels, line by line. @param {LabelsTaken} report @returns {Line[]} */
export function sayTaken(report) {
  const images = report.images_known === 1 ? "1 image of the file is" : `${report.images_known} images of the file are`;
  return [
    { text: `${images} here; ${report.told}.`, tone: "done" },
    ...report.complaints.map((said) => /** @type {Line} */ ({ text: `Note: ${said}`, tone: "warning" })),
  ];
}

/** @typedef {import("../shared/contract.d.ts").StartsPayload} Starts @typedef {import("../shared/contract.d.ts").SourcePayload} Source */

/** An OKS as it is written here: three places, no zero before the point. @param {number} value */
function oks(value) {
  return value.toFixed(3).replace(/^0\./, ".");
}

/** A network's mean OKS with its interval. @param {Pick<Source, "mean_oks" | "low" | "high">} source */
export function sayMean({ mean_oks: mean, low, high }) {
  if (mean === null) return "not measured";
  return low === null || high === null ? oks(mean) : `${oks(mean)} [${oks(Math.max(0, low))}, ${oks(Math.min(1, high))}]`;
}

/** By whom the networks are measured. @param {Pick<Starts, "people" | "persons" | "sources">} starts */
export function sayMeasuredOn({ people, persons, sources }) {
  if (!persons) return "nobody is labelled yet whom none of them learned from";
  const interval = sources.some(({ low }) => low !== null) ? ", and its 95 % interval" : "; from 5 images on, its 95 % interval";
  return `mean OKS on ${people} none of them learned from${interval}`;
}

/** What bends the figures, and what was found when the choice was made. @param {Starts} starts */
export function sayWhy({ why, again, sources, persons }) {
  const began = sources.filter((one) => one.began > 0 && persons);
  const said = began.map((one) => `${count(one.began, "label")} began at the pose of ${one.name}, and ${one.began === 1 ? "leans" : "lean"} to it.`);
  if (again) said.unshift(again);
  return why ? [...said, `When this was last decided: ${why}`] : said;
}

/** @typedef {import("../shared/contract.d.ts").OrderFigurePayload} OrderFigure */

/** A figure in [-1, 1] as it is written here: two places, no zero before the point. @param {number} value */
function short(value) {
  return value.toFixed(2).replace(/^(-?)0\./, "$1.").replace(/^-(\.00)$/, "$1").replace("-", "−");
}

/** How well the order does, and what chance would do. @param {Omit<OrderFigure, "name" | "more">} figure */
export function sayFigure({ value, low, high, chance, chance_low: least, chance_high: most }) {
  const text = value === null ? "not measured" : low === null || high === null ? short(value) : `${short(value)} [${short(low)}, ${short(high)}]`;
  const between = least === null || most === null ? "" : ` [${short(least)}, ${short(most)}]`;
  return { text, chance: `A random order: ${short(chance)}${between}.` };
}

/** @typedef {import("../shared/contract.d.ts").SparedPayload} Spared @typedef {import("../shared/contract.d.ts").SparedFigures} SparedFigures
 *  @typedef {{name: string, actions: number, isNow: boolean}} Bar
 *  @typedef {{whom: string, bars: Bar[]}} SpareRows the same people's actions from the starts before a round, and since */

/** What can be drawn of what a round spared: people labelled since, then validation people. @param {Spared} spared @returns {SpareRows[]} */
export function spareRows({ round, begin_from: now, before, labelled, validation }) {
  /** @type {[string, SparedFigures | null][]} */
  const groups = [[`labelled since round ${round}`, labelled], ["validation", validation]];
  return groups.flatMap(([word, found]) => {
    if (found?.low == null) return [];
    const bars = [
      { name: before ?? "nothing", actions: found.actions_before, isNow: false },
      { name: now, actions: found.actions, isNow: true },
    ];
    return [{ whom: `${found.persons} people, ${word}`, bars }];
  });
}

/** @typedef {import("../shared/contract.d.ts").ComparedKeypointPayload} ComparedKeypoint
 *  @typedef {import("../shared/contract.d.ts").ComparedPeoplePayload["whom"]} Whom */

/** Whom a lead may look at, of two rounds. @type {Record<Whom, (first: number, second: number) => string>} */
export const WHOM = {
  validation: () => "Validation: placed farthest apart",
  second: (_first, second) => `Validation: round ${second} is better`,
  first: (first) => `Validation: round ${first} is better`,
  open: () => "Open: placed farthest apart",
};

/** An OKS or an AP. @param {number} value */
export function sayOksOf(value) {
  return oks(value);
}

/** How much higher the second round is, with a sign, and the interval where there is one. @param {Pick<ComparedKeypoint, "difference" | "low" | "high">} keypoint @returns {string[]} */
export function sayDifference({ difference, low, high }) {
  return low === null || high === null ? [signed(difference)] : [signed(difference), `[${signed(low)}, ${signed(high)}]`];
}

/** @param {number} value */
function signed(value) {
  const size = oks(Math.abs(value));
  return size === ".000" ? size : `${value < 0 ? "−" : "+"}${size}`;
}

/** What annotators did by week, in words, and what can be drawn of it: pure, no DOM. */

/**
 * @typedef {import("../shared/contract.d.ts").FigurePayload} Figure
 * @typedef {{hits: number, count: number, high: number | null}} Share high: the interval's upper end
 * @typedef {{value: number | null, low: number | null, high: number | null}} Bar value: null where there is nothing to tell it of
 * @typedef {{name: string, axis: string, most: number | null, of: (one: Figure) => Bar, say: (one: Figure) => string}} Measure
 *   axis: what stands beside the plot; most: where its axis ends, null: where the data does
 */

const UNKNOWN = "–";

/** @param {number} share */
function percent(share) {
  return `${Math.round(100 * share)} %`;
}

/** A share of some, with its interval. @param {number} hits @param {number} count @param {number | null} low @param {number | null} high */
export function sayShare(hits, count, low, high) {
  if (!count || low === null || high === null) return UNKNOWN;
  return `${hits} of ${count} (${Math.round(100 * low)} to ${percent(high)})`;
}

/** @param {number | null} seconds of one person */
export function saySeconds(seconds) {
  if (seconds === null) return UNKNOWN;
  return seconds < 100 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds)} s`;
}

/** @param {number} seconds of all */
export function sayTime(seconds) {
  if (!seconds) return UNKNOWN;
  const minutes = Math.round(seconds / 60);
  if (minutes < 1) return "under 1 min";
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Persons, and of how many the seconds are known where that is not everybody. @param {Pick<Figure, "persons" | "timed">} one */
export function sayPersons({ persons, timed }) {
  return !timed || timed === persons ? String(persons) : `${persons}, ${timed} timed`;
}

/** @param {Pick<Figure, "actions">} one */
export function sayActions({ actions }) {
  return actions === null ? UNKNOWN : actions.toFixed(1);
}

/** Whether a share is below the team's, its whole 95 % interval: in words, "" where it is not, or nothing is known.
 * @param {Share} one @param {Share[]} all everybody's */
export function sayBelow({ count, high }, all) {
  const [hits, whole] = all.reduce(([some, of], other) => [some + other.hits, of + other.count], [0, 0]);
  return count && whole && high !== null && high < hits / whole ? `▼ below the team's ${percent(hits / whole)}` : "";
}

/** What reviews said. @param {Pick<Figure, "reviewed" | "good" | "good_low" | "good_high" | "back">} one */
export function sayReviews({ reviewed, good, good_low, good_high, back }) {
  const came = back ? `${back} sent back` : "";
  if (!reviewed) return came || UNKNOWN;
  return `${sayShare(good, reviewed, good_low, good_high)}${came ? `, ${came}` : ""}`;
}

/** How far labels agree with another's. @param {Pick<Figure, "twice" | "oks" | "oks_low" | "oks_high">} one */
export function sayAgreed({ twice, oks, oks_low, oks_high }) {
  if (oks === null) return UNKNOWN;
  const interval = oks_low === null || oks_high === null ? "" : ` (${oks_low.toFixed(2)} to ${oks_high.toFixed(2)})`;
  return `${oks.toFixed(2)}${interval} of ${twice}`;
}

/** @param {number | null} value @returns {Bar} */
function bare(value) {
  return { value, low: null, high: null };
}

/** @param {number} hits @param {number} count @param {number | null} low @param {number | null} high @returns {Bar} */
function share(hits, count, low, high) {
  const times = (/** @type {number | null} */ part) => (part === null ? null : 100 * part);
  return { value: count ? (100 * hits) / count : null, low: times(low), high: times(high) };
}

/** What can be drawn by week, by its name in the choice. @type {Record<string, Measure>} */
export const MEASURES = {
  persons: { name: "Persons", axis: "persons", most: null, of: (one) => bare(one.persons), say: (one) => String(one.persons) },
  seconds: { name: "Seconds a person, median", axis: "seconds", most: null, of: (one) => bare(one.median), say: (one) => saySeconds(one.median) },
  actions: { name: "Actions per person", axis: "actions", most: null, of: (one) => bare(one.actions), say: sayActions },
  untouched: {
    name: "Starts accepted untouched", axis: "%", most: 100,
    of: (one) => share(one.untouched, one.starts, one.untouched_low, one.untouched_high),
    say: (one) => sayShare(one.untouched, one.starts, one.untouched_low, one.untouched_high),
  },
  good: {
    name: "Found good by reviewers", axis: "%", most: 100,
    of: (one) => share(one.good, one.reviewed, one.good_low, one.good_high),
    say: (one) => sayShare(one.good, one.reviewed, one.good_low, one.good_high),
  },
};

/** Where the axis of everybody's plots ends: one for all, so that they can be compared. @param {Measure} measure @param {Figure[]} all */
export function mostOf(measure, all) {
  return measure.most ?? Math.max(0, ...all.map((one) => measure.of(one).value ?? 0));
}

/** The plot for who does not see it. @param {Measure} measure @param {string} name @param {Figure[]} weeks those of which there is anything */
export function sayPlot(measure, name, weeks) {
  const known = weeks.filter((one) => measure.of(one).value !== null);
  const said = known.map((one) => `${sayWeek(one.week ?? "")} ${measure.say(one)}`).join("; ");
  return `${measure.name} of ${name} by week: ${said || "nothing to tell"}`;
}

/** A week as short as an axis wants it. @param {string} week as in 2026-W49 */
export function sayWeek(week) {
  return week.replace(/^\d+-W0?/, "W");
}

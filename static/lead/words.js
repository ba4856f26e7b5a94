/** Numbers of rounds in words: pure, no DOM. */

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

/** How long a round took, from the worker's start to its end. @param {any} round */
export function sayDuration(round) {
  if (!round.started_at || !round.finished_at) return "";
  return saySeconds((Date.parse(round.finished_at) - Date.parse(round.started_at)) / 1000);
}

/** AP of one network before and after. @param {any} round @param {string} network @returns {{text: string, change: "" | "better" | "worse"}} */
export function sayAp(round, network) {
  const before = round.metrics.ap_before?.[network]?.AP;
  const after = round.metrics.ap?.[network]?.AP;
  if (after == null) return { text: "–", change: "" };
  if (before == null) return { text: after.toFixed(3), change: "" };
  const change = after > before ? "better" : after < before ? "worse" : "";
  return { text: `${before.toFixed(3)} → ${after.toFixed(3)}`, change };
}

/** What a running round tells of itself, as [word, value]. @param {any} round @returns {[string, string][]} */
export function sayProgress({ stage, progress }) {
  const said = [["Stage", STAGES[stage]]];
  if (progress.epochs) said.push(["Epoch", `${progress.epoch} of ${progress.epochs}`]);
  if (progress.steps) said.push(["Step", `${progress.step} of ${progress.steps}`]);
  if (progress.loss != null) said.push(["Loss", Number(progress.loss).toPrecision(3)]);
  for (const network of NETWORKS) {
    const ap = progress.ap?.[network];
    if (ap != null) said.push([`AP of ${network}`, Number(ap).toFixed(3)]);
  }
  if (progress.seconds_left != null) said.push(["Time left", saySeconds(progress.seconds_left)]);
  return said;
}

/** What a check of labels suspects about a person of the sheet. Pure, no DOM. */

/** @typedef {import("./filters.js").Filters} Filters @typedef {import("../shared/contract.d.ts").FindingPayload} Finding */

/** Those that the filters ask about, the most suspicious first; none unless suspicious labels are asked for.
 * @param {{findings: Finding[]}} person @param {Filters} filters @returns {Finding[]} */
export function askedSuspicions({ findings }, { show, keypoint, suspicion }) {
  if (show !== "suspicious") return [];
  const asked = findings.filter((one) => (suspicion === "" || one.kind === suspicion) && (keypoint === "" || one.keypoints.includes(Number(keypoint))));
  return asked.sort((one, other) => other.score - one.score);
}

/** The keypoints to ring: of the most suspicious findings, at most so many findings. @param {Finding[]} suspicions @param {number} most @returns {number[]} */
export function suspectedKeypoints(suspicions, most) {
  return [...new Set(suspicions.slice(0, most).flatMap(({ keypoints }) => keypoints))];
}

/** As sentences, the most suspicious first. @param {Finding[]} suspicions */
export function suspicionsInWords(suspicions) {
  return suspicions.map(({ words }) => `${words[0].toUpperCase()}${words.slice(1)}.`).join(" ");
}

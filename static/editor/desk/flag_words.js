/** Why a keypoint is flagged, in the words of who has to look at it. Pure. */

/** @typedef {import("./desk.js").Skeleton} Skeleton */

export const WHOLE_POSE = "The whole pose is in doubt";

/** What the server says of a keypoint, what is said in its place, and what a tip tells. @type {[RegExp, (found: string[]) => {short: string, tip: string}][]} */
const TOLD = [
  [/^(\d+ px (?:apart|away)) in (.*\bcop(?:y|ies)\b.*|a closer look)$/, ([, gap, where]) => ({
    short: `unsure, ${gap}`, tip: `The network looked at this person several times: its places are ${gap} in ${where}.`,
  })],
  [/^in doubt, as this pose is$/, () => ({
    short: "unsure, as the whole pose", tip: "Nothing points at this keypoint alone: the whole pose is in doubt.",
  })],
];

/**
 * A flag's reason in short, and what else there is to know of it.
 * @param {string} reason "left ankle: 16 px apart in turned copies", or without the keypoint's name
 * @returns {{short: string, tip: string}} short: "left ankle: unsure, 16 px apart". tip: the reason itself where there is no other
 */
export function flagInWords(reason) {
  const [, name = "", why] = /^(.*?: )?(.*)$/s.exec(reason) ?? ["", "", reason];
  for (const [pattern, say] of TOLD) {
    const found = pattern.exec(why);
    if (!found) continue;
    const { short, tip } = say(found);
    return { short: name + short, tip };
  }
  return { short: reason, tip: reason };
}

/** Whether so many keypoints of a person are flagged that no single one is to be looked for. @param {{flags: unknown[]}} person
 * @param {Pick<Skeleton, "keypoints">} skeleton */
export function isWholePoseFlagged({ flags }, { keypoints }) {
  return flags.length > keypoints.length / 2;
}

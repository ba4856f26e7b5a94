/** Keypoints as people name them, and which side of the body each is on. Pure. */

/** @typedef {import("./desk.js").Skeleton} Skeleton */

/** The keypoint as a person would say it: "left ankle". @param {Skeleton} skeleton @param {number} keypoint */
export function spoken(skeleton, keypoint) {
  return skeleton.keypoints[keypoint].replace(/[_-]/g, " ");
}

/** What a name says of its side where the server does not: whole words anywhere, single letters as words of their own. */
const SIDE = /left|right|(?<![a-z])[lr](?![a-z])/i;

/** "left", "right" or "middle", as the server says. @param {Skeleton} skeleton @param {number} keypoint
 * @returns {import("./desk.js").Side} */
export function sideOf(skeleton, keypoint) {
  if (skeleton.mirror[keypoint] === keypoint) return "middle";
  if (skeleton.sides) return skeleton.sides[keypoint];
  const side = SIDE.exec(skeleton.keypoints[keypoint])?.[0].toLowerCase() ?? "";
  return side.startsWith("l") ? "left" : side.startsWith("r") ? "right" : "middle";
}

/** The keypoint's name without its side, for both of a pair: "ankle" of left_ankle, "Shoulder" of LShoulder; its whole
 * name where nothing is left. @param {Skeleton} skeleton @param {number} keypoint */
export function sideless(skeleton, keypoint) {
  const own = spoken(skeleton, keypoint);
  const partner = spoken(skeleton, skeleton.mirror[keypoint]);
  const rest = SIDE.test(own) ? own.replace(SIDE, "") : shared(own, partner);
  return rest.replace(/\s+/g, " ").replace(/^[ .]+|[ .]+$/g, "") || own;
}

/** The words that two names share; of names of one word, the beginning and the end that they share.
 * @param {string} own @param {string} partner */
function shared(own, partner) {
  const [words, others] = [own.split(" "), partner.split(" ")];
  const same = words.filter((word, i) => word.toLowerCase() === others[i]?.toLowerCase());
  if (same.length || own === partner) return same.join(" ") || own;
  const [one, other] = [[...own], [...partner]];
  /** @param {string | undefined} a @param {string | undefined} b */
  const alike = (a, b) => a !== undefined && a.toLowerCase() === b?.toLowerCase();
  const start = one.findIndex((char, i) => !alike(char, other[i]));
  const most = Math.min(one.length, other.length) - start;
  const end = [...Array(most).keys()].find((i) => !alike(one.at(-1 - i), other.at(-1 - i))) ?? most;
  return [...one.slice(0, start), ...one.slice(one.length - end)].join("");
}

/** A flag's reason without its keypoint's name, where that is said beside it; else the reason as it is.
 * @param {string} reason "left ankle: A and B 31 px apart" @param {string} name */
export function shortReason(reason, name) {
  return reason.startsWith(`${name}: `) ? reason.slice(name.length + 2) : reason;
}

/** A person to review as the one person of an editor's sheet, so that the editor's canvas paints and moves them. Pure. */

import { isEdited, personOf } from "../editor/desk/desk.js";
import { openDesk } from "../editor/desk/opening.js";
import { suspectedKeypoints } from "../sheet/suspicions.js";

/**
 * @typedef {import("../shared/contract.d.ts").ReviewPersonPayload} ReviewPerson
 * @typedef {import("../shared/contract.d.ts").SkeletonPayload} Skeleton
 * @typedef {import("../editor/images/conveyor.js").Sheet} Sheet
 */

/** Open, so that it can be moved here; the server still has it accepted. @param {ReviewPerson} person @param {Skeleton} skeleton
 * @param {ImageBitmap | null} picture @returns {Sheet} */
export function sheetOf({ id, revision, image, lens, box, xyv, flags, findings }, skeleton, picture) {
  const desk = openDesk({
    version: 1, image, skeleton, lease_s: 0, lens, round: null, remaining: 0, sent_back: [], held_by: null, read_only: null,
    persons: [{
      id, revision, state: "open", box, score: null, flags: [...suspectedFlags(findings), ...flags.filter(({ keypoint }) => !isSuspected(findings, keypoint))], keypoint_scores: null, skip_reason: null, starts: [], ghosts: {}, review: null,
      start: { xyv, from: "label", prediction_id: null, model: null, undecided: [], revision: null },
    }],
  });
  return { desk, restored: [], picture, view: null, problem: null, waiting: 0, look: null };
}

/** What a check suspects is looked at as flags are, and first. @param {ReviewPerson["findings"]} findings @returns {ReviewPerson["flags"]} */
function suspectedFlags(findings) {
  return suspectedKeypoints(findings, findings.length).map((keypoint) => {
    const { score, words } = findings.find(({ keypoints }) => keypoints.includes(keypoint)) ?? { score: 0, words: "" };
    return { keypoint, score, reason: words };
  });
}

/** @param {ReviewPerson["findings"]} findings @param {number} keypoint */
function isSuspected(findings, keypoint) {
  return findings.some(({ keypoints }) => keypoints.includes(keypoint));
}

/** The pose that the reviewer moved, as it is sent; null where nothing was moved. @param {Sheet} sheet */
export function correctionOf({ desk }) {
  const person = personOf(desk);
  if (!person || !isEdited(person)) return null;
  const { xyv, touched } = person.pose;
  // An absent keypoint has no place, whatever the desk remembers of it.
  return { xyv: xyv.map(([x, y, visibility]) => (visibility ? [x, y, visibility] : [0, 0, 0])), touched };
}

/** Persons to review, for tests. */

import { SKELETON } from "../tasks.js";

export { SKELETON };

/** @param {number} id */
export function toReview(id, known = {}) {
  return {
    id, revision: 1, annotator: "ann", image: { id: 100 + id, url: `/img/${id}`, width: 640, height: 480, file_name: `${id}.jpg`, camera: "hall" },
    lens: null, box: { x: 100, y: 100, width: 80, height: 160, angle: 0 }, xyv: SKELETON.keypoints.map((_, k) => [110 + k, 120 + 2 * k, 2]),
    flags: [], findings: [], earlier: null, ...known,
  };
}

/** What a check suspects, for tests. */
export function suspicion(known = {}) {
  return { id: 1, kind: "inversion", keypoints: [3, 4], score: 0.6, words: "left and right knee seem exchanged", other: null, ...known };
}

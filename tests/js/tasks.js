/** Small tasks as the server sends them. */

/** A skeleton of five keypoints. */
export const SKELETON = {
  name: "five", keypoints: ["nose", "left_hand", "right_hand", "left_foot", "right_foot"],
  edges: [[0, 1], [0, 2], [0, 3], [0, 4]], mirror: [0, 2, 1, 4, 3], sigmas: [0.1, 0.1, 0.1, 0.1, 0.1],
};

/** A person whose keypoints all are visible, in a row. */
export function person(id, known = {}) {
  const xyv = SKELETON.keypoints.map((_, i) => [20 + 10 * i, 30 + id, 2]);
  const flags = (known.flagged ?? []).map((keypoint) => ({ keypoint, score: 0.5, reason: `look at ${keypoint}` }));
  return {
    id, revision: 0, state: "open", box: { x: 10, y: 10, width: 60, height: 60, angle: 0 }, score: 0.5,
    start: { xyv, from: "student", prediction_id: 9 }, ghosts: {}, ...known, flags,
  };
}

/** A person nobody has placed anything of. */
export function barePerson(id, known = {}) {
  const xyv = SKELETON.keypoints.map(() => [0, 0, 0]);
  return person(id, { start: { xyv, from: "empty", prediction_id: null }, ...known });
}

/** An image of 200 x 100 px with these persons. */
export function task(...persons) {
  return {
    version: 1, image: { id: 5, url: "/img/5/ab", width: 200, height: 100, file_name: "a.jpg", camera: "hall" },
    skeleton: SKELETON, lease_s: 120, lens: null, round: 1, persons, remaining: 3, sent_back: [],
  };
}

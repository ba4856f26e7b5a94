/** A task of the server as a desk, its persons ready to edit. Pure. */

import { ABSENT, VISIBLE, nextOpen } from "./desk.js";
import { selectPerson } from "./selecting.js";

/**
 * @typedef {import("./desk.js").Desk} Desk @typedef {import("./desk.js").Person} Person
 * @typedef {import("./desk.js").Pose} Pose @typedef {import("./desk.js").Start} Start
 * @typedef {import("./desk.js").Source} Source @typedef {import("./desk.js").Begun} Begun
 * @typedef {import("../../shared/contract.d.ts").PersonPayload} Payload
 * @typedef {Omit<Payload, "id"> & {id: Person["id"]}} Told   as the server tells of them; somebody new has a name of ours for an id
 * @typedef {import("../geometry.js").Point} Point @typedef {import("../geometry.js").Box} Box
 */

/** The desk for a task as the server sends it: at the worst flag of the worst open person.
 * @param {import("../../shared/contract.d.ts").TaskPayload} task @returns {Desk} */
export function openDesk(task) {
  /** @type {Desk} */
  const desk = {
    imageId: task.image.id,
    fileName: task.image.file_name,
    camera: task.image.camera,
    url: task.image.url,
    size: { width: task.image.width, height: task.image.height },
    leaseS: task.lease_s,
    lens: task.lens ?? null,
    remaining: task.remaining,
    round: task.round,
    skeleton: task.skeleton,
    persons: task.persons.map(personFrom),
    removed: [],
    // Nobody yet: selectPerson below chooses, and says what waits to be placed.
    person: -1,
    keypoint: 0,
    placing: false,
    placeAs: VISIBLE,
    past: [],
    future: [],
  };
  return selectPerson(desk, Math.max(nextOpen(desk), desk.persons.length ? 0 : -1));
}

/** A person as the server sends them, ready to edit. @param {Told} data @returns {Person} */
export function personFrom(data) {
  const begun = begunFrom(data.start);
  const start = poseFrom(data.start.xyv, begun.from, data.start.undecided);
  return {
    id: data.id,
    key: data.id,
    revision: data.revision,
    state: data.state,
    reason: data.skip_reason ?? null,
    box: data.box,
    savedBox: data.box,
    score: data.score,
    flags: data.flags ?? [],
    keypointScores: data.keypoint_scores ?? null,
    ...begun,
    offered: begun,
    starts: data.starts ?? [],
    ghosts: data.ghosts ?? {},
    review: data.review ?? null,
    start,
    pose: start,
    problem: null,
    conflict: null,
    isUnknown: false,
  };
}

/** Where a pose that begins so began. @param {Start} start @returns {Begun} */
export function begunFrom(start) {
  // A start without any keypoint is nothing to begin from, whatever the server calls it.
  const isEmpty = start.xyv.every((point) => point[2] === ABSENT);
  const from = isEmpty ? "empty" : start.from;
  const labelRevision = from === "label" ? start.revision ?? null : null;
  return { from, startedFrom: start.prediction_id ?? null, model: start.model ?? null, labelRevision };
}

/** A person drawn a moment ago: a box, and every keypoint still to place.
 * @param {Person["id"]} id @param {Box} box @param {number} count of the skeleton's keypoints @returns {Person} */
export function newPerson(id, box, count) {
  /** @type {Point[]} */
  const xyv = Array.from({ length: count }, () => [0, 0, ABSENT]);
  return personFrom({
    id, revision: 0, state: "open", box, score: null, flags: [], keypoint_scores: null, skip_reason: null,
    start: { xyv, from: "empty", prediction_id: null, model: null, undecided: [], revision: null }, starts: [], ghosts: {}, review: null,
  });
}

/** A pose as it begins, nothing touched yet. What a network's start shows as absent remembers where the network put it.
 * @param {Point[]} xyv @param {Source} from @param {number[]} [undecided] about which keypoints nobody decided; of nothing to
 * begin from, of none @returns {Pose} */
export function poseFrom(xyv, from, undecided = []) {
  const isPredicted = from === "model" || from === "student";
  /** @param {Point} point @param {number} keypoint */
  const isUndecided = (point, keypoint) => point[2] === ABSENT && (from === "empty" || undecided.includes(keypoint));
  /** @param {Point} point */
  const isRemembered = ([x, y]) => isPredicted && (x !== 0 || y !== 0);
  return {
    xyv,
    touched: xyv.map(() => false),
    placed: xyv.map((point, k) => point[2] !== ABSENT || (isRemembered(point) && !isUndecided(point, k))),
    undecided: xyv.map(isUndecided),
  };
}

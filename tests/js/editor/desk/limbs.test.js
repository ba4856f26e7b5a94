import assert from "node:assert/strict";
import { test } from "node:test";

import { toScreen } from "../../../../static/editor/geometry.js";
import * as limbs from "../../../../static/editor/desk/limbs.js";
import { sideless, spoken } from "../../../../static/editor/desk/keypoint_names.js";
import { personFrom, poseFrom } from "../../../../static/editor/desk/opening.js";
import { numbersFrom } from "../../chance.js";

/** The four built-in skeletons, as sspcm/skeleton.py has them. */
const SKELETONS = {
  "coco-17": [
    "nose left_eye right_eye left_ear right_ear left_shoulder right_shoulder left_elbow right_elbow left_wrist " +
      "right_wrist left_hip right_hip left_knee right_knee left_ankle right_ankle",
    "15-13 13-11 16-14 14-12 11-12 5-11 6-12 5-6 5-7 6-8 7-9 8-10 1-2 0-1 0-2 1-3 2-4 3-5 4-6",
    ["eye, ear", "shoulder, elbow, wrist", "hip, knee, ankle"],
  ],
  "wepdtof-14": [
    "right_shoulder right_elbow right_wrist left_shoulder left_elbow left_wrist right_hip right_knee right_ankle " +
      "left_hip left_knee left_ankle head_top neck",
    "2-1 1-0 0-13 13-3 3-4 4-5 8-7 7-6 6-9 9-10 10-11 12-13 0-6 3-9",
    ["shoulder, elbow, wrist", "hip, knee, ankle"],
  ],
  "mpii-16": [
    "right_ankle right_knee right_hip left_hip left_knee left_ankle pelvis thorax upper_neck head_top right_wrist " +
      "right_elbow right_shoulder left_shoulder left_elbow left_wrist",
    "0-1 1-2 2-6 6-3 3-4 4-5 6-7 7-8 8-9 10-11 11-12 12-7 7-13 13-14 14-15",
    ["hip, knee, ankle", "shoulder, elbow, wrist"],
  ],
  "crowdpose-14": [
    "left_shoulder right_shoulder left_elbow right_elbow left_wrist right_wrist left_hip right_hip left_knee " +
      "right_knee left_ankle right_ankle head_top neck",
    "13-12 13-0 13-1 0-2 2-4 1-3 3-5 13-6 13-7 6-8 8-10 7-9 9-11 6-7",
    ["shoulder, elbow, wrist", "hip, knee, ankle"],
  ],
};

function skeletonOf(name) {
  const [names, edges] = SKELETONS[name];
  return skeletonFrom(names.split(" "), edges.split(" ").map((edge) => edge.split("-").map(Number)));
}

function skeletonFrom(keypoints, edges) {
  const other = (name) => name.replace(/left|right/, (side) => ({ left: "right", right: "left" })[side]);
  return { name: "test", keypoints, edges, mirror: keypoints.map((name) => keypoints.indexOf(other(name))), sigmas: keypoints.map(() => 0.07) };
}

const COCO = skeletonOf("coco-17");
const ALL = [...COCO.keypoints.keys()];
const ARM = [5, 7, 9];
const LEG = [11, 13, 15];

/** A pose with visible, hidden, cleared and never placed keypoints. */
function randomPose(chance, count = 17) {
  const kinds = Array.from({ length: count }, () => ["seen", "seen", "hidden", "cleared", "open"][Math.floor(chance() * 5)]);
  const visibility = { seen: 2, hidden: 1, cleared: 0, open: 0 };
  return {
    xyv: kinds.map((kind) => (kind === "open" ? [0, 0, 0] : [chance() * 4000, chance() * 3000, visibility[kind]])),
    touched: kinds.map((kind) => kind === "cleared"),
    placed: kinds.map((kind) => kind !== "open"),
    undecided: kinds.map((kind) => kind === "open"),
  };
}

/** A person standing 100 px apart on either side, each keypoint lower than the one before. */
function standing(ghosts) {
  const xyv = COCO.keypoints.map((name, i) => [{ l: 200, r: 100, n: 150 }[name[0]], 50 + 10 * i, 2]);
  const box = { x: 90, y: 40, width: 120, height: 180, angle: 0 };
  const seen = (keypoints) => xyv.map((_, i) => [...xyv[keypoints.includes(i) ? COCO.mirror[i] : i].slice(0, 2), 0.9]);
  const start = { xyv, from: "student", prediction_id: 1 };
  const known = Object.fromEntries(Object.entries(ghosts).map(([name, keypoints]) => [name, seen(keypoints)]));
  return personFrom({ id: 1, revision: 0, state: "open", box, score: 1, start, ghosts: known });
}

const both = (limb) => limb.flatMap((keypoint) => [keypoint, COCO.mirror[keypoint]]);

for (const [name, [, , named]] of Object.entries(SKELETONS)) {
  test(`every sided keypoint of ${name} belongs to one limb, of its side alone`, () => {
    const skeleton = skeletonOf(name);
    for (const [side, other] of [["left", "right"], ["right", "left"]]) {
      const sided = [...skeleton.keypoints.keys()].filter((i) => skeleton.keypoints[i].startsWith(side));
      const found = [...new Map(sided.map((i) => [limbs.limbOf(skeleton, i).join(), limbs.limbOf(skeleton, i)])).values()];
      assert.deepEqual(found.flat().sort((a, b) => a - b), sided, "each once");
      const said = found.map((limb) => limb.map((i) => sideless(skeleton, i)).sort().join());
      assert.deepEqual(said.sort(), named.map((limb) => limb.split(", ").sort().join()).sort());
      for (const i of sided) assert.ok(limbs.limbOf(skeleton, i).includes(i), spoken(skeleton, i));
      for (const limb of found) assert.ok(limb.every((i) => !skeleton.keypoints[i].includes(other)));
    }
    const middle = [...skeleton.keypoints.keys()].filter((i) => skeleton.mirror[i] === i);
    for (const i of middle) assert.deepEqual(limbs.limbOf(skeleton, i), []);
  });
}

test("a limb is in the skeleton's order", () => {
  assert.deepEqual(limbs.limbOf(COCO, 9), ARM);
});

test("sided keypoints that no edge joins to the other side or the middle are a limb as far as they hold together", () => {
  const names = ["neck", "left_hand", "right_hand", "left_thumb", "right_thumb", "left_toe", "right_toe"];
  const skeleton = skeletonFrom(names, [[1, 3], [2, 4]]);
  assert.deepEqual(names.map((_, i) => limbs.limbOf(skeleton, i)), [[], [1, 3], [2, 4], [1, 3], [2, 4], [5], [6]]);
});

test("a keypoint as near to two roots belongs to the first", () => {
  const names = ["neck", "left_hip", "right_hip", "left_rib", "right_rib", "left_shoulder", "right_shoulder"];
  const skeleton = skeletonFrom(names, [[0, 5], [0, 6], [1, 2], [5, 3], [3, 1], [6, 4], [4, 2]]);
  assert.deepEqual(limbs.limbOf(skeleton, 3), [1, 3]);
  assert.deepEqual(limbs.limbOf(skeleton, 5), [5]);
});

test("a swapped limb exchanges places, visibility and decisions, and leaves the rest as it is", () => {
  const pose = poseFrom(COCO.keypoints.map((_, i) => (i === 9 ? [0, 0, 0] : [i, 2 * i, i === 8 ? 1 : 2])), "empty");
  const swapped = limbs.swapSides(COCO, pose, ARM);
  assert.deepEqual(swapped.xyv[7], [8, 16, 1]);
  assert.deepEqual(swapped.xyv[8], [7, 14, 2]);
  assert.deepEqual([swapped.placed[9], swapped.placed[10]], [true, false]);
  assert.deepEqual([swapped.undecided[9], swapped.undecided[10]], [false, true]);
  assert.deepEqual(ALL.filter((i) => swapped.touched[i]), [5, 6, 7, 8, 9], "the wrist that is not placed now waits to be");
  for (const i of [0, 1, 11, 16]) assert.equal(swapped.xyv[i], pose.xyv[i]);
});

test("swapping twice is as it was, whatever is swapped", () => {
  const chance = numbersFrom(11);
  for (let i = 0; i < 200; i += 1) {
    const pose = randomPose(chance);
    const keypoints = ALL.filter(() => chance() < 0.4);
    const once = limbs.swapSides(COCO, pose, keypoints);
    const twice = limbs.swapSides(COCO, once, keypoints);
    for (const part of ["xyv", "placed", "undecided"]) assert.deepEqual(twice[part], pose[part]);
    for (const k of ALL) {
      const asked = keypoints.includes(k) || keypoints.includes(COCO.mirror[k]);
      const swaps = asked && k !== 0 && (pose.placed[k] || pose.placed[COCO.mirror[k]]);
      assert.deepEqual(once.xyv[k], pose.xyv[swaps ? COCO.mirror[k] : k]);
      assert.equal(once.touched[k], swaps ? !pose.undecided[COCO.mirror[k]] : pose.touched[k]);
    }
  }
});

test("where nothing has a side or a place, the same pose comes back", () => {
  const bare = poseFrom(ALL.map(() => [0, 0, 0]), "empty");
  assert.equal(limbs.swapSides(COCO, bare, ALL), bare);
  assert.equal(limbs.mirrorPose(COCO, bare, { at: { x: 5, y: 5 }, turn: 0 }), bare);
  const pose = randomPose(numbersFrom(12));
  assert.equal(limbs.swapSides(COCO, pose, [0]), pose);
});

test("a mirrored pose is reflected as the screen shows it, with its sides exchanged", () => {
  const chance = numbersFrom(13);
  for (let i = 0; i < 100; i += 1) {
    const turn = chance() * 6.28 - 3.14;
    const at = { x: chance() * 4000, y: chance() * 3000 };
    const view = { a: 2 * Math.cos(turn), b: 2 * Math.sin(turn), x: 40, y: 70 };
    const pose = randomPose(chance);
    const mirrored = limbs.mirrorPose(COCO, pose, { at, turn });
    const axis = toScreen(view, at).x;
    for (const k of ALL.filter((k) => pose.placed[k])) {
      const [was, is] = [pose.xyv[k], mirrored.xyv[COCO.mirror[k]]];
      const [before, after] = [was, is].map(([x, y]) => toScreen(view, { x, y }));
      assert.ok(Math.abs(before.x - axis - (axis - after.x)) < 1e-6 && Math.abs(before.y - after.y) < 1e-6);
      assert.equal(is[2], was[2]);
      assert.ok(mirrored.placed[COCO.mirror[k]] && mirrored.touched[COCO.mirror[k]]);
    }
  }
});

test("mirroring twice is as it was", () => {
  const chance = numbersFrom(14);
  for (let i = 0; i < 100; i += 1) {
    const axis = { at: { x: chance() * 4000, y: chance() * 3000 }, turn: chance() * 6.28 - 3.14 };
    const pose = randomPose(chance);
    const twice = limbs.mirrorPose(COCO, limbs.mirrorPose(COCO, pose, axis), axis);
    for (const part of ["placed", "undecided"]) assert.deepEqual(twice[part], pose[part]);
    for (const k of ALL) {
      assert.ok(Math.hypot(twice.xyv[k][0] - pose.xyv[k][0], twice.xyv[k][1] - pose.xyv[k][1]) < 1e-6);
      assert.equal(twice.xyv[k][2], pose.xyv[k][2]);
    }
  }
});

test("a limb looks swapped only where every ghost there is sees it the other way round", () => {
  assert.deepEqual(limbs.swappedSuspects(standing({ A: both(ARM), B: both(ARM) }), COCO), [ARM]);
  assert.deepEqual(limbs.swappedSuspects(standing({ B: both(ARM) }), COCO), [ARM]);
  assert.deepEqual(limbs.swappedSuspects(standing({ A: both(ARM), B: both(LEG) }), COCO), []);
  assert.deepEqual(limbs.swappedSuspects(standing({ A: [], B: [] }), COCO), []);
  assert.deepEqual(limbs.swappedSuspects(standing({}), COCO), []);
});

test("what is swapped looks right after it is swapped back", () => {
  const person = standing({ A: both(LEG), B: both(LEG) });
  const pose = limbs.swapSides(COCO, person.pose, limbs.swappedSuspects(person, COCO)[0]);
  assert.deepEqual(limbs.swappedSuspects({ ...person, pose }, COCO), []);
});

test("partners that lie close together, or of which one is absent, tell nothing about their sides", () => {
  const person = standing({ A: both(ARM), B: both(ARM) });
  const moved = (change) => ({ ...person, pose: { ...person.pose, xyv: person.pose.xyv.map(change) } });
  const close = moved((point, i) => (ARM.includes(i) ? [105, point[1], 2] : point));
  assert.deepEqual(limbs.swappedSuspects(close, COCO), []);
  const absent = moved((point, i) => (ARM.includes(i) ? [point[0], point[1], 0] : point));
  assert.deepEqual(limbs.swappedSuspects(absent, COCO), []);
});

// --- names of other conventions, their sides told by the server -----------------------------------------------------

const BODY_25 =
  "Nose Neck RShoulder RElbow RWrist LShoulder LElbow LWrist MidHip RHip RKnee RAnkle LHip LKnee LAnkle REye LEye REar " +
  "LEar LBigToe LSmallToe LHeel RBigToe RSmallToe RHeel";
const BODY_25_EDGES =
  "1-8 1-2 1-5 2-3 3-4 5-6 6-7 8-9 9-10 10-11 8-12 12-13 13-14 1-0 0-15 15-17 0-16 16-18 14-19 19-20 14-21 11-22 22-23 11-24";

function body25(edges = BODY_25_EDGES.split(" ").map((edge) => edge.split("-").map(Number))) {
  const keypoints = BODY_25.split(" ");
  const isSided = (name) => /^[LR][A-Z]/.test(name);
  const other = (name) => (name[0] === "L" ? "R" : "L") + name.slice(1);
  const mirror = keypoints.map((name, k) => (isSided(name) ? keypoints.indexOf(other(name)) : k));
  const sides = keypoints.map((name) => (isSided(name) ? { L: "left", R: "right" }[name[0]] : "middle"));
  return { name: "body_25", keypoints, edges, mirror, sides, sigmas: keypoints.map(() => 0.05) };
}

const namesOf = (skeleton, keypoints) => keypoints.map((k) => skeleton.keypoints[k]).join(" ");

test("the limbs of OpenPose's 25 keypoints are found, each on its own side", () => {
  const skeleton = body25();
  const limbs25 = (name) => namesOf(skeleton, limbs.limbOf(skeleton, skeleton.keypoints.indexOf(name)));
  assert.equal(limbs25("LWrist"), "LShoulder LElbow LWrist");
  assert.equal(limbs25("RBigToe"), "RHip RKnee RAnkle RBigToe RSmallToe RHeel");
  assert.equal(limbs25("LEar"), "LEye LEar");
  assert.equal(limbs25("MidHip"), "");
});

test("swapping a limb of theirs, and mirroring, go by the stored mirror", () => {
  const skeleton = body25();
  const pose = {
    xyv: skeleton.keypoints.map((_, k) => [100 + k, 200, 2]),
    placed: skeleton.keypoints.map(() => true),
    undecided: skeleton.keypoints.map(() => false),
    touched: skeleton.keypoints.map(() => false),
  };
  const swapped = limbs.swapSides(skeleton, pose, limbs.limbOf(skeleton, 7));
  assert.deepEqual([2, 3, 4, 5, 6, 7, 9].map((k) => swapped.xyv[k][0]), [105, 106, 107, 102, 103, 104, 109]);
  const mirrored = limbs.mirrorPose(skeleton, pose, { at: { x: 0, y: 0 }, turn: 0 });
  assert.deepEqual([0, 2, 5].map((k) => Math.round(mirrored.xyv[k][0])), [-100, -105, -102]);
});

test("an edge between the sides of theirs joins no limbs", () => {
  const skeleton = body25([[3, 7], [4, 6]]);
  assert.equal(namesOf(skeleton, limbs.limbOf(skeleton, 7)), "LWrist");
});

test("names keep what both of a pair share", () => {
  const cases = [
    ["LShoulder", "RShoulder", "Shoulder"], ["earL", "earR", "ear"], ["Lhip", "Rhip", "hip"], ["left_ear", "right_ear", "ear"],
    ["LASI", "RASI", "ASI"], ["Nearfrontfoot", "Offfrontfoot", "frontfoot"], ["ojo izquierdo", "ojo derecho", "ojo"],
    ["左目", "右目", "目"], ["L_F_Paw", "R_F_Paw", "F Paw"], ["leftpaw", "rightpaw", "paw"], ["left", "right", "left"], ["a", "b", "a"],
  ];
  for (const [left, right, shared] of cases) {
    const skeleton = { name: "test", keypoints: [left, right], edges: [], mirror: [1, 0], sides: ["left", "right"], sigmas: [0.1, 0.1] };
    assert.equal(sideless(skeleton, 0), shared, left);
  }
  const alone = { name: "test", keypoints: ["nose"], edges: [], mirror: [0], sigmas: [0.1] };
  assert.equal(sideless(alone, 0), "nose");
});

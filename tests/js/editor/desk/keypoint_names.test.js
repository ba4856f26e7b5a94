import assert from "node:assert/strict";
import { test } from "node:test";

import { sideOf } from "../../../../static/editor/desk/keypoint_names.js";

test("left and right are told however a skeleton writes them, and only where its mirror pairs them", () => {
  const keypoints = ["left_hip", "right_hip", "LeftKnee", "RightKnee", "foot.L", "foot.R", "upright", "head"];
  const skeleton = { keypoints, mirror: [1, 0, 3, 2, 5, 4, 6, 7] };
  const sides = keypoints.map((_, i) => sideOf(skeleton, i));
  assert.deepEqual(sides, ["left", "right", "left", "right", "left", "right", "middle", "middle"]);
});

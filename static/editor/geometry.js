/**
 * Where things lie: image pixels, screen pixels, and the view that joins them. Pure; knows no DOM.
 *
 * Image pixels: the CENTRE of the top-left pixel is (0, 0), so the picture itself covers [-0.5, width - 0.5].
 * Screen pixels: CSS pixels from the stage's top-left corner.
 *
 * @typedef {{x: number, y: number}} Spot
 * @typedef {{left: number, top: number, right: number, bottom: number}} Rect
 * @typedef {{width: number, height: number}} Size
 * @typedef {{x: number, y: number, width: number, height: number, angle: number}} Box
 * @typedef {{x: number, y: number, radius: number}} Lens  the lens's image circle, in image pixels
 * @typedef {[number, number, number]} Point  x, y in image pixels and visibility (or, in a ghost, confidence)
 */

/**
 * The map from image to screen: `screen = [a -b; b a] * image + [x, y]`. It scales and may turn, and never shears.
 * @typedef {{a: number, b: number, x: number, y: number}} View
 */

const SCALE_LIMITS = { least: 0.02, most: 60 };

/** @param {View} view @param {Spot} spot in image pixels @returns {Spot} in screen pixels */
export function toScreen(view, spot) {
  return { x: view.a * spot.x - view.b * spot.y + view.x, y: view.b * spot.x + view.a * spot.y + view.y };
}

/** @param {View} view @param {Spot} spot in screen pixels @returns {Spot} in image pixels */
export function toImage(view, spot) {
  const square = view.a * view.a + view.b * view.b;
  const [dx, dy] = [spot.x - view.x, spot.y - view.y];
  return { x: (view.a * dx + view.b * dy) / square, y: (view.a * dy - view.b * dx) / square };
}

/** A step of so many image pixels, along the screen's axes, as the step it makes in the image: never longer or shorter.
 * @param {View} view @param {Spot} step right and down on the screen @returns {Spot} in image pixels */
export function stepOnScreen(view, step) {
  const scale = scaleOf(view);
  return { x: (view.a * step.x + view.b * step.y) / scale, y: (view.a * step.y - view.b * step.x) / scale };
}

/** Screen pixels per image pixel. @param {View} view */
export function scaleOf(view) {
  return Math.hypot(view.a, view.b);
}

/** Radians by which the view turns the image, clockwise, in (-pi, pi]. @param {View} view */
export function turnOf(view) {
  return Math.atan2(view.b, view.a);
}

/**
 * Radians (clockwise on the screen) from "up" to the direction away from the lens centre, as sspcm/fisheye.py has it:
 * turned back by this, a person standing at `spot` under an overhead camera is upright. 0 at the centre itself.
 * @param {Spot} spot @param {Lens} lens
 */
export function uprightAngle(spot, lens) {
  const [dx, dy] = [spot.x - lens.x, spot.y - lens.y];
  // At the centre no direction is up, and atan2 would take the sign of a zero for one.
  return Math.hypot(dx, dy) < 1e-9 ? 0 : Math.atan2(dx, -dy);
}

/** The same view, moved. @param {View} view @param {Spot} step in screen pixels @returns {View} */
export function pan(view, step) {
  return { ...view, x: view.x + step.x, y: view.y + step.y };
}

/**
 * The view magnified by `factor`, with whatever lies under `at` staying there.
 * @param {View} view @param {Spot} at in screen pixels @param {number} factor @returns {View}
 */
export function zoomAt(view, at, factor) {
  const scale = scaleOf(view);
  // The factor that is left of it at the limits, so that what is under the pointer does not slide away.
  const held = clamp(scale * factor, SCALE_LIMITS.least, SCALE_LIMITS.most) / scale;
  return {
    a: view.a * held,
    b: view.b * held,
    x: at.x + (view.x - at.x) * held,
    y: at.y + (view.y - at.y) * held,
  };
}

/**
 * The same view turned until the image lies turned by `turn`, with whatever lies under `at` staying there.
 * @param {View} view @param {Spot} at in screen pixels @param {number} turn radians clockwise, 0: as it was taken
 * @returns {View}
 */
export function turnTo(view, at, turn) {
  const scale = scaleOf(view);
  const under = toImage(view, at);
  const turned = { a: scale * Math.cos(turn), b: scale * Math.sin(turn), x: 0, y: 0 };
  // Turned about the origin first, then moved back to where it was: no trigonometry of the old turn is needed.
  const landed = toScreen(turned, under);
  return { ...turned, x: at.x - landed.x, y: at.y - landed.y };
}

/**
 * The view that shows `spots` whole, in the middle of a stage of `size`, `margin` of the stage left free on each side.
 * @param {Spot[]} spots in image pixels, two at least @param {Size} size in screen pixels
 * @param {{margin?: number, most?: number, turn?: number}} [options] turn: radians clockwise @returns {View}
 */
export function fit(spots, size, { margin = 0.04, most = SCALE_LIMITS.most, turn = 0 } = {}) {
  const turned = { a: Math.cos(turn), b: Math.sin(turn), x: 0, y: 0 };
  // Measured as it lies on the screen: the rectangle around a turned person is another one.
  const rect = around(spots.map((spot) => toScreen(turned, spot)));
  const room = 1 - 2 * margin;
  const scale = clamp(
    Math.min((size.width * room) / (rect.right - rect.left), (size.height * room) / (rect.bottom - rect.top)),
    SCALE_LIMITS.least,
    most,
  );
  return {
    a: scale * turned.a,
    b: scale * turned.b,
    x: size.width / 2 - (scale * (rect.left + rect.right)) / 2,
    y: size.height / 2 - (scale * (rect.top + rect.bottom)) / 2,
  };
}

/** The same middle after the stage changed its size. @param {View} view @param {Size} before @param {Size} after */
export function resized(view, before, after) {
  return pan(view, { x: (after.width - before.width) / 2, y: (after.height - before.height) / 2 });
}

/** What the picture itself covers. @param {Size} size of the image @returns {Rect} */
export function frameOf(size) {
  return { left: -0.5, top: -0.5, right: size.width - 0.5, bottom: size.height - 0.5 };
}

/** Whether a spot lies in the picture. @param {Spot} spot in image pixels @param {Size} size of the image */
export function isInFrame({ x, y }, size) {
  const frame = frameOf(size);
  return x >= frame.left && x <= frame.right && y >= frame.top && y <= frame.bottom;
}

/** @param {Box} box @returns {Spot} */
export function middleOf(box) {
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** The four corners in order; `angle` turns them clockwise about the centre. @param {Box} box @returns {Spot[]} */
export function cornersOf(box) {
  const middle = middleOf(box);
  const turn = (box.angle * Math.PI) / 180;
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  return [[-1, -1], [1, -1], [1, 1], [-1, 1]].map(([i, j]) => {
    const [u, v] = [(i * box.width) / 2, (j * box.height) / 2];
    return { x: middle.x + cos * u - sin * v, y: middle.y + sin * u + cos * v };
  });
}

/** The upright rectangle around some spots. At least one. @param {Spot[]} spots @returns {Rect} */
export function around(spots) {
  const xs = spots.map((spot) => spot.x);
  const ys = spots.map((spot) => spot.y);
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}

/** Whether a spot lies in a box, turned boxes too. @param {Box} box @param {Spot} spot */
export function isInside(box, spot) {
  const turn = (box.angle * Math.PI) / 180;
  const [dx, dy] = [spot.x - box.x - box.width / 2, spot.y - box.y - box.height / 2];
  const u = Math.cos(turn) * dx + Math.sin(turn) * dy;
  const v = Math.cos(turn) * dy - Math.sin(turn) * dx;
  return Math.abs(u) <= box.width / 2 && Math.abs(v) <= box.height / 2;
}

/**
 * The box dragged from one spot to another, level on the screen: under a view turned by `turn` its angle turns it back,
 * so that it holds what was dragged around and no more. The dragged corners are kept inside the frame.
 * @param {Spot} from @param {Spot} to both in image pixels @param {Size} size of the image
 * @param {number} [turn] radians clockwise @returns {Box}
 */
export function boxBetween(from, to, size, turn = 0) {
  const frame = frameOf(size);
  // A drag may begin or end beside the picture; nobody stands there.
  const [one, two] = [intoFrame(from, frame), intoFrame(to, frame)];
  const angle = levelAngle(turn);
  const axis = (angle * Math.PI) / 180;
  const [dx, dy] = [two.x - one.x, two.y - one.y];
  const width = Math.abs(Math.cos(axis) * dx + Math.sin(axis) * dy);
  const height = Math.abs(Math.cos(axis) * dy - Math.sin(axis) * dx);
  return {
    x: round((one.x + two.x - width) / 2),
    y: round((one.y + two.y - height) / 2),
    width: round(width),
    height: round(height),
    angle,
  };
}

/** The angle of a box that lies level on the screen. @param {number} turn the view's, in radians clockwise @returns {number} degrees */
export function levelAngle(turn) {
  // 0 minus, for a box that was never turned is saved with 0 and not with -0.
  return round((0 - turn) * (180 / Math.PI));
}

/** The nearest place inside the frame. @param {Spot} spot @param {Rect} frame @returns {Spot} */
export function intoFrame(spot, frame) {
  return { x: clamp(spot.x, frame.left, frame.right), y: clamp(spot.y, frame.top, frame.bottom) };
}

/**
 * Which present keypoint lies nearest to `at`, and how far, or null where none is within `radius`.
 * @param {Point[]} xyv @param {Spot} at @param {number} radius all three in the same pixels
 * @returns {{keypoint: number, distance: number} | null}
 */
export function nearest(xyv, at, radius) {
  let found = null;
  for (const [keypoint, [x, y, visibility]] of xyv.entries()) {
    const distance = Math.hypot(x - at.x, y - at.y);
    // Strictly nearer: of two on one spot the first of the skeleton is taken, at every click the same.
    if (visibility > 0 && distance <= radius && (found === null || distance < found.distance)) {
      found = { keypoint, distance };
    }
  }
  return found;
}

/** To a hundredth of a pixel: finer than anyone can point. @param {number} value @param {number} [parts] of a pixel */
export function round(value, parts = 100) {
  return Math.round(value * parts) / parts;
}

/** @param {number} value @param {number} least @param {number} most */
export function clamp(value, least, most) {
  return Math.min(Math.max(value, least), most);
}

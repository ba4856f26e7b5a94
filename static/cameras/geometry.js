/** A lens circle on its frame: what a pointer grabs, how it moves, what upright will mean. Image pixels; pure, no DOM. */

/** @typedef {import("../shared/contract.d.ts").CirclePayload} Circle */
/** @typedef {{width: number, height: number}} Frame */
/** @typedef {{x: number, y: number}} Spot */

export const LEAST_RADIUS = 1;
const MARGIN = 0.06;

/** What is assumed of every fisheye: the circle inscribed in the frame. @param {Frame} frame @returns {Circle} */
export function inscribed({ width, height }) {
  return { x: (width - 1) / 2, y: (height - 1) / 2, radius: Math.min(width, height) / 2 };
}

/** The part of the plane that is shown: the frame with a margin, so that a rim at its edge can be grabbed.
 * @param {Frame} frame @returns {{x: number, y: number, width: number, height: number}} */
export function shownPart({ width, height }) {
  const margin = MARGIN * Math.max(width, height);
  return { x: -0.5 - margin, y: -0.5 - margin, width: width + 2 * margin, height: height + 2 * margin };
}

/** The circle while its centre or rim is dragged from one place to another: what was grabbed keeps its distance from the pointer.
 * @param {Circle} circle as it was at the start @param {"centre" | "rim"} part @param {{x: number, y: number}} from @param {{x: number, y: number}} to
 * @param {Frame} frame @returns {Circle} */
export function dragged(circle, part, from, to, frame) {
  if (part === "centre") return moved(circle, to.x - from.x, to.y - from.y, frame);
  /** @param {{x: number, y: number}} at */
  const away = (at) => Math.hypot(at.x - circle.x, at.y - circle.y);
  return resized(circle, away(to) - away(from), frame);
}

/** @param {Circle} circle @param {number} dx @param {number} dy @param {Frame} frame @returns {Circle} */
export function moved(circle, dx, dy, frame) {
  return { ...circle, x: between(circle.x + dx, -0.5, frame.width - 0.5), y: between(circle.y + dy, -0.5, frame.height - 0.5) };
}

/** @param {Circle} circle @param {number} by @param {Frame} frame @returns {Circle} */
export function resized(circle, by, frame) {
  return { ...circle, radius: between(circle.radius + by, LEAST_RADIUS, 4 * Math.max(frame.width, frame.height)) };
}

/** What a key does to the circle; null if nothing. Arrows move it, plus and minus change its radius, Shift means 10 px.
 * @param {Circle} circle @param {{key: string, shiftKey: boolean}} pressed @param {Frame} frame @returns {Circle | null} */
export function nudged(circle, { key, shiftKey }, frame) {
  const step = shiftKey ? 10 : 1;
  switch (key) {
    case "ArrowLeft": return moved(circle, -step, 0, frame);
    case "ArrowRight": return moved(circle, step, 0, frame);
    case "ArrowUp": return moved(circle, 0, -step, frame);
    case "ArrowDown": return moved(circle, 0, step, frame);
    // The plus is with Shift on some keyboards: what the same key gives without or with it counts too.
    case "+": case "=": case "*": return resized(circle, step, frame);
    case "-": case "_": return resized(circle, -step, frame);
    default: return null;
  }
}

/** Numbers as a person typed them; null where they make no circle in the frame.
 * @param {{x: string, y: string, radius: string}} typed @param {Frame} frame @returns {Circle | null} */
export function typedCircle(typed, frame) {
  // Number("") is 0: an empty field is no place.
  const [x, y, radius] = [typed.x, typed.y, typed.radius].map((text) => (text.trim() === "" ? NaN : Number(text)));
  if (![x, y, radius].every(Number.isFinite) || radius < LEAST_RADIUS) return null;
  const kept = resized(moved({ x, y, radius }, 0, 0, frame), 0, frame);
  return kept.x === x && kept.y === y && kept.radius === radius ? kept : null;
}

/** Whether two circles are the same to the eye and to the fields: within a tenth of a pixel. @param {Circle | null} one @param {Circle | null} other */
export function same(one, other) {
  if (!one || !other) return one === other;
  return [one.x - other.x, one.y - other.y, one.radius - other.radius].every((apart) => Math.abs(apart) < 0.05);
}

/** Arrows from the feet to the head of somebody standing there: what will be up.
 * @param {Circle} circle @param {number} count around @returns {{from: {x: number, y: number}, to: {x: number, y: number}}[]} */
export function upArrows(circle, count) {
  return Array.from({ length: count }, (_, i) => {
    const angle = (2 * Math.PI * i) / count;
    /** @param {number} part */
    const at = (part) => ({ x: circle.x + part * circle.radius * Math.sin(angle), y: circle.y - part * circle.radius * Math.cos(angle) });
    return { from: at(0.62), to: at(0.82) };
  });
}

/** @param {number} value @param {number} least @param {number} most */
function between(value, least, most) {
  return Math.min(Math.max(value, least), most);
}

/** Axes of the lead's charts: pure numbers, no DOM. */

/**
 * Round numbers that span the data, about `wanted` of them, a step of 1, 2 or 5 times a power of ten apart.
 * @param {number} low @param {number} high @param {{wanted?: number, whole?: boolean}} [options] whole: integers only
 * @returns {number[]} at least two, the first at or below `low`, the last at or above `high`
 */
export function ticks(low, high, { wanted = 4, whole = false } = {}) {
  const span = high > low ? high - low : Math.abs(high) || 1;
  const raw = span / wanted;
  const power = 10 ** Math.floor(Math.log10(raw));
  // A hair of slack, so that 0.1 + 0.2 does not make the next larger step.
  const step = Math.max(whole ? 1 : 0, power * ([1, 2, 5].find((factor) => factor * power >= raw * 0.999) ?? 10));
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  // 0.30000000000000004 is no label.
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Where a value lies. @param {[number, number]} from @param {[number, number]} onto */
export function scale(from, onto) {
  const [low, high] = from;
  return (/** @type {number} */ value) => onto[0] + ((value - low) / (high - low || 1)) * (onto[1] - onto[0]);
}

/** A number as short as it can be told apart from its neighbours on the axis. @param {number} value @param {number} step */
export function say(value, step) {
  const places = Math.max(0, Math.min(6, -Math.floor(Math.log10(step) + 1e-9)));
  return value.toFixed(places);
}

/** @typedef {Record<string, number>} Rounds on how many people each round was measured, by its number */

/** Points that one line joins: figures of other people are another measurement. @param {[number, number][]} points @param {Rounds | null} rounds
 * @returns {[number, number][][]} */
export function stretches(points, rounds) {
  /** @type {[number, number][][]} */
  const found = [];
  for (const [place, point] of points.entries()) {
    const isSame = place > 0 && (!rounds || rounds[points[place - 1][0]] === rounds[point[0]]);
    if (isSame) found[found.length - 1].push(point);
    else found.push([point]);
  }
  return found;
}

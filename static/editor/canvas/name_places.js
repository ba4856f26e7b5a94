/** Where words stand on the image so that they hide no keypoint. Pure; in screen pixels. */

/** @typedef {import("../geometry.js").Spot} Spot @typedef {import("../geometry.js").Size} Size
 *  @typedef {{x: number, y: number, width: number, height: number}} Pill */

const GAP = 12;

/** The ways out from a keypoint: its sides and its corners, as parts of the label's width and height. */
const WAYS = [[1, -1], [1, 1], [-1, -1], [-1, 1], [1, 0], [-1, 0], [0, -1], [0, 1]];

/**
 * Where a label stands beside a spot: clear of it and, if it can be, of the other dots and labels; rather away from the
 * middle of the body than over it.
 * @param {Size} size of the label @param {Spot} at what it names
 * @param {{middle: Spot, stage: Size, dots?: Spot[], taken?: Pill[], gap?: number, must?: boolean}} room
 *   must: it is shown even where it hides something, else not at all @returns {Pill | null}
 */
export function placeLabel(size, at, { middle, stage, dots = [], taken = [], gap = GAP, must = false }) {
  const far = Math.hypot(at.x - middle.x, at.y - middle.y) || 1;
  /** @param {number[]} way */
  const outward = ([x, y]) => (x * (at.x - middle.x) + y * (at.y - middle.y)) / far / Math.hypot(x, y);
  const pills = WAYS.toSorted((one, two) => outward(two) - outward(one)).map((way) => beside(size, at, way, gap));
  const inside = pills.filter((pill) => isInside(pill, stage));
  const free = inside.find((pill) => !taken.some((other) => overlaps(pill, other)) && !dots.some((dot) => covers(pill, dot)));
  if (free || !must) return free ?? null;
  // Over a dot rather than not at all: what is pointed at has its name.
  return inside[0] ?? clampedInto(pills[0], stage);
}

/** @param {Size} size @param {Spot} at @param {number[]} way @param {number} gap */
function beside({ width, height }, at, [x, y], gap) {
  const out = x && y ? gap * 0.75 : gap;
  return { x: at.x + x * out - (width * (1 - x)) / 2, y: at.y + y * out - (height * (1 - y)) / 2, width, height };
}

/** @param {Pill} pill @param {Size} stage */
function isInside({ x, y, width, height }, stage) {
  return x >= 2 && y >= 2 && x + width <= stage.width - 2 && y + height <= stage.height - 2;
}

/** @param {Pill} pill @param {Size} stage */
function clampedInto(pill, stage) {
  /** @param {number} value @param {number} most */
  const within = (value, most) => Math.max(2, Math.min(value, most - 2));
  return { ...pill, x: within(pill.x, stage.width - pill.width), y: within(pill.y, stage.height - pill.height) };
}

/** Whether two labels overlap. @param {Pill} one @param {Pill} two */
export function overlaps(one, two) {
  return one.x < two.x + two.width && two.x < one.x + one.width && one.y < two.y + two.height && two.y < one.y + one.height;
}

/** @param {Pill} pill @param {Spot} dot */
function covers({ x, y, width, height }, dot, reach = 4) {
  return dot.x > x - reach && dot.x < x + width + reach && dot.y > y - reach && dot.y < y + height + reach;
}

/**
 * A text in lines of so many characters; what is too much for the last line is left out, with a sign.
 * @param {string} text @param {number} wide characters a line @param {number} most lines @returns {string[]}
 */
export function wrapped(text, wide, most) {
  const lines = linesOf(text, wide);
  if (lines.length <= most) return balanced(text, wide, lines).map((line) => cut(line, wide));
  return [...lines.slice(0, most - 1).map((line) => cut(line, wide)), cut(`${lines[most - 1]} …`, wide, true)];
}

/** @param {string} text @param {number} wide */
function linesOf(text, wide) {
  const lines = [""];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const longer = lines.at(-1) ? `${lines.at(-1)} ${word}` : word;
    if (longer.length <= wide || !lines.at(-1)) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** The same number of lines, as narrow as they can be: no word stands alone in the last one.
 * @param {string} text @param {number} wide @param {string[]} lines @returns {string[]} */
function balanced(text, wide, lines) {
  const narrower = linesOf(text, wide - 1);
  return wide > 1 && narrower.length === lines.length ? balanced(text, wide - 1, narrower) : lines;
}

/** @param {string} line @param {number} wide */
function cut(line, wide, goesOn = false) {
  if (line.length <= wide) return line;
  return `${line.slice(0, wide - (goesOn ? 2 : 1)).trimEnd()}${goesOn ? " …" : "…"}`;
}

/** Mouse, pen and fingers on the stage, told apart: a click, a drag of what was taken hold of, a pinch, a wheel. */

/**
 * @typedef {import("../geometry.js").Spot} Spot
 * @typedef {"point" | "box" | "view" | "handle" | "aim"} Hold
 * @typedef {{
 *   grab: (spot: Spot, touch: boolean) => Hold, drag: (hold: Hold, start: Spot, from: Spot, to: Spot, event: PointerEvent) => void,
 *   drop: (hold: Hold, start: Spot, to: Spot) => void, click: (spot: Spot, event: PointerEvent) => void,
 *   abort: () => void, hover: (spot: Spot | null) => void, pinch: (from: Spot, to: Spot, ratio: number) => void,
 *   wheel: (spot: Spot, factor: number) => void, menu: (spot: Spot) => void }} Handlers   all spots in screen pixels of the stage
 */

/** How far a press may wander and still be a click: an unsteady hand moves nothing by accident. @type {Record<string, number>} */
const SLACK = { mouse: 3, pen: 5, touch: 9 };

/** Listen on an element until the signal aborts. @param {HTMLElement} element @param {Handlers} handlers @param {AbortSignal} signal */
export function listen(element, handlers, signal) {
  /** @type {Map<number, Spot>} */
  const fingers = new Map();
  /** @type {{start: Spot, last: Spot, hold: Hold, moved: boolean, slack: number} | null} */
  let press = null;

  /** @param {MouseEvent} event */
  const spotOf = (event) => {
    const frame = element.getBoundingClientRect();
    return { x: event.clientX - frame.left, y: event.clientY - frame.top };
  };

  /** @param {PointerEvent} event */
  const down = (event) => {
    if (event.button === 2 || /** @type {Element} */ (event.target).closest("button, a, dialog, [data-floating]")) return;
    const spot = spotOf(event);
    // A drag goes on over the panel and out of the window.
    element.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, spot);
    if (fingers.size > 1) {
      if (press?.moved) handlers.abort();
      press = null;
      return;
    }
    const hold = event.button === 1 ? "view" : handlers.grab(spot, event.pointerType !== "mouse");
    press = { start: spot, last: spot, hold, moved: false, slack: SLACK[event.pointerType] ?? SLACK.mouse };
  };

  /** @param {PointerEvent} event */
  const move = (event) => {
    const spot = spotOf(event);
    if (fingers.size > 1 && fingers.has(event.pointerId)) {
      pinch(event.pointerId, spot);
    } else if (press) {
      if (fingers.has(event.pointerId)) fingers.set(event.pointerId, spot); // where a second finger's pinch begins
      press.moved ||= Math.hypot(spot.x - press.start.x, spot.y - press.start.y) >= press.slack;
      if (!press.moved) return;
      handlers.drag(press.hold, press.start, press.last, spot, event);
      press.last = spot;
    } else {
      handlers.hover(spot);
    }
  };

  /** @param {number} id @param {Spot} spot */
  const pinch = (id, spot) => {
    const [other] = [...fingers].filter(([finger]) => finger !== id).map(([, where]) => where);
    const was = fingers.get(id) ?? spot;
    fingers.set(id, spot);
    /** @param {Spot} one */
    const apart = (one) => Math.max(Math.hypot(one.x - other.x, one.y - other.y), 1);
    /** @param {Spot} one */
    const middle = (one) => ({ x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 });
    handlers.pinch(middle(was), middle(spot), apart(spot) / apart(was));
  };

  /** @param {PointerEvent} event */
  const up = (event) => {
    fingers.delete(event.pointerId);
    if (!press || fingers.size) return;
    const { moved, hold, start } = press;
    press = null;
    if (moved) handlers.drop(hold, start, spotOf(event));
    else handlers.click(spotOf(event), event);
  };

  /** @param {PointerEvent} event */
  const cancel = (event) => {
    fingers.delete(event.pointerId);
    if (press?.moved) handlers.abort();
    press = null;
  };

  /** @param {WheelEvent} event */
  const wheel = (event) => {
    event.preventDefault();
    // Some browsers count a mouse wheel in lines.
    const lines = event.deltaMode === 1 ? 16 : 1;
    // A pinch on a touch pad comes as a wheel with Ctrl, in much smaller steps.
    handlers.wheel(spotOf(event), Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0016)));
  };

  element.addEventListener("pointerdown", down, { signal });
  element.addEventListener("pointermove", move, { signal });
  element.addEventListener("pointerup", up, { signal });
  element.addEventListener("pointercancel", cancel, { signal });
  element.addEventListener("pointerleave", () => press || handlers.hover(null), { signal });
  element.addEventListener("contextmenu", (event) => {
    event.preventDefault();
    if (!press) handlers.menu(spotOf(event));
  }, { signal });
  element.addEventListener("wheel", wheel, { signal, passive: false });
}

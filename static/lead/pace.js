/** When a part of the page asks the server again: often while something goes on, seldom else, at once when something was
 * done, and never while nobody sees it. */

export const SELDOM_MS = 15_000;
const ACTED = "lead-acted";

/** Something was done, or has just changed: every part that is seen asks at once. */
export function acted() {
  document.dispatchEvent(new Event(ACTED));
}

/** What one part asks by. */
export class Pace {
  #ask;
  #often;
  #element;
  #timer = 0;
  #goesOn = true;
  #isInView = true;
  /** It was time while nobody saw it. */
  #isDue = false;
  /** @type {IntersectionObserver | null} */
  #watcher = null;

  /** @param {() => void} ask @param {number} often milliseconds, while something goes on @param {Element | null} [element]
   * asked for only while this is in view, after the first time; null: while the page is seen */
  constructor(ask, often, element = null) {
    this.#ask = ask;
    this.#often = often;
    this.#element = element;
  }

  /** Ask now, and again and again. */
  start() {
    document.addEventListener("visibilitychange", this.#look);
    document.addEventListener(ACTED, this.now);
    if (this.#element) {
      this.#watcher = new IntersectionObserver(([seen]) => {
        this.#isInView = seen.isIntersecting;
        this.#look();
      });
      this.#watcher.observe(this.#element);
    }
    this.now();
  }

  stop() {
    document.removeEventListener("visibilitychange", this.#look);
    document.removeEventListener(ACTED, this.now);
    this.#watcher?.disconnect();
    window.clearTimeout(this.#timer);
  }

  /** Whether something goes on that the part tells of. @param {boolean} value */
  set goesOn(value) {
    if (value === this.#goesOn) return;
    this.#goesOn = value;
    this.#wait();
  }

  /** Ask now if the page is seen, wherever the part is; else as soon as it is. */
  now = () => {
    this.#isDue = document.hidden;
    if (!document.hidden) this.#ask();
    this.#wait();
  };

  #look = () => {
    if (this.#isDue && this.#isSeen()) this.now();
  };

  #isSeen() {
    return !document.hidden && this.#isInView;
  }

  #wait() {
    window.clearTimeout(this.#timer);
    if (this.#isDue) return; // whoever looks again asks
    this.#timer = window.setTimeout(() => {
      if (this.#isSeen()) this.now();
      else this.#isDue = true;
    }, this.#goesOn ? this.#often : Math.max(this.#often, SELDOM_MS));
  }
}

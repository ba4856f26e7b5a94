/** An image that may be looked at and not changed: somebody else holds it, or it is kept for validation. */

import * as words from "../words.js";

const ASK_EVERY_MS = 15_000;

/** What can be done with such an image: what moves the view or the selection, and nothing else. */
const VIEWING = new Set([
  "flag-next", "flag-previous", "keypoint-next", "keypoint-previous", "person-next", "person-previous", "person-open-next",
  "person-labelled-next", "upright", "fit-person", "fit-image", "zoom-in", "zoom-out", "ghosts", "ghost-A", "ghost-B", "ghost-C",
  "ghost-label", "loupe", "view-settings", "hide", "cancel", "history",
]);

/** @typedef {Pick<import("../../shared/contract.d.ts").TaskPayload, "held_by" | "read_only">} Task */

/** @typedef {{heldBy: string | null, reason: string | null}} Look   heldBy: who works on it; reason: another one, in words */

/** Why a task may only be looked at; null where it is ours to work on. @param {Task} task @returns {Look | null} */
export function lookOf(task) {
  const [heldBy, reason] = [task.held_by ?? null, task.read_only ?? null];
  return heldBy === null && reason === null ? null : { heldBy, reason };
}

/** Whether a command changes nothing. @param {string} command a name from keys.js */
export function isViewing(command) {
  return VIEWING.has(command);
}

/**
 * @typedef {object} Host
 * @property {(banner: {text: string, isFree: boolean, canBeHad: boolean}) => void} show how it stands
 * @property {() => void} hide nothing is only looked at any more
 */

/** The banner over such an image, and the quiet question whether it is free by now. */
export class Looking {
  #api;
  #host;
  #clock;
  #asking = 0;
  /** @type {number | null} the image that is looked at */
  #imageId = null;

  /** @param {import("../../shared/api.js").Api} api @param {Host} host
   * @param {{setInterval: (act: () => void, ms: number) => any, clearInterval: (id: any) => void}} [clock] */
  constructor(api, host, clock = globalThis) {
    this.#api = api;
    this.#host = host;
    this.#clock = clock;
  }

  /** Look at an image, or, with null, work on it. @param {number} imageId @param {Look | null} look */
  begin(imageId, look) {
    this.stop();
    if (look === null) return this.#host.hide();
    this.#imageId = imageId;
    this.#show(look);
    if (look.heldBy !== null) this.#asking = this.#clock.setInterval(() => void this.ask(), ASK_EVERY_MS);
    return undefined;
  }

  /** Ask no more. */
  stop() {
    this.#clock.clearInterval(this.#asking);
    this.#imageId = null;
  }

  /** Whether it is free by now; holds nothing. A question that fails is asked again later. */
  async ask() {
    const imageId = this.#imageId;
    const task = await this.#api.get(`/api/images/${imageId}/task?look=1`).catch(() => null);
    // The annotator may have gone on meanwhile.
    if (task !== null && imageId === this.#imageId) this.#show(lookOf(task) ?? { heldBy: null, reason: null });
  }

  /** @param {Look} look */
  #show({ heldBy, reason }) {
    const isFree = heldBy === null && (reason === null || reason === words.FREE);
    const text = isFree || heldBy !== null ? words.lookingInWords(heldBy) : reason ?? "";
    this.#host.show({ text, isFree, canBeHad: heldBy !== null || isFree });
  }
}

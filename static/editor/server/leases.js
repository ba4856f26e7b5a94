/** The leases on the images at hand: renewed at the server by a heartbeat, and a lock in this browser that tells other tabs. */

import { ApiError } from "../../shared/api.js";
import { Tabs } from "./tabs.js";

// One beat may be lost on a bad connection, and the lease still lasts until the next.
const BEATS_IN_A_LEASE = 3;

/**
 * @typedef {object} Host
 * @property {() => number[]} imageIds the images whose leases are renewed
 * @property {() => number | undefined} imageId the one on the desk
 * @property {(imageIds: number[]) => void} lost at this beat: somebody else may have them
 * @property {() => void} lostThis the one on the desk is lost; said once
 * @property {() => void} signedOut the server does not know us any more
 */

/** The leases of one page. */
export class Leases {
  #api;
  #host;
  #tabs = new Tabs();
  #beating = 0;
  /** @type {number | null} the image whose loss was told */
  #told = null;

  /** @param {import("../../shared/api.js").Api} api @param {Host} host */
  constructor(api, host) {
    this.#api = api;
    this.#host = host;
  }

  /** Renew the leases from now on; once begun it goes on. @param {number} leaseS how long one lasts, in seconds */
  keep(leaseS) {
    // The first image's lease tells the pace for all: the server gives each the same.
    this.#beating ||= setInterval(() => void this.#beat(), (leaseS * 1000) / BEATS_IN_A_LEASE);
  }

  /** Have an image in this tab, instead of the one before. @param {string} owner as ownerOf names them @param {number} imageId
   * @returns {Promise<boolean>} whether no other tab of this browser has it */
  inThisTab(owner, imageId) {
    return this.#tabs.take(`pose-editor ${owner} ${imageId}`);
  }

  /** Nothing is on the desk. */
  drop() {
    this.#tabs.drop();
  }

  /** The page goes. */
  stop() {
    clearInterval(this.#beating);
    this.#beating = 0;
    this.drop();
  }

  /** Whether they are still held, at once: the page was away, and its clock with it. */
  ask() {
    if (this.#beating) void this.#beat();
  }

  async #beat() {
    const ids = this.#host.imageIds();
    if (!ids.length) return;
    try {
      /** @type {import("../../shared/contract.d.ts").HeldPayload} */
      const { held } = await this.#api.post("/api/heartbeat", { image_ids: ids });
      const lost = ids.filter((id) => !held.includes(id));
      // Those that only wait here are dropped without a word: nothing was done to them.
      this.#host.lost(lost);
      this.#tell(lost.find((id) => id === this.#host.imageId()) ?? null);
    } catch (error) {
      if (error instanceof ApiError && error.kind === "signed-out") this.#host.signedOut();
    }
  }

  /** @param {number | null} lost what is on the desk and lost: it is so at every beat from now on, and told once */
  #tell(lost) {
    if (lost !== null && lost !== this.#told) this.#host.lostThis();
    this.#told = lost;
  }
}

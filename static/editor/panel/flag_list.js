/** Why the selected person is worth a look: the flags on their keypoints, and limbs that look exchanged. */

import { make } from "../../shared/dom.js";
import { WHOLE_POSE, flagInWords, isWholePoseFlagged } from "../desk/flag_words.js";
import { shortReason, spoken } from "../desk/keypoint_names.js";
import { swappedSuspects } from "../desk/limbs.js";
import { noFlagInWords, swapInWords } from "../words.js";
import { buildOnce, scrollTo } from "./updating.js";

/**
 * @typedef {import("../desk/desk.js").Skeleton} Skeleton
 * @typedef {import("../desk/desk.js").Desk} Desk @typedef {import("../desk/desk.js").Person} Person
 */

/** One list. */
export class FlagList {
  #list;
  #wishes;

  /** @param {HTMLElement} list @param {{selectKeypoint: (keypoint: number) => void, swap: (keypoints: number[]) => void}} wishes */
  constructor(list, wishes) {
    this.#list = list;
    this.#wishes = wishes;
  }

  /** @param {Desk} desk @param {Person} person @param {{isLooking: boolean}} how isLooking: nothing may be changed */
  show(desk, person, { isLooking }) {
    const noFlag = noFlagInWords(person, { isLooking });
    const rows = person.flags.map((flag) => ({
      name: spoken(desk.skeleton, flag.keypoint), reason: flag.reason, current: flag.keypoint === desk.keypoint, touched: person.pose.touched[flag.keypoint],
      keypoint: flag.keypoint,
    }));
    const isWhole = isWholePoseFlagged(person, desk.skeleton);
    const swaps = person.state === "open" ? swappedSuspects(person, desk.skeleton) : [];
    buildOnce(this.#list, JSON.stringify([rows, swaps, isWhole, rows.length ? "" : noFlag]), (list) => {
      const none = make("p", { className: "empty", textContent: noFlag });
      const { scrollTop } = list;
      const asked = swaps.length ? [this.#swapRow(desk.skeleton, swaps.flat())] : [];
      // Of so many rows none says where to look: the selected keypoint's stays, with its reason.
      const listed = isWhole ? rows.filter((row) => row.current) : rows;
      const whole = isWhole ? [make("p", { className: "whole", textContent: `${WHOLE_POSE}.` })] : [];
      list.replaceChildren(...asked, ...whole, ...listed.map((row) => this.#flagRow(row)), ...(rows.length || asked.length ? [] : [none]));
      list.scrollTop = scrollTop; // built anew it would stand at its top again
      const current = list.querySelector('[aria-current="true"]');
      if (current) scrollTo(list, current);
    });
  }

  /** The row of the selected keypoint, if it is flagged. @returns {HTMLElement | null} */
  get current() {
    return this.#list.querySelector('[aria-current="true"]');
  }

  /** Nothing may be exchanged; the rows still select. */
  onlyLook() {
    /** @type {NodeListOf<HTMLButtonElement>} */
    const buttons = this.#list.querySelectorAll("button.swap");
    for (const button of buttons) button.disabled = true;
  }

  /** @param {{name: string, reason: string, current: boolean, touched: boolean, keypoint: number}} what */
  #flagRow({ name, reason, current, touched, keypoint }) {
    const { short, tip } = flagInWords(reason);
    const more = shortReason(short, name);
    const text = more === short ? [short] : [make("b", { textContent: name }), `: ${more}`];
    const row = make("button", { className: "flag", title: tip }, [make("i"), make("span", {}, text)]);
    row.toggleAttribute("data-touched", touched);
    row.setAttribute("aria-current", String(current));
    row.addEventListener("click", () => this.#wishes.selectKeypoint(keypoint));
    return row;
  }

  /** Limbs that the networks see the other way round, and the way to exchange their sides.
   * @param {Skeleton} skeleton @param {number[]} limbs their keypoints */
  #swapRow(skeleton, limbs) {
    const row = make("button", { className: "flag swap" }, [make("span", { textContent: swapInWords(skeleton, limbs) })]);
    row.addEventListener("click", () => this.#wishes.swap(limbs));
    return row;
  }
}

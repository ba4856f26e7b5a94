/** The keypoints of the selected person, left and right beside each other, and the visibility of the selected one. */

import { make } from "../../shared/dom.js";
import { flagOf, isUndecided, personOf } from "../desk/desk.js";
import { sideOf, sideless, spoken } from "../desk/keypoint_names.js";
import { standOf } from "../words.js";
import { buildOnce, setAttribute, setText } from "./updating.js";

/**
 * @typedef {import("../desk/desk.js").Person} Person
 * @typedef {import("../desk/desk.js").Desk} Desk @typedef {import("../desk/desk.js").Skeleton} Skeleton
 */

/** What a cell says: nothing of a keypoint that is as most are. @type {Record<string, string>} */
const SHORT = { visible: "", "not placed": "–" };

/** One grid; its cells are built anew for another skeleton only. */
export class KeypointGrid {
  #grid;
  #selectedName;
  #visibility;
  #select;

  /** @param {{grid: HTMLElement, selectedName: HTMLElement, visibility: HTMLElement}} refs
   * @param {(keypoint: number) => void} select */
  constructor({ grid, selectedName, visibility }, select) {
    this.#grid = grid;
    this.#selectedName = selectedName;
    this.#visibility = visibility;
    this.#select = select;
  }

  /** @param {Desk} desk */
  show(desk) {
    const person = personOf(desk);
    if (!person) return;
    buildOnce(this.#grid, desk.skeleton.keypoints.join(), (grid) => grid.replaceChildren(...this.#cells(desk.skeleton)));
    /** @type {NodeListOf<HTMLElement>} */
    const cells = this.#grid.querySelectorAll(".cell");
    for (const cell of cells) showCell(cell, desk, person);
    setText(this.#selectedName, capital(spoken(desk.skeleton, desk.keypoint)));
    this.#showVisibility(desk, person);
  }

  /** What is pressed is what the keypoint has; while it waits to be placed, what the next click gives it.
   * @param {Desk} desk @param {Person} person */
  #showVisibility(desk, person) {
    const waits = isUndecided(person, desk.keypoint);
    const now = waits ? desk.placing && desk.placeAs : person.pose.xyv[desk.keypoint][2];
    for (const button of this.#visibility.querySelectorAll("button")) {
      setAttribute(button, "aria-pressed", String(Number(button.dataset.value) === now));
      button.disabled = person.state !== "open";
    }
  }

  /** Left and right beside each other, as the skeleton's mirror pairs them. @param {Skeleton} skeleton */
  #cells(skeleton) {
    const head = ["", "Left", "Right"].map((text) => make("span", { className: `head ${text.toLowerCase()}`, textContent: text }));
    return [...head, ...skeleton.mirror.flatMap((other, keypoint) => this.#row(skeleton, keypoint, other))];
  }

  /** A pair has one row, made at its left one; whatever is no pair of left and right has a row of its own.
   * @param {Skeleton} skeleton @param {number} keypoint @param {number} other */
  #row(skeleton, keypoint, other) {
    const sides = [sideOf(skeleton, keypoint), sideOf(skeleton, other)].join();
    if (other !== keypoint && sides === "right,left") return [];
    if (other === keypoint || sides !== "left,right") {
      return [nameCell(capital(spoken(skeleton, keypoint))), this.#cell(skeleton, keypoint, "cell wide")];
    }
    return [nameCell(capital(sideless(skeleton, keypoint))), this.#cell(skeleton, keypoint, "cell"), this.#cell(skeleton, other, "cell")];
  }

  /** @param {Skeleton} skeleton @param {number} keypoint @param {string} className */
  #cell(skeleton, keypoint, className) {
    const cell = make("button", { className }, [make("i"), make("span")]);
    cell.dataset.keypoint = String(keypoint);
    cell.dataset.side = sideOf(skeleton, keypoint);
    cell.addEventListener("click", () => this.#select(keypoint));
    return cell;
  }
}

/** @param {HTMLElement} cell @param {Desk} desk @param {Person} person */
function showCell(cell, desk, person) {
  const keypoint = Number(cell.dataset.keypoint);
  const flagged = person.state === "open" && flagOf(person, keypoint) !== null;
  setAttribute(cell, "data-visibility", String(person.pose.xyv[keypoint][2]));
  setAttribute(cell, "aria-current", String(keypoint === desk.keypoint));
  if (flagged) setAttribute(cell, "data-flagged", person.pose.touched[keypoint] ? "seen" : "open");
  else cell.removeAttribute("data-flagged");
  const stand = standOf(person, keypoint);
  const label = `${spoken(desk.skeleton, keypoint)}, ${stand}${flagged ? ", flagged" : ""}`;
  setAttribute(cell, "aria-label", label);
  setAttribute(cell, "title", label);
  const text = cell.querySelector("span");
  if (text) setText(text, SHORT[stand] ?? stand);
}

/** @param {string} text */
function nameCell(text) {
  return make("span", { className: "name", textContent: text });
}

/** @param {string} text */
function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

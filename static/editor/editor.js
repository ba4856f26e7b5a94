/**
 * The pose editor: a custom element that takes images from the queue, lets an annotator correct the persons in them,
 * and saves in the background.
 *
 * For tests: the element carries data-image, data-person, data-status (saved, saving, draft, unsaved), data-phase
 * (loading, ready, empty, error) and data-painted, which counts the images painted.
 */

import { Editor } from "./wiring.js";

/** The element `<pose-editor>`. Attribute `data-api`: put before every path, if the server is elsewhere. */
export class PoseEditor extends HTMLElement {
  /** Made when the element first comes into a page: before, its attributes may not be there. @type {Editor | null} */
  #editor = null;

  connectedCallback() {
    this.#editor ??= new Editor(this);
    this.#editor.begin();
  }

  disconnectedCallback() {
    this.#editor?.stop();
  }

  /** Keys go to the image. @param {FocusOptions} [options] */
  focus(options) {
    this.#editor?.focus(options);
  }

  /** Do what a key, a button or a test asks for. @param {string} command a name from keys.js
   * @param {{byMouse?: boolean}} [asked] byMouse: a button was clicked */
  run(command, asked) {
    this.#editor?.run(command, asked);
  }

  /** The desk as it stands, for tests. */
  get desk() {
    return this.#editor?.desk ?? null;
  }

  /** Where a keypoint is in the window, for tests. @param {number} personId @param {string | number} keypoint name or index */
  screenOf(personId, keypoint) {
    const index = typeof keypoint === "number" ? keypoint : this.desk?.skeleton.keypoints.indexOf(keypoint) ?? -1;
    const point = this.desk?.persons.find((person) => person.id === personId)?.pose.xyv[index];
    if (!point) throw new Error(`no keypoint ${keypoint} of person ${personId} on this image`);
    return this.screenAt(point[0], point[1]);
  }

  /** Where an image pixel is in the window, for tests. @param {number} x @param {number} y */
  screenAt(x, y) {
    return this.#editor?.inWindow({ x, y });
  }
}

if (!customElements.get("pose-editor")) customElements.define("pose-editor", PoseEditor);

/** The editor inside a host page's component. @param {{element: Element}} host @returns {PoseEditor | null} */
export function bind({ element }) {
  return element.querySelector("pose-editor");
}

/** Whether all is saved: in the bar, to a screen reader once it changes, and as a notice where the annotator must act. */

import { isStopped } from "../server/outbox.js";
import * as words from "../words.js";

/**
 * @typedef {import("../desk/desk.js").Desk} Desk
 * @typedef {{outlook: import("../server/outbox.js").Outlook, desk: Desk | null, leftBehind: Desk[], isReady: boolean,
 *   isLooking: boolean}} Stand isReady: an image is shown, to say it over
 */

/** @typedef {import("../server/outbox.js").Outlook} Outlook */

/** What was last said of it. */
export class SaveStatus {
  #notices;
  #toldUnsaved = false;
  #asksToGoOn = false;
  /** Whether something of this page was on its way to the server. */
  #hasSaved = false;

  /** @param {import("./notices.js").Notices} notices */
  constructor(notices) {
    this.#notices = notices;
  }

  /** @param {Stand} stand @returns {ReturnType<typeof words.standInWords>["status"]} */
  show({ outlook, desk, leftBehind, isReady, isLooking }) {
    const { status, text } = words.standInWords(outlook, desk, leftBehind, Date.now());
    this.#tellChange(status, text, outlook.state);
    this.#hasSaved ||= status === "saving";
    // A page that has done nothing yet does not claim that it saved.
    const isSaid = status !== "saved" || this.#hasSaved || (desk !== null && !isLooking);
    this.#notices.status(status, isSaid ? text : "", outlook.pending > 0 && status === "unsaved");
    if (isReady) this.#askToGoOn(outlook);
    return status;
  }

  /** @param {ReturnType<typeof words.standInWords>["status"]} status @param {string} text @param {Outlook["state"]} stands the outbox's */
  #tellChange(status, text, stands) {
    if (status === "unsaved" && !this.#toldUnsaved) this.#notices.say(text);
    const hasArrived = this.#toldUnsaved && stands === "saved" && status !== "unsaved";
    if (hasArrived) this.#notices.say("Saved: what waited is at the server.");
    this.#toldUnsaved = status === "unsaved" || (status === "saving" && this.#toldUnsaved);
  }

  /** What the annotator must do before anything is saved again. @param {Outlook} outlook */
  #askToGoOn({ state, pending, message }) {
    const needed = isStopped(state);
    if (!needed && !this.#asksToGoOn) return;
    this.#asksToGoOn = needed;
    const signIn = { text: words.signInFirst(pending), button: "Sign in", act: () => window.open("/login", "_blank", "noopener") };
    const reload = { text: message, button: "Reload the page", act: () => location.reload() };
    this.#notices.show(needed ? { kind: "problem", ...(state === "signed-out" ? signIn : reload) } : null);
  }
}

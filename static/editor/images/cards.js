/** What stands in place of the image while there is none. Pure. */

/**
 * @typedef {import("../panel/notices.js").Card} Card
 * @typedef {Pick<import("../../shared/contract.d.ts").StepPayload, "title" | "text" | "command" | "code">} Step what to do first
 */

const NOTHING_LEFT = "Every image is done or with somebody else. New ones come with the next import or round.";
/** Steps of a home in which nobody has worked yet. */
const BEFORE_ANY_WORK = ["no_images", "validation_only"];

/** The queue is empty. @param {string} message the server's @param {Step | null} step @param {() => void} again @returns {Card} */
export function emptyCard(message, step, again) {
  const isWorkedIn = step === null || !BEFORE_ANY_WORK.includes(step.code);
  return {
    title: step?.title ?? "Nothing left to do", text: step?.text ?? (message || NOTHING_LEFT), command: step?.command,
    also: isWorkedIn ? "{recent} lists the images you did last." : "", button: "Check again", act: again,
  };
}

/** The queue could not be asked. @param {{kind?: string, message: string}} error
 * @param {{again: () => void, reload: () => void}} ways @returns {Card} */
export function failedCard({ kind, message }, { again, reload }) {
  const tryAgain = { button: "Try again", act: again };
  if (kind === "signed-out") {
    const text = "Sign in again in another tab, then come back. Your edits are kept.";
    return { title: "Your session has ended", text, link: "/login", ...tryAgain };
  }
  if (kind === "another-project") {
    return { title: "Another project is here now", text: message, button: "Reload the page", act: reload };
  }
  return { title: "The next image could not be loaded", text: message, ...tryAgain };
}

/** The image that the address asked for could not be opened. @param {string} message @param {() => void} goOn @returns {Card} */
export function cannotOpenCard(message, goOn) {
  return { title: "That image could not be opened", text: message, button: "Take the next image", act: goOn };
}

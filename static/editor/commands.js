/** What each command does: one table, from the names in input/keys.js. Keys, buttons and tests all run these. */

import { ABSENT, HIDDEN, VISIBLE, nextOpen } from "./desk/desk.js";
import { beginFrom, clearAll, clearKeypoint, startsOf } from "./desk/editing.js";
import { sideless } from "./desk/keypoint_names.js";
import { limbOf } from "./desk/limbs.js";
import { cycleVisibility, goOn, setVisibility } from "./desk/placing.js";
import { mirror, swapLimb, swapPerson } from "./desk/reposing.js";
import { stepFlag, stepKeypoint, stepPerson, stepTo, stopPlacing } from "./desk/selecting.js";
import { copyFromEarlier } from "./images/earlier_frame.js";
import { toggleHistory } from "./images/history.js";
import { isViewing } from "./images/looking.js";
import { offerRecent } from "./images/recent.js";
import { GHOST_KINDS } from "./panel/looks.js";
import { offerSkippingAll } from "./server/skipping_all.js";
import * as words from "./words.js";

/**
 * @typedef {import("./desk/placing.js").Hand} Asked   with which hand: where it points, whether it clicked a button
 * @typedef {Record<string, (asked: Asked) => void>} Table
 * @typedef {object} Parts
 * @property {import("./work.js").Work} work
 * @property {import("./view/viewing.js").Viewing} viewing
 * @property {import("./tools/hand.js").Hand} hand
 * @property {import("./server/decisions.js").Decisions} decisions
 * @property {import("./images/arriving.js").Arriving} images
 * @property {import("./panel/drawing.js").Drawing} drawing
 * @property {import("./panel/panel.js").Panel} panel
 * @property {import("./panel/notices.js").Notices} notices
 * @property {import("./input/keyboard.js").Keyboard} keyboard
 * @property {import("../shared/api.js").Api} api
 * @property {(address: string) => void} leaveFor another page
 * @property {() => void} refresh the panel
 */

const TURN_DEGREES = 2;
const FAR = 10;
const ZOOM = { in: 1.25, out: 0.8 };
const STEPS = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] };

/** The commands of one editor. */
export class Commands {
  #parts;
  /** @type {Table} those about the image on the desk */
  #table;
  /** @type {Table} those that need none */
  #anywhere;

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
    this.#table = { ...keypointCommands(parts), ...wholeCommands(parts), ...personCommands(parts), ...viewCommands(parts), ...editorCommands(parts) };
    this.#anywhere = anywhereCommands(parts);
  }

  /** @returns {string[]} */
  get names() {
    return [...Object.keys(this.#table), ...Object.keys(this.#anywhere)];
  }

  /** Do what a key, a button or a test asks for.
   * @param {string} command @param {{byMouse?: boolean}} [asked] byMouse: a button was clicked */
  run(command, { byMouse = false } = {}) {
    const { work, hand, images, notices } = this.#parts;
    if (command in this.#anywhere) return this.#anywhere[command]({});
    if (images.phase !== "ready") return undefined;
    if (work.isLooking && !isViewing(command)) return notices.explain(words.ONLY_LOOKING);
    // With a tool in the hand the pointer says nothing of where a keypoint is to be.
    return this.#table[command]?.({ byMouse, pointer: hand.isFree ? hand.inImage() : null });
  }
}

/** @param {Parts} parts @returns {Table} */
function keypointCommands({ work, viewing, hand, notices }) {
  /** @param {number} x @param {number} y */
  const nudge = (x, y) => hand.tool.nudge(viewing.stepOnScreen({ x, y }));
  return {
    "flag-next": () => work.goTo(stepFlag(work.desk, 1)),
    "flag-previous": () => work.goTo(stepFlag(work.desk, -1)),
    "keypoint-next": () => work.goTo(work.isLooking ? stepKeypoint(work.desk, 1) : goOn(work.desk)),
    "keypoint-previous": () => work.goTo(stepKeypoint(work.desk, -1)),
    "visibility-cycle": (asked) => work.edit(cycleVisibility(work.desk, asked)),
    /** @param {Asked} asked */
    visible: (asked) => work.edit(setVisibility(work.desk, VISIBLE, asked)),
    /** @param {Asked} asked */
    hidden: (asked) => work.edit(setVisibility(work.desk, HIDDEN, asked)),
    /** @param {Asked} asked */
    absent: (asked) => work.edit(setVisibility(work.desk, ABSENT, asked)),
    ...eachWay("nudge", nudge),
    "clear-keypoint": () => work.edit(clearKeypoint(work.desk)),
    "clear-all": () => work.edit(clearAll(work.desk)),
    "swap-limb": () => {
      const { skeleton, keypoint } = work.desk;
      const limb = limbOf(skeleton, keypoint);
      if (!limb.length) return notices.explain(words.NO_SIDE);
      return work.edit(swapLimb(work.desk), `Left and right swapped: ${limb.map((one) => sideless(skeleton, one)).join(", ")}.`);
    },
  };
}

/** What a person's pose or box is changed by as a whole. @param {Parts} parts @returns {Table} */
function wholeCommands({ work, viewing, hand, panel, notices, api }) {
  return {
    "swap-person": () => work.edit(swapPerson(work.desk), "Left and right of the whole person swapped."),
    mirror: () => work.edit(mirror(work.desk, viewing.turn), "Mirrored."),
    "copy-previous": () => void copyFromEarlier({ api, work, notices }),
    "start-from": () => {
      if (!work.isOpen) return;
      panel.menu.open("Start this person again from", startsOf(work.desk).map((start) => ({
        text: words.startInWords(start), act: aboutThisPerson({ work, panel }, () => work.edit(beginFrom(work.desk, start))),
      })));
    },
    transform: () => hand.toggle("pose"),
    "box-edit": () => hand.toggle("edit-box"),
    "add-person": () => hand.toggle("add-box"),
    "turn-left": () => hand.tool.turn(-TURN_DEGREES),
    "turn-right": () => hand.tool.turn(TURN_DEGREES),
    ...eachWay("size", (x, y) => hand.tool.resize({ x, y })),
  };
}

/** Who is selected, and what is decided about them. @param {Parts} parts @returns {Table} */
function personCommands({ work, hand, decisions, panel, notices, api, drawing }) {
  return {
    history: () => void toggleHistory({ api, work, panel, notices, drawing, decisions }),
    "person-next": () => work.goTo(stepPerson(work.desk, 1)),
    "person-previous": () => work.goTo(stepPerson(work.desk, -1)),
    "person-open-next": () => work.goTo(stepTo(work.desk, "open")),
    "person-labelled-next": () => work.goTo(stepTo(work.desk, "accepted")),
    accept: () => (hand.isFree ? decisions.accept() : hand.tool.done()),
    // Where all is decided it would go on to the next image, with a box half drawn.
    "accept-image": () => (!hand.isFree && nextOpen(work.desk) === -1 ? hand.tool.done() : decisions.acceptImage()),
    skip: () => {
      if (!work.isOpen) return;
      const skipFor = aboutThisPerson({ work, panel }, (/** @type {string} */ reason) => decisions.decide({ state: "skipped", reason }));
      const all = api.role === "lead" ? () => void offerSkippingAll({ api, panel, notices }) : null;
      panel.menu.open("Skip this person: why?", words.skipChoices(skipFor, all), panel.refs.skip);
    },
    "not-a-person": () => work.isOpen && decisions.decide({ state: "not_a_person", reason: null }),
    reopen: () => work.person && decisions.decide({ state: "open", reason: null }),
    finish: () => decisions.finish(),
    undo: () => decisions.undo(),
    redo: () => decisions.redo(),
  };
}

/** How the image is looked at and drawn. @param {Parts} parts @returns {Table} */
function viewCommands({ work, viewing, drawing, panel, notices, refresh }) {
  return {
    upright: () => {
      if (!work.desk.lens) return notices.explain(words.NO_LENS);
      viewing.toggleUpright();
      refresh();
      return notices.say(`${words.turnInWords(viewing.upright)}.`);
    },
    "fit-person": () => viewing.fitPerson(),
    "fit-image": () => viewing.fitImage(),
    "zoom-in": () => viewing.zoom(ZOOM.in),
    "zoom-out": () => viewing.zoom(ZOOM.out),
    ghosts: () => drawing.toggleGhosts(),
    ...Object.fromEntries(GHOST_KINDS.map((kind) => [`ghost-${kind}`, () => drawing.toggleGhost(kind)])),
    loupe: () => drawing.toggleLoupe(),
    "view-settings": () => panel.toggleLooks(),
    hide: () => drawing.hide(true),
  };
}

/** @param {Parts} parts @returns {Table} */
function editorCommands({ work, hand, keyboard, panel, notices }) {
  return {
    /** One thing a press, what was opened last first; with nothing left to stop, Tab is given back to the page. */
    cancel: () => {
      if (panel.menu.close()) return panel.refs.stage.focus();
      if (notices.isShown) return notices.close();
      if (panel.history.close()) return panel.refs.stage.focus();
      if (!hand.isFree) return hand.takeUp(null);
      if (work.desk.placing) return work.change(stopPlacing(work.desk));
      keyboard.letTabLeave();
      return notices.say("Tab leaves the image now.");
    },
  };
}

/** What can be asked for without an image. @param {Parts} parts @returns {Table} */
function anywhereCommands({ api, work, images, panel, leaveFor }) {
  /** @type {Parameters<typeof offerRecent>[1]} */
  const ways = { open: (imageId) => void images.openImage(imageId), failed: (error) => images.failed(error) };
  return {
    help: () => panel.refs.help.showModal(),
    sheet: () => leaveFor("/sheet/"),
    "sent-back": () => images.openSentBack(),
    recent: () => void offerRecent({ api, work, panel }, ways),
  };
}

/** A command in each of four directions, near and far. @param {string} name @param {(x: number, y: number) => void} act */
function eachWay(name, act) {
  return Object.fromEntries(Object.entries(STEPS).flatMap(([way, [x, y]]) => [
    [`${name}-${way}`, () => act(x, y)],
    [`${name}-${way}-far`, () => act(FAR * x, FAR * y)],
  ]));
}

/** Something chosen from a menu, done only if the person it was opened for is still the selected one.
 * @template {unknown[]} T @param {Pick<Parts, "work" | "panel">} parts @param {(...chosen: T) => void} act */
function aboutThisPerson({ work, panel }, act) {
  const key = work.person?.key;
  return (/** @type {T} */ ...chosen) => {
    panel.refs.stage.focus();
    if (work.person?.key === key) act(...chosen);
  };
}

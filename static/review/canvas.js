/** The editor's canvas with one person on it: painted, zoomed, their keypoints moved. */

import { Stage } from "../editor/canvas/stage.js";
import { ABSENT, HIDDEN, VISIBLE } from "../editor/desk/desk.js";
import { setVisibility } from "../editor/desk/placing.js";
import { swapLimb, swapPerson } from "../editor/desk/reposing.js";
import { stepFlag, stepKeypoint, stopPlacing } from "../editor/desk/selecting.js";
import { undo } from "../editor/desk/undoing.js";
import { listen } from "../editor/input/pointers.js";
import { Drawing } from "../editor/panel/drawing.js";
import { toneOf } from "../editor/panel/looks.js";
import { HANDLE_REACH_PX, Hand } from "../editor/tools/hand.js";
import { Upright } from "../editor/view/upright.js";
import { Viewing } from "../editor/view/viewing.js";
import { Work } from "../editor/work.js";

/**
 * @typedef {import("../editor/images/conveyor.js").Sheet} Sheet
 * @typedef {{stage: HTMLElement, picture: HTMLCanvasElement, others: HTMLCanvasElement, selected: HTMLCanvasElement, loupe: HTMLCanvasElement}} Refs
 * @typedef {object} Host
 * @property {(text: string) => void} explain
 * @property {(text: string) => void} say to a screen reader
 * @property {() => void} changed keypoints were moved, or a move was taken back
 * @property {() => void} painted a sheet was painted for the first time
 */

const ZOOM = { in: 1.25, out: 0.8 };
const FAR = 10;
/** @type {Record<string, [number, number]>} */
const STEPS = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] };

/** One canvas. */
export class ReviewCanvas {
  #refs;
  #host;
  #drawing;
  #stage;
  #viewing;
  #work;
  #hand;
  /** @type {Sheet | null} */
  #new = null;
  #watch = new ResizeObserver(() => this.#resized());

  /** @param {Refs} refs @param {Host} host */
  constructor(refs, host) {
    this.#refs = refs;
    this.#host = host;
    const speech = { explain: host.explain, say: host.say };
    this.#drawing = new Drawing(() => localStorage, {
      changed: () => {}, paint: () => this.#stage.refresh("others", "selected"), person: () => this.#work.person, say: host.say,
    });
    const { stage, ...canvases } = refs;
    this.#stage = new Stage(stage, canvases, { scene: () => this.#scene(), painted: () => this.#painted() });
    this.#viewing = new Viewing(new Upright(() => localStorage), {
      sheet: () => this.#work.sheet, size: () => this.#stage.size, moved: () => this.#stage.refresh("picture", "others", "selected"), turned: () => {},
    });
    this.#work = new Work(this.#viewing, { ...speech, changed: () => this.#changed(), letGo: () => this.#hand.letGo() });
    this.#hand = this.#makeHand(speech);
  }

  /** @param {{explain: (text: string) => void, say: (text: string) => void}} speech @returns {Hand} */
  #makeHand(speech) {
    const { stage } = this.#refs;
    return new Hand(this.#work, this.#viewing, {
      ...speech,
      paint: () => this.#stage.refresh("selected"),
      settled: () => this.#host.changed(),
      tookUp: () => {},
      cursor: (name) => {
        stage.dataset.cursor = name;
      },
      focus: () => stage.focus({ preventScroll: true }),
      addPerson: () => {},
    });
  }

  /** The element is in a page. @param {AbortSignal} signal until when */
  begin(signal) {
    const { stage } = this.#refs;
    listen(stage, this.#hand.handlers, signal);
    stage.addEventListener("focusout", () => this.hide(false), { signal });
    this.#stage.measure();
    this.#stage.tone(toneOf(this.#drawing.looks));
    this.#watch.observe(stage);
    signal.addEventListener("abort", () => {
      this.#watch.disconnect();
      this.#stage.stop();
    });
  }

  /** @returns {Sheet | null} */
  get sheet() {
    return this.#work.sheet;
  }

  /** Show a person, or nobody. @param {Sheet | null} sheet */
  lay(sheet) {
    this.#hand.letGo();
    this.#work.sheet = this.#new = sheet;
    if (sheet) this.#viewing.begin();
    this.#stage.refresh("picture", "others", "selected");
  }

  /** Show nothing but the picture. @param {boolean} on */
  hide(on) {
    this.#drawing.hide(on);
  }

  /** Whether a move can be taken back. */
  get canUndo() {
    return Boolean(this.#work.sheet?.desk.past.length);
  }

  /** Where an image pixel is in the window, for tests. @param {{x: number, y: number}} spot */
  inWindow(spot) {
    const at = this.#viewing.toScreen(spot);
    const frame = this.#refs.stage.getBoundingClientRect();
    return { x: frame.left + at.x, y: frame.top + at.y };
  }

  /** @param {string} command @returns {boolean} whether there is such a command */
  run(command) {
    const [work, viewing] = [this.#work, this.#viewing];
    if (!work.sheet) return false;
    const nudged = /^nudge-(left|right|up|down)(-far)?$/.exec(command);
    if (nudged) {
      const [x, y] = STEPS[nudged[1]];
      const far = nudged[2] ? FAR : 1;
      this.#hand.tool.nudge(viewing.stepOnScreen({ x: far * x, y: far * y }));
      return true;
    }
    /** @type {Record<string, () => void>} */
    const table = {
      "flag-next": () => work.goTo(stepFlag(work.desk, 1)),
      "flag-previous": () => work.goTo(stepFlag(work.desk, -1)),
      "keypoint-next": () => work.goTo(stepKeypoint(work.desk, 1)),
      "keypoint-previous": () => work.goTo(stepKeypoint(work.desk, -1)),
      visible: () => work.edit(setVisibility(work.desk, VISIBLE, {})),
      hidden: () => work.edit(setVisibility(work.desk, HIDDEN, {})),
      absent: () => work.edit(setVisibility(work.desk, ABSENT, {})),
      "swap-limb": () => work.edit(swapLimb(work.desk), "Left and right of this limb swapped."),
      "swap-person": () => work.edit(swapPerson(work.desk), "Left and right of the whole person swapped."),
      undo: () => work.change(undo(work.desk)),
      cancel: () => work.change(stopPlacing(work.desk)),
      upright: () => viewing.toggleUpright(),
      "fit-person": () => viewing.fitPerson(),
      "fit-image": () => viewing.fitImage(),
      "zoom-in": () => viewing.zoom(ZOOM.in),
      "zoom-out": () => viewing.zoom(ZOOM.out),
      hide: () => this.hide(true),
    };
    table[command]?.();
    return command in table;
  }

  #changed() {
    this.#hand.changed();
    this.#stage.refresh("selected");
    this.#host.changed();
  }

  #resized() {
    const before = this.#stage.measure();
    if (this.#work.sheet) this.#viewing.refit(before);
  }

  /** @returns {import("../editor/canvas/draw.js").Scene | null} */
  #scene() {
    const { sheet } = this.#work;
    if (!sheet) return null;
    const { tool, marks } = this.#hand;
    return {
      ...sheet, view: this.#viewing.view, look: { ...marks, tool: tool.name, frame: tool.frame(), frameReach: HANDLE_REACH_PX },
      looks: this.#drawing.looks, stage: this.#stage.size, hidden: this.#drawing.isHidden,
    };
  }

  /** A new person is told in the task after the frame that shows them. */
  #painted() {
    if (!this.#new || this.#new !== this.#work.sheet) return;
    this.#new = null;
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      channel.port1.close();
      this.#host.painted();
    };
    channel.port2.postMessage(null);
  }
}

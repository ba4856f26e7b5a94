/**
 * The pose editor: a custom element that takes images from the queue, lets an annotator correct the persons in them,
 * and saves in the background. It wires the parts; what they do stands in their own files.
 *
 * For tests: the element carries data-image, data-person, data-status (saved, saving, draft, unsaved), data-phase
 * (loading, ready, empty, error) and data-painted, which counts the images painted.
 */

import { Api } from "../shared/api.js";
import { overviewOf } from "./canvas/overview.js";
import { Stage } from "./canvas/stage.js";
import { Commands } from "./commands.js";
import { hasDrafts, withKnown } from "./desk/desk.js";
import { swapped } from "./desk/reposing.js";
import { selectKeypoint, selectPerson } from "./desk/selecting.js";
import { Arriving } from "./images/arriving.js";
import { LeftBehind } from "./images/left_behind.js";
import { Refusals } from "./images/refusals.js";
import { Keyboard } from "./input/keyboard.js";
import { BINDINGS } from "./input/keys.js";
import { effective, readOwn } from "./input/own_keys.js";
import { listen } from "./input/pointers.js";
import { Keeper } from "./keeping/keeper.js";
import { Preference } from "./keeping/preference.js";
import { Drawing } from "./panel/drawing.js";
import { toneOf } from "./panel/looks.js";
import { Panel } from "./panel/panel.js";
import { SaveStatus } from "./panel/save_status.js";
import { STYLE } from "./panel/style.js";
import { Decisions } from "./server/decisions.js";
import { Outbox, isStopped } from "./server/outbox.js";
import { Saving, strayInWords } from "./server/saving.js";
import { HANDLE_REACH_PX, Hand } from "./tools/hand.js";
import { Upright } from "./view/upright.js";
import { Viewing } from "./view/viewing.js";
import { Work } from "./work.js";
import * as words from "./words.js";

/** @typedef {import("./images/conveyor.js").Sheet} Sheet @typedef {import("./geometry.js").Spot} Spot */

/** A draft is kept once the hand rests, not at every pixel of a drag. */
const KEEP_AFTER_MS = 250;

/** The element `<pose-editor>`. Attribute `data-api`: put before every path, if the server is elsewhere. */
export class PoseEditor extends HTMLElement {
  /** @type {AbortController} */
  #listening;
  /** @type {Panel} */
  #panel;
  /** @type {Stage} */
  #stage;
  /** @type {Api} */
  #api;
  /** @type {Outbox} */
  #outbox;
  /** @type {Keeper} */
  #keeper;
  /** @type {Work} */
  #work;
  /** @type {Viewing} */
  #viewing;
  /** @type {Hand} */
  #hand;
  /** @type {Decisions} */
  #decisions;
  /** @type {Arriving} */
  #images;
  /** @type {Drawing} */
  #drawing;
  /** @type {Commands} */
  #commands;
  /** @type {Keyboard} */
  #keyboard;
  /** @type {SaveStatus} */
  #saveStatus;
  /** @type {Preference<import("./input/own_keys.js").Own>} */
  #ownKeys = new Preference(storage, "pose-editor/keys", { read: (text) => readOwn(BINDINGS, text), write: JSON.stringify });
  #leftBehind = new LeftBehind();
  #keys = BINDINGS;
  #painted = 0;
  /** Whether the image on the desk was not painted yet. */
  #isNew = false;
  #draftTimer = 0;
  #panelFrame = 0;
  #ticking = 0;

  connectedCallback() {
    if (!this.shadowRoot) this.#build();
    this.#listening = new AbortController();
    this.#listen(this.#listening.signal);
    this.#settle();
    void this.#images.open();
  }

  disconnectedCallback() {
    this.#listening.abort();
    this.#stage.stop();
    clearInterval(this.#ticking);
    this.#images.stop();
    this.#keeper.keep(this.#work.sheet);
  }

  /** Where a keypoint is in the window, for tests. @param {number} personId @param {string | number} keypoint name or index */
  screenOf(personId, keypoint) {
    const { desk } = this.#work;
    const index = typeof keypoint === "number" ? keypoint : desk.skeleton.keypoints.indexOf(keypoint);
    const point = desk.persons.find((person) => person.id === personId)?.pose.xyv[index];
    if (!point) throw new Error(`no keypoint ${keypoint} of person ${personId} on this image`);
    return this.screenAt(point[0], point[1]);
  }

  /** Where an image pixel is in the window, for tests. @param {number} x @param {number} y */
  screenAt(x, y) {
    const at = this.#viewing.toScreen({ x, y });
    const frame = this.#panel.refs.stage.getBoundingClientRect();
    return { x: frame.left + at.x, y: frame.top + at.y };
  }

  /** Keys go to the image. @param {FocusOptions} [options] */
  focus(options) {
    this.#panel?.refs.stage.focus(options);
  }

  /** The desk as it stands, for tests. */
  get desk() {
    return this.#work?.desk ?? null;
  }

  /** Do what a key, a button or a test asks for. @param {string} command a name from keys.js
   * @param {{byMouse?: boolean}} [asked] byMouse: a button was clicked */
  run(command, asked) {
    return this.#commands.run(command, asked);
  }

  // ------------------------------------------------------------------------------------------ building

  get #notices() {
    return this.#panel.notices;
  }

  /** Each part is given the ones before it; what a part asks of a later one goes through its host. */
  #build() {
    this.#buildFrame();
    this.#buildHand();
    this.#buildServer();
    this.#buildImages();
    this.#commands = new Commands({
      work: this.#work, viewing: this.#viewing, hand: this.#hand, decisions: this.#decisions, images: this.#images, drawing: this.#drawing,
      panel: this.#panel, notices: this.#notices, keyboard: this.#keyboard, api: this.#api,
      leaveFor: (address) => {
        this.#keeper.keep(this.#work.sheet);
        location.assign(address);
      },
      refresh: () => this.#showPanel(),
    });
    this.#showKeys();
    this.#showLooks();
  }

  #buildFrame() {
    const root = this.attachShadow({ mode: "open" });
    const look = new CSSStyleSheet();
    look.replaceSync(STYLE);
    root.adoptedStyleSheets = [look];
    this.#panel = new Panel(root, {
      command: (name, asked) => this.run(name, asked),
      selectPerson: (index) => this.#work.goTo(selectPerson(this.#work.desk, index)),
      selectKeypoint: (keypoint) => this.#work.goTo(selectKeypoint(this.#work.desk, keypoint)),
      swap: (keypoints) => this.#work.edit(swapped(this.#work.desk, keypoints)),
      leaveMenu: () => this.focus(),
      closedNotice: () => {
        this.#decisions.askAgain();
        this.focus();
      },
      loadAgain: () => void this.#images.loadAgain(),
      looks: (wanted) => this.#drawing.set(wanted),
      ownKeys: (own) => {
        this.#ownKeys.set(own);
        this.#showKeys();
        this.#showPanel();
      },
    });
    const { stage, picture, others, loupe, selected } = this.#panel.refs;
    this.#stage = new Stage(stage, { picture, others, loupe, selected }, { scene: () => this.#scene(), painted: () => this.#afterPaint() });
    this.#saveStatus = new SaveStatus(this.#notices);
    this.#drawing = new Drawing(storage, {
      changed: () => this.#showLooks(),
      paint: () => this.#stage.refresh("others", "selected"),
      person: () => this.#work.person,
      say: (text) => this.#notices.say(text),
    });
    this.#keyboard = new Keyboard({
      run: (command) => this.run(command),
      desk: () => (this.#images.phase === "ready" ? this.#work.desk : null),
      keys: () => this.#keys,
      onStage: () => root.activeElement === stage,
      isReading: () => this.#panel.refs.help.open,
      hide: (on) => this.#drawing.hide(on),
    });
  }

  #buildHand() {
    const { stage } = this.#panel.refs;
    const speech = { explain: (text) => this.#notices.explain(text), say: (text) => this.#notices.say(text) };
    this.#viewing = new Viewing(new Upright(storage), {
      sheet: () => this.#work.sheet,
      size: () => this.#stage.size,
      moved: () => this.#stage.refresh("picture", "others", "selected"),
      turned: () => this.#showPanel(),
    });
    this.#work = new Work(this.#viewing, { ...speech, changed: (how) => this.#changed(how), letGo: () => this.#letGo() });
    this.#hand = new Hand(this.#work, this.#viewing, {
      ...speech,
      paint: () => this.#stage.refresh("selected"),
      settled: () => this.#refresh("others", "selected"),
      tookUp: (name) => {
        this.#refresh();
        if (name) this.#notices.say(words.toolInWords(name, { byTouch: false }));
      },
      cursor: (name) => {
        if (stage.dataset.cursor !== name) stage.dataset.cursor = name;
      },
      focus: () => this.focus({ preventScroll: true }),
      addPerson: (box) => this.#decisions.addPerson(box),
    });
  }

  #buildServer() {
    this.#api = new Api({ base: this.dataset.api ?? "" });
    this.#outbox = new Outbox({
      send: (path, body) => this.#api.post(path, body),
      changed: () => this.#showStatus(),
      strays: {
        answered: (letter, answer, isLast) => this.#strayAnswered(letter, answer, isLast),
        refused: (letter, error) => this.#notices.tellLater(strayInWords(letter, error)),
      },
    });
    this.#keeper = new Keeper(this.#outbox, (problem) => this.#notices.tellLater(problem));
  }

  #buildImages() {
    const work = this.#work;
    const refusals = new Refusals({ work, leftBehind: this.#leftBehind, notices: this.#notices }, {
      layAgain: (sheet) => this.#images.layAgain(sheet),
      refresh: () => this.#refresh(),
    });
    const saving = new Saving(this.#outbox, {
      saved: (sheet) => this.#saved(sheet),
      refused: (sheet, index, problem) => {
        this.#keeper.keep(sheet);
        refusals.arrived(sheet, index, problem);
      },
      posted: (sheet) => queueMicrotask(() => this.#keeper.keep(sheet)), // once the decision is made on the desk
    });
    this.#images = new Arriving({
      work, viewing: this.#viewing, api: this.#api, keeper: this.#keeper, leftBehind: this.#leftBehind, notices: this.#notices, refusals,
      unsentIds: () => this.#outbox.imageIds,
    }, {
      phase: (phase) => this.#showPhase(phase),
      laid: (sheet) => {
        this.#isNew = true;
        this.dataset.image = String(sheet.desk.imageId);
      },
      refresh: () => this.#refresh(),
      ahead: () => {
        this.dataset.ahead = String(this.#images.waitingIds.length);
        this.#showPanel();
      },
      letGo: () => this.#letGo(),
      takeFocus: () => this.#takeFocus(),
    });
    this.#decisions = new Decisions(saving, this.#leftBehind, {
      sheet: () => work.sheet,
      change: (desk) => work.change(desk),
      goTo: (desk) => work.goTo(desk),
      letGo: () => this.#letGo(),
      next: (parting = "") => void this.#images.next(parting),
      layAgain: (sheet) => this.#images.layAgain(sheet),
      explain: (text) => this.#notices.explain(text),
      say: (text) => this.#notices.say(text),
    });
  }

  /** @param {AbortSignal} signal */
  #listen(signal) {
    const { stage, statusButton } = this.#panel.refs;
    this.addEventListener("keydown", (event) => this.#keyboard.down(event), { signal });
    this.addEventListener("keyup", (event) => this.#keyboard.up(event), { signal });
    this.addEventListener("focusout", () => this.#drawing.hide(false), { signal });
    stage.addEventListener("focus", () => this.#keyboard.holdTab(), { signal });
    this.shadowRoot.addEventListener("click", (event) => this.#afterClick(event), { signal });
    statusButton.addEventListener("click", () => this.#outbox.retry(), { signal });
    listen(stage, this.#hand.handlers, signal);
    window.addEventListener("resize", () => this.#settle(), { signal });
    window.addEventListener("online", () => this.#outbox.retry(), { signal });
    window.addEventListener("focus", () => isStopped(this.#outbox.outlook.state) && this.#outbox.retry(), { signal });
    window.addEventListener("beforeunload", (event) => this.#beforeUnload(event), { signal });
    window.addEventListener("pagehide", () => this.#depart(), { signal });
    window.addEventListener("pageshow", () => this.#keeper.going(false, this.#work.sheet), { signal });
    document.addEventListener("visibilitychange", () => this.#keeper.going(document.hidden, this.#work.sheet), { signal });
    const watch = new ResizeObserver(() => this.#resized());
    watch.observe(stage);
    signal.addEventListener("abort", () => watch.disconnect());
    this.#ticking = setInterval(() => this.#outbox.outlook.state === "waiting" && this.#showStatus(), 1000);
  }

  // ------------------------------------------------------------------------------------------ what changed

  /** The desk is another: shown, and kept as a draft. @param {{quick: boolean}} how quick: only the selected person moved */
  #changed({ quick }) {
    this.#notices.dropNote();
    this.#decisions.askAgain();
    this.#hand.changed();
    clearTimeout(this.#draftTimer);
    this.#draftTimer = setTimeout(() => this.#keeper.keep(this.#work.sheet), KEEP_AFTER_MS);
    if (quick) this.#stage.refresh("selected");
    else this.#refresh("others", "selected");
  }

  /** What was taken up for the selected person is put away with them: tool, pull, menu. */
  #letGo() {
    this.#hand.letGo();
    if (this.#panel.menu.close()) this.focus();
  }

  /** @param {Sheet} sheet */
  #saved(sheet) {
    this.#keeper.keep(sheet);
    if (sheet === this.#work.sheet) this.#refresh();
  }

  /** A decision of an earlier page is saved: its draft hears of it, and so does an image that was opened meanwhile.
   * @param {import("./server/outbox.js").Posted} letter @param {any} answer @param {boolean} isLast */
  #strayAnswered(letter, answer, isLast) {
    this.#keeper.answered(letter, answer, isLast);
    const { imageId, personKey, body } = letter;
    const sheet = this.#images.find(imageId);
    if (!sheet || !answer.person) return;
    const { id, revision, state } = answer.person;
    const isDecidedSince = [id, personKey].some((key) => this.#outbox.isAbout(imageId, key));
    const box = body.box && { savedBox: body.box };
    sheet.desk = withKnown(sheet.desk, id, { revision, ...box, ...(!isDecidedSince && { state }) });
    this.#saved(sheet);
  }

  // ------------------------------------------------------------------------------------------ showing

  /** @param {...import("./canvas/stage.js").Layer} layers all of them where none is named */
  #refresh(...layers) {
    this.#stage.refresh(...(layers.length ? layers : /** @type {const} */ (["picture", "others", "selected"])));
    this.dataset.person = String(this.#work.person?.id ?? "");
    this.#showPanel();
    this.#showStatus();
  }

  /** Once a frame, however often it is asked for. */
  #showPanel() {
    this.#panelFrame ||= requestAnimationFrame(() => {
      this.#panelFrame = 0;
      const { desk, isLooking } = this.#work;
      const focused = /** @type {any} */ (this.shadowRoot.activeElement);
      this.#panel.show(desk, {
        upright: desk && this.#viewing.upright, tool: this.#hand.tool.name, canUndo: this.#decisions.canUndo,
        canRedo: Boolean(desk?.future.length), toDo: this.#images.toDo, isLooking,
      });
      if (focused && (focused.disabled || !focused.isConnected)) this.#panel.focusAgain(focused);
    });
  }

  /** @param {import("./images/arriving.js").Phase} phase */
  #showPhase(phase) {
    this.dataset.phase = phase;
    if (phase === "empty") delete this.dataset.image;
    this.toggleAttribute("data-looking", this.#work.isLooking);
  }

  #showStatus() {
    const { desk, isLooking } = this.#work;
    this.dataset.status = this.#saveStatus.show({
      outlook: this.#outbox.outlook, desk, leftBehind: this.#leftBehind.desks, isReady: this.#images.phase === "ready", isLooking,
    });
  }

  #showKeys() {
    this.#keys = effective(BINDINGS, this.#ownKeys.value);
    this.#panel.showKeys(this.#ownKeys.value);
  }

  #showLooks() {
    const { looks } = this.#drawing;
    this.#panel.showLooks(looks);
    this.#showPanel();
    this.#stage.tone(toneOf(looks));
    this.#stage.refresh("others", "selected");
  }

  /** What the stage paints. */
  #scene() {
    const { sheet } = this.#work;
    if (!sheet) return null;
    const { tool, marks } = this.#hand;
    return {
      ...sheet, look: { ...marks, tool: tool.name, frame: tool.frame(), frameReach: HANDLE_REACH_PX }, looks: this.#drawing.looks,
      stage: this.#stage.size, hidden: this.#drawing.isHidden,
    };
  }

  /** Count an image as painted in the task after the frame that shows it; then see to the next and the last ones. */
  #afterPaint() {
    if (!this.#isNew || !this.#work.sheet) return;
    this.#isNew = false;
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      this.#painted += 1;
      this.dataset.painted = String(this.#painted);
      channel.port1.close();
      this.#images.prefetch();
      void this.#reduce(this.#work.sheet);
    };
    channel.port2.postMessage(null);
  }

  /** A large picture gets a reduced copy, for the views that show it whole. @param {Sheet | null} sheet */
  async #reduce(sheet) {
    if (!sheet || sheet.overview !== undefined) return;
    sheet.overview = null;
    sheet.overview = await overviewOf(sheet.picture).catch(() => null); // dropped meanwhile: the picture itself is drawn
  }

  // ------------------------------------------------------------------------------------------ in the page

  /** Reach from where the page put us to the bottom of the window. */
  #settle() {
    const top = this.getBoundingClientRect().top + window.scrollY;
    this.style.setProperty("--editor-top", `${Math.max(Math.round(top), 0)}px`);
  }

  #resized() {
    const before = this.#stage.measure();
    if (this.#work.sheet) this.#viewing.refit(before);
  }

  /** After a click with the mouse, keys go to the image again: Enter accepts, and does not press the button twice.
   * @param {MouseEvent} event */
  #afterClick(event) {
    const isPointer = event.detail > 0;
    const { menu, help, card } = this.#panel.refs;
    const inLink = /** @type {Element} */ (event.target).closest("a");
    const elsewhere = !menu.hidden || help.open || !card.hidden || this.#panel.looks.isOpen || inLink;
    if (isPointer && !elsewhere) this.focus({ preventScroll: true });
  }

  /** Whoever works elsewhere in the page keeps the keyboard. */
  #takeFocus() {
    const { activeElement } = document;
    if (activeElement === document.body || activeElement === this) this.focus({ preventScroll: true });
  }

  /** @param {BeforeUnloadEvent} event */
  #beforeUnload(event) {
    const { sheet, desk } = this.#work;
    this.#keeper.keep(sheet);
    const draftLost = !this.#keeper.isSure && desk !== null && hasDrafts(desk);
    const isUnsent = this.#outbox.outlook.pending > 0 && !this.#outbox.isKept;
    if (isUnsent || draftLost) event.preventDefault();
  }

  /** The page goes: edits are kept, and the images not looked at yet are free for others. */
  #depart() {
    this.#keeper.going(true, this.#work.sheet);
    const ids = this.#images.untouchedIds;
    if (ids.length) this.#api.post("/api/release", { image_ids: ids }, { keepalive: true }).catch(() => {});
  }
}

/** Asking for it throws where the browser forbids storing. */
function storage() {
  return window.localStorage;
}

if (!customElements.get("pose-editor")) customElements.define("pose-editor", PoseEditor);

/** The editor inside a host page's component. @param {{element: Element}} host @returns {PoseEditor} */
export function bind({ element }) {
  return element.querySelector("pose-editor");
}

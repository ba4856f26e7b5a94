/**
 * The pose editor: a custom element that takes images from the queue, lets an annotator correct the persons in them,
 * and saves in the background. It wires the parts; what they do stands in their own files.
 *
 * For tests: the element carries data-image, data-person, data-status (saved, saving, draft, unsaved), data-phase
 * (loading, ready, empty, error) and data-painted, which counts the images painted.
 */

import { Api, newKey } from "./api.js";
import { Conveyor } from "./conveyor.js";
import { Drafts } from "./drafts.js";
import * as framing from "./framing.js";
import * as geometry from "./geometry.js";
import { listen } from "./hands.js";
import { commandFor } from "./keys.js";
import { Outbox } from "./outbox.js";
import { Panel } from "./panel.js";
import { Saving } from "./saving.js";
import { Stage } from "./stage.js";
import * as state from "./state.js";
import { STYLE } from "./style.js";
import { Tally } from "./tally.js";
import { Upright } from "./upright.js";
import * as words from "./words.js";

/** @typedef {import("./conveyor.js").Sheet} Sheet */

const PICK_PX = { mouse: 14, touch: 26 };
const LEAST_BOX_PX = 6;
const BEHIND_KEPT = 4;
const BEHIND_KEPT_PX = 40e6;
const STEPS = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] };

/** The element `<pose-editor>`. Attribute `data-api`: put before every path, if the server is elsewhere. */
export class PoseEditor extends HTMLElement {
  /** @type {Sheet | null} */
  #sheet = null;
  /** @type {Sheet[]} images left behind, the last one last */
  #behind = [];
  #look = { ghosts: true, hovered: null, spot: null, draftBox: null };
  /** @type {geometry.Spot | null} where the pointer is over the stage */
  #pointer = null;
  /** @type {import("./state.js").Pose | null} the pose whose keypoints without a place were asked about */
  #askedAbout = null;
  #tally = new Tally();
  #upright = new Upright(() => window.localStorage);
  #boxing = false;
  #hiding = false;
  #tabLeaves = false;
  #atGrab = null;
  #grip = { x: 0, y: 0 };
  #painted = 0;
  #isNew = false;
  #phase = "loading";
  #draftsKept = true;
  #asksToSignIn = false;
  #toldUnsaved = false;
  #drafts = null;
  #draftTimer = 0;
  #panelFrame = 0;

  connectedCallback() {
    if (!this.shadowRoot) this.#build();
    this.#listening = new AbortController();
    this.#listen(this.#listening.signal);
    this.#settle();
    void this.#open();
  }

  disconnectedCallback() {
    this.#listening.abort();
    this.#stage.stop();
    clearInterval(this.#ticking);
    clearInterval(this.#beating);
    this.#beating = 0;
    this.#keepDrafts();
  }

  /** Where a keypoint is in the window, for tests. @param {number} personId @param {string | number} keypoint name or index */
  screenOf(personId, keypoint) {
    const { desk, view } = this.#sheet;
    const index = typeof keypoint === "number" ? keypoint : desk.skeleton.keypoints.indexOf(keypoint);
    const point = desk.persons.find((person) => person.id === personId)?.pose.xyv[index];
    if (!point) throw new Error(`no keypoint ${keypoint} of person ${personId} on this image`);
    return this.#inWindow(geometry.toScreen(view, { x: point[0], y: point[1] }));
  }

  /** Where an image pixel is in the window, for tests. @param {number} x @param {number} y */
  screenAt(x, y) {
    return this.#inWindow(geometry.toScreen(this.#sheet.view, { x, y }));
  }

  /** Keys go to the image. */
  focus(options) {
    this.#panel?.refs.stage.focus(options);
  }

  /** The desk as it stands, for tests. */
  get desk() {
    return this.#sheet?.desk ?? null;
  }

  // ------------------------------------------------------------------------------------------ building

  #listening;
  #panel;
  #stage;
  #api;
  #outbox;
  #saving;
  #conveyor;
  #ticking = 0;
  #beating = 0;

  #build() {
    const root = this.attachShadow({ mode: "open" });
    const look = new CSSStyleSheet();
    look.replaceSync(STYLE);
    root.adoptedStyleSheets = [look];
    this.#panel = new Panel(root, {
      command: (name, hand) => this.run(name, hand),
      selectPerson: (index) => this.#goTo(state.selectPerson(this.#desk, index)),
      selectKeypoint: (keypoint) => this.#goTo(state.selectKeypoint(this.#desk, keypoint)),
      skipFor: (reason) => this.#skipFor(reason),
    });
    const { stage, picture, others, selected } = this.#panel.refs;
    this.#stage = new Stage(stage, { picture, others, selected }, {
      scene: () => this.#scene(),
      painted: () => this.#afterPaint(),
    });
    this.#api = new Api({ base: this.dataset.api ?? "" });
    this.#outbox = new Outbox({
      send: (path, body) => this.#api.post(path, body),
      changed: () => this.#showStatus(),
    });
    this.#saving = new Saving(this.#outbox, {
      saved: (sheet) => this.#saved(sheet),
      refused: (sheet, index, problem) => this.#refused(sheet, index, problem),
    });
    this.#conveyor = new Conveyor({
      api: this.#api,
      held: () => this.#playing(),
      changed: () => this.#showAhead(),
      counted: (remaining, held) => this.#tally.heard(remaining, held),
    });
  }

  #listen(signal) {
    const { stage, statusButton } = this.#panel.refs;
    this.addEventListener("keydown", (event) => this.#keyDown(event), { signal });
    this.addEventListener("keyup", (event) => event.key.toUpperCase() === "H" && this.#hide(false), { signal });
    this.addEventListener("focusout", () => this.#hide(false), { signal });
    stage.addEventListener("focus", () => (this.#tabLeaves = false), { signal });
    this.shadowRoot.addEventListener("click", (event) => this.#afterClick(event), { signal });
    statusButton.addEventListener("click", () => this.#outbox.retry(), { signal });
    listen(stage, this.#hands(), signal);
    window.addEventListener("resize", () => this.#settle(), { signal });
    window.addEventListener("online", () => this.#outbox.retry(), { signal });
    window.addEventListener("focus", () => this.#outbox.outlook.state === "signed-out" && this.#outbox.retry(), { signal });
    window.addEventListener("beforeunload", (event) => this.#beforeUnload(event), { signal });
    window.addEventListener("pagehide", () => this.#depart(), { signal });
    const watch = new ResizeObserver(() => this.#resized());
    watch.observe(stage);
    signal.addEventListener("abort", () => watch.disconnect());
    this.#ticking = setInterval(() => this.#outbox.outlook.state === "waiting" && this.#showStatus(), 1000);
  }

  // ------------------------------------------------------------------------------------------ images

  get #desk() {
    return this.#sheet?.desk ?? null;
  }

  async #open() {
    this.#setPhase("loading", { title: "Opening the queue…", busy: true });
    try {
      const { user } = await this.#api.session();
      this.#drafts ??= this.#storedFor(user.name);
    } catch (error) {
      return this.#cannotLoad(error);
    }
    if (this.#sheet) return this.#lay(this.#sheet);
    return this.#next();
  }

  #storedFor(name) {
    try {
      const drafts = new Drafts(window.localStorage, name);
      drafts.prune(Date.now());
      return drafts;
    } catch {
      this.#draftsKept = false;
      return null;
    }
  }

  async #next() {
    if (this.#sheet) this.#leave(this.#sheet);
    if (!this.#conveyor.isReady) this.#setPhase("loading", { title: "Fetching the next image…", busy: true });
    try {
      const { sheet, message } = await this.#conveyor.take();
      if (this.#sheet) return void (sheet && this.#conveyor.putBack(sheet)); // a refusal was quicker and brought one back
      if (sheet) this.#lay(sheet);
      else this.#showEmpty(message);
    } catch (error) {
      if (!this.#sheet) this.#cannotLoad(error);
    }
  }

  /** Put an image on the desk. @param {Sheet} sheet */
  #lay(sheet) {
    const isFirst = sheet.view === null;
    const kept = isFirst && this.#drafts ? this.#drafts.restore(sheet.desk) : { desk: sheet.desk, restored: [] };
    sheet.desk = kept.desk;
    this.#sheet = sheet;
    this.#isNew = true;
    this.#boxing = false;
    this.#look = { ...this.#look, hovered: null, spot: null, draftBox: null };
    this.dataset.image = String(sheet.desk.imageId);
    this.#setPhase("ready", null);
    this.#panel.notice(sheet.problem ? this.#problem(sheet.problem) : this.#restored(kept.restored));
    if (!sheet.view || !this.#upright.suits(sheet)) sheet.view = this.#viewOfPerson();
    this.#refresh();
    this.#panel.say(words.personInWords(this.#desk));
    this.#takeFocus();
    this.#beat(sheet.desk.leaseS);
  }

  #leave(sheet) {
    this.#keepDrafts(sheet);
    if (state.nextOpen(sheet.desk) === -1) this.#tally.finished(sheet.desk.imageId);
    this.#behind = [...this.#behind, sheet];
    this.#sheet = null;
  }

  #dropLongBehind() {
    const kept = this.#worthKeeping();
    for (const one of this.#behind) if (!kept.has(one)) one.picture?.close();
    this.#behind = this.#behind.filter((one) => kept.has(one));
  }

  /** Of the images left behind, those undo reaches and those with saves under way; decoded, an image takes 4 bytes a pixel. */
  #worthKeeping() {
    let pixels = 0;
    return new Set(this.#behind.toReversed().filter(({ desk, waiting }, i) => {
      pixels += desk.size.width * desk.size.height;
      return waiting > 0 || i === 0 || (i < BEHIND_KEPT && pixels <= BEHIND_KEPT_PX);
    }));
  }

  #showEmpty(message) {
    delete this.dataset.image;
    this.#setPhase("empty", {
      title: "Nothing left to do",
      text: message || "Every image is done or with somebody else. New ones come with the next import or round.",
      button: "Check again", act: () => this.#next(),
    });
    this.#refresh();
    this.#panel.say("The queue is empty.");
  }

  #cannotLoad(error) {
    const signedOut = error.kind === "signed-out";
    this.#setPhase("error", {
      title: signedOut ? "Your session has ended" : "The next image could not be loaded",
      text: signedOut ? "Sign in again in another tab, then come back. Your edits are kept." : error.message,
      link: signedOut ? "/login" : undefined,
      button: "Try again", act: () => this.#open(),
    });
    this.#refresh();
    this.#panel.say(error.message);
  }

  /** The images the server must not deal again: this one, and those whose saves are under way. @returns {number[]} */
  #playing() {
    const sheets = this.#sheet ? [...this.#behind, this.#sheet] : this.#behind;
    return sheets.filter((sheet) => sheet === this.#sheet || sheet.waiting > 0).map((sheet) => sheet.desk.imageId);
  }

  /** Keep the hold on every image at hand. */
  #beat(leaseS) {
    if (this.#beating) return;
    this.#beating = setInterval(() => void this.#heartbeat(), (leaseS * 1000) / 3);
  }

  async #heartbeat() {
    const ids = [...new Set([...this.#playing(), ...this.#conveyor.imageIds])];
    if (!ids.length) return;
    try {
      const { held } = await this.#api.post("/api/heartbeat", { image_ids: ids });
      const lost = ids.filter((id) => !held.includes(id));
      this.#conveyor.forget(lost);
      if (lost.includes(this.#desk?.imageId)) this.#tell(words.HOLD_LOST);
    } catch (error) {
      if (error.kind === "signed-out") this.#tell(words.SESSION_ENDED);
    }
  }

  #tell(text) {
    this.#panel.notice(this.#problem(text));
  }

  #problem(text) {
    return { kind: "problem", text, button: "Close", act: () => this.#dropNotice() };
  }

  /** Whose edits are back, and the way to drop them. @param {import("./drafts.js").Restored[]} restored */
  #restored(restored) {
    if (!restored.length) return null;
    const drop = () => {
      this.#dropNotice();
      this.#goTo(state.dropEdits(this.#desk, restored.map(({ person }) => person)));
    };
    return {
      kind: "news", text: words.restoredInWords(restored), button: "Keep them", act: () => this.#dropNotice(),
      other: "Drop them", actOther: drop,
    };
  }

  #dropNotice() {
    this.#askedAbout = null;
    this.#panel.notice(null);
    this.#panel.refs.stage.focus();
  }

  // ------------------------------------------------------------------------------------------ deciding

  #accept() {
    const desk = this.#desk;
    const person = state.personOf(desk);
    if (state.isDone(desk)) return this.#next();
    if (!person) return this.#explain("Nobody is boxed here. B adds a person; E says that nobody is here.");
    const why = state.whyNotAccept(person);
    if (why) return this.#explain(why);
    const undecided = state.countUndecided(person);
    if (undecided && this.#askedAbout !== person.pose) {
      this.#explain(words.notPlacedYet(undecided));
      this.#askedAbout = person.pose;
      return;
    }
    return this.#decide({ state: "accepted", reason: null });
  }

  #skip() {
    if (state.personOf(this.#desk)?.state === "open") this.#panel.openMenu();
  }

  #skipFor(reason) {
    this.#panel.closeMenu();
    this.#decide({ state: "skipped", reason });
    this.#panel.refs.stage.focus();
  }

  #decide(verdict) {
    const index = this.#desk.person;
    if (this.#desk.persons[index].state === verdict.state) return;
    this.#saving.decided(this.#sheet, index, verdict);
    const desk = state.decide(this.#desk, index, verdict);
    this.#change(desk);
    if (verdict.state === "open") return this.#panel.say(words.personInWords(this.#desk));
    if (state.isDone(desk)) return void this.#next();
    this.#goTo(state.selectPerson(desk, state.nextOpen(desk)));
  }

  #saved(sheet) {
    this.#keepDrafts(sheet);
    if (sheet === this.#sheet) this.#refresh();
  }

  #refused(sheet, index, problem) {
    const there = () => this.#bringBack(sheet, index, problem);
    const busy = this.#desk && this.#desk !== sheet.desk && (state.hasDrafts(this.#desk) || this.#desk.past.length > 0);
    if (!busy) return there();
    const what = index === null ? `That nobody else is in ${sheet.desk.fileName}` : `Person ${index + 1} of ${sheet.desk.fileName}`;
    this.#panel.notice({ kind: "problem", text: `${what} was not saved: ${problem}`, button: "Go back there", act: there });
  }

  /** Show what was refused: at once if nothing here would be torn away, else on a click. */
  #bringBack(sheet, index, problem) {
    this.#return(sheet);
    if (index === null) return this.#tell(problem);
    this.#goTo(state.selectPerson(this.#desk, index));
    return this.#panel.say(`Not saved. ${problem}`);
  }

  /** Lay an earlier image on the desk again; the present one waits to be next. @param {Sheet} sheet */
  #return(sheet) {
    if (sheet === this.#sheet) return this.#refresh();
    this.#tally.reopened(sheet.desk.imageId);
    this.#behind = this.#behind.filter((other) => other !== sheet);
    if (this.#sheet) this.#conveyor.putBack(this.#sheet);
    this.#lay(sheet);
  }

  #finish() {
    const sheet = this.#sheet;
    if (state.nextOpen(sheet.desk) !== -1) return this.#explain("Some persons are still open. Accept, skip or mark each, then say that nobody else is here.");
    this.#saving.finished(sheet);
    return void this.#next();
  }

  #addPerson(box) {
    const sheet = this.#sheet;
    const index = sheet.desk.persons.length;
    this.#goTo(state.addPerson(sheet.desk, state.newPerson(newKey(), box, sheet.desk.skeleton.keypoints.length)));
    this.#saving.added(sheet, index);
  }

  #undo() {
    const change = this.#desk.past.at(-1);
    if (!change) return this.#undoBehind();
    if (change.kind === "verdict") this.#saving.decided(this.#sheet, change.person, change.before);
    const person = this.#desk.persons[change.person];
    this.#goTo(state.undo(this.#desk));
    if (change.kind !== "added") return;
    this.#saving.removed(this.#sheet, person);
    this.#panel.say("The added person is gone.");
  }

  #redo() {
    const change = this.#desk.future.at(-1);
    if (!change) return this.#explain("Nothing to do again.");
    if (change.kind === "verdict") this.#saving.decided(this.#sheet, change.person, change.after);
    this.#goTo(state.redo(this.#desk));
    if (state.isDone(this.#desk)) return void this.#next();
  }

  /** Undo reaches into the image just left: its last decision is taken back, if the server still lets us. */
  #undoBehind() {
    const sheet = this.#behind.at(-1);
    if (!this.#canUndoBehind()) return this.#explain("Nothing to undo.");
    this.#return(sheet);
    return this.#undo();
  }

  #canUndoBehind() {
    return this.#behind.at(-1)?.desk.past.at(-1)?.kind === "verdict";
  }

  // ------------------------------------------------------------------------------------------ commands

  /** Do what a key, a button or a test asks for.
   * @param {string} command a name from keys.js @param {{byMouse: boolean}} [hand] byMouse: a button was clicked */
  run(command, { byMouse = false } = {}) {
    if (command === "help") return this.#panel.refs.help.showModal();
    if (this.#phase !== "ready") return undefined;
    return this.#commands[command]?.({ byMouse, pointer: this.#pointerInImage() });
  }

  #commands = {
    "flag-next": () => this.#goTo(state.stepFlag(this.#desk, 1)),
    "flag-previous": () => this.#goTo(state.stepFlag(this.#desk, -1)),
    "keypoint-next": () => this.#goTo(state.goOn(this.#desk)),
    "keypoint-previous": () => this.#goTo(state.stepKeypoint(this.#desk, -1)),
    "visibility-cycle": (hand) => this.#edit(state.cycleVisibility(this.#desk, hand)),
    visible: (hand) => this.#edit(state.setVisibility(this.#desk, state.VISIBLE, hand)),
    hidden: (hand) => this.#edit(state.setVisibility(this.#desk, state.HIDDEN, hand)),
    absent: (hand) => this.#edit(state.setVisibility(this.#desk, state.ABSENT, hand)),
    ...Object.fromEntries(Object.entries(STEPS).flatMap(([side, [x, y]]) => [
      [`nudge-${side}`, () => this.#nudge({ x, y })],
      [`nudge-${side}-far`, () => this.#nudge({ x: 10 * x, y: 10 * y })],
    ])),
    accept: () => this.#accept(),
    skip: () => this.#skip(),
    "not-a-person": () => state.personOf(this.#desk)?.state === "open" && this.#decide({ state: "not_a_person", reason: null }),
    reopen: () => state.personOf(this.#desk) && this.#decide({ state: "open", reason: null }),
    "person-next": () => this.#goTo(state.stepPerson(this.#desk, 1)),
    "person-previous": () => this.#goTo(state.stepPerson(this.#desk, -1)),
    "add-person": () => this.#setBoxing(!this.#boxing),
    finish: () => this.#finish(),
    upright: () => this.#toggleUpright(),
    "fit-person": () => this.#setView(this.#viewOfPerson()),
    "fit-image": () => this.#setView(framing.viewOfImage(this.#desk, this.#stage.size)),
    "zoom-in": () => this.#zoomMiddle(1.25),
    "zoom-out": () => this.#zoomMiddle(0.8),
    ghosts: () => this.#toggleGhosts(),
    hide: () => this.#hide(true),
    undo: () => this.#undo(),
    redo: () => this.#redo(),
    cancel: () => this.#cancel(),
  };

  #keyDown(event) {
    const focused = this.shadowRoot.activeElement;
    const command = commandFor(event);
    const onStage = focused === this.#panel.refs.stage;
    if (!command || this.#panel.refs.help.open) return;
    if (command.startsWith("flag-") && (!onStage || this.#tabLeaves || !this.#hasFlags())) return;
    if (event.key === "Enter" && !onStage) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.repeat && (!REPEATS.test(command) || (command === "keypoint-next" && this.#desk?.placing))) return;
    this.run(command);
  }

  /** Where the pointer is, if it is over the image. @returns {geometry.Spot | null} in image pixels */
  #pointerInImage() {
    if (!this.#pointer || !this.#sheet) return null;
    const at = geometry.toImage(this.#sheet.view, this.#pointer);
    return geometry.isInFrame(at, this.#desk.size) ? at : null;
  }

  #hasFlags() {
    return this.#phase === "ready" && state.flagWalk(this.#desk).length > 0;
  }

  /** After a click with the mouse, keys go to the image again: Enter accepts, and does not press the button twice. */
  #afterClick(event) {
    const isPointer = event.detail > 0;
    const { menu, help, card } = this.#panel.refs;
    const elsewhere = !menu.hidden || help.open || !card.hidden || event.target.closest("a");
    if (isPointer && !elsewhere) this.#panel.refs.stage.focus({ preventScroll: true });
  }

  #cancel() {
    if (this.#panel.closeMenu()) return this.#panel.refs.stage.focus();
    if (!this.#panel.refs.notice.hidden) return this.#dropNotice();
    if (this.#boxing) return this.#setBoxing(false);
    if (this.#desk.placing) return this.#change(state.stopPlacing(this.#desk));
    this.#tabLeaves = true;
    return this.#panel.say("Tab leaves the image now.");
  }

  #setBoxing(on) {
    this.#boxing = on;
    this.#look = { ...this.#look, draftBox: null, spot: null };
    this.#refresh();
    if (on) this.#panel.say("Drag a box around the person.");
  }

  /** A step as the screen shows it, however the view is turned. @param {geometry.Spot} step in image pixels */
  #nudge(step) {
    this.#edit(state.nudge(this.#desk, geometry.stepOnScreen(this.#sheet.view, step)));
    this.#setView(framing.withKeypointInside(this.#sheet.view, this.#desk, this.#stage.size));
  }

  #toggleGhosts() {
    this.#look = { ...this.#look, ghosts: !this.#look.ghosts };
    this.#refresh();
    this.#panel.say(this.#look.ghosts ? "Ghosts shown." : "Ghosts off.");
  }

  #hide(on) {
    if (this.#hiding === on) return;
    this.#hiding = on;
    this.#stage.refresh("others", "selected");
  }

  #explain(text) {
    this.#panel.notice({ kind: "note", text, button: "OK", act: () => this.#dropNotice() });
  }

  // ------------------------------------------------------------------------------------------ hands

  /** @returns {import("./hands.js").Handlers} */
  #hands() {
    return {
      grab: (spot, touch) => this.#grab(spot, touch),
      drag: (hold, start, from, to) => this.#drag(hold, start, from, to),
      drop: (hold, start, to) => this.#drop(hold, start, to),
      click: (spot, event) => this.#click(spot, event),
      abort: () => this.#abort(),
      hover: (spot) => this.#hover(spot),
      pinch: (from, to, ratio) => this.#sheet && this.#setView(geometry.zoomAt(
        geometry.pan(this.#sheet.view, { x: to.x - from.x, y: to.y - from.y }), to, ratio)),
      wheel: (spot, factor) => this.#sheet && this.#setView(geometry.zoomAt(this.#sheet.view, spot, factor)),
    };
  }

  /** The selected person's keypoint under a spot. @returns {number | null} */
  #pick(spot, touch, person = state.personOf(this.#desk)) {
    if (!person || person.state === "not_a_person") return null;
    const scale = geometry.scaleOf(this.#sheet.view);
    const radius = (touch ? PICK_PX.touch : PICK_PX.mouse) / scale;
    return geometry.nearest(person.pose.xyv, geometry.toImage(this.#sheet.view, spot), radius)?.keypoint ?? null;
  }

  #grab(spot, touch) {
    this.#panel.refs.stage.focus({ preventScroll: true });
    if (!this.#sheet) return "view";
    if (this.#boxing) return "box";
    const keypoint = state.personOf(this.#desk)?.state === "open" ? this.#pick(spot, touch) : null;
    const { person, placing, keypoint: waiting, future } = this.#desk;
    this.#atGrab = { sheet: this.#sheet, person, keypoint, gesture: newKey(), future, waiting: placing ? waiting : null };
    if (keypoint === null) return "view";
    const [x, y] = state.personOf(this.#desk).pose.xyv[keypoint];
    const on = geometry.toScreen(this.#sheet.view, { x, y });
    this.#grip = { x: on.x - spot.x, y: on.y - spot.y };
    return "point";
  }

  #drag(hold, start, from, to) {
    if (!this.#sheet) return;
    if (hold === "view") return this.#setView(geometry.pan(this.#sheet.view, { x: to.x - from.x, y: to.y - from.y }));
    if (hold === "box") return this.#dragBox(start, to);
    if (!this.#holds()) return;
    const { keypoint, gesture } = this.#atGrab;
    const spot = geometry.toImage(this.#sheet.view, { x: to.x + this.#grip.x, y: to.y + this.#grip.y });
    this.#cursor("moving");
    this.#look.hovered = null;
    this.#change(state.movePoint({ ...this.#desk, keypoint }, spot, gesture), { quick: this.#desk.keypoint === keypoint });
  }

  /** Whether what was taken hold of is still what is selected: a key may have gone on to somebody else meanwhile. */
  #holds() {
    const { sheet, person, keypoint } = this.#atGrab ?? {};
    return keypoint != null && sheet === this.#sheet && person === this.#desk.person;
  }

  #dragBox(start, to) {
    if (!this.#boxing) return;
    const { view } = this.#sheet;
    const [one, two] = [geometry.toImage(view, start), geometry.toImage(view, to)];
    const draftBox = geometry.boxBetween(one, two, this.#desk.size, geometry.turnOf(view));
    this.#look = { ...this.#look, draftBox, spot: to };
    this.#stage.refresh("selected");
  }

  #drop(hold, start, to) {
    this.#pointer = to;
    if (!this.#sheet) return;
    this.#cursor(hold === "point" ? "point" : "");
    if (hold === "point" && this.#holds() && this.#atGrab.waiting !== null) {
      return this.#change(state.selectKeypoint(this.#desk, this.#atGrab.waiting));
    }
    if (hold !== "box" || !this.#boxing) return this.#refresh();
    const { draftBox } = this.#look;
    this.#setBoxing(false);
    if (draftBox && Math.min(draftBox.width, draftBox.height) >= LEAST_BOX_PX) return this.#addPerson(draftBox);
    return this.#explain(`A box needs ${LEAST_BOX_PX} image pixels at least each way. Press B and drag again.`);
  }

  #click(spot, event) {
    this.#pointer = spot;
    if (!this.#sheet || this.#boxing) return;
    const at = geometry.toImage(this.#sheet.view, spot);
    if (this.#desk.placing) return this.#place(at, event.shiftKey ? state.HIDDEN : this.#desk.placeAs);
    const touch = event.pointerType !== "mouse";
    const keypoint = this.#pick(spot, touch);
    if (keypoint !== null) return this.#goTo(state.selectKeypoint(this.#desk, keypoint), { under: spot });
    const person = this.#personAt(spot, at, touch);
    if (person !== -1 && person !== this.#desk.person) this.#goTo(state.selectPerson(this.#desk, person), { under: spot });
  }

  #place(at, visibility) {
    const name = state.spoken(this.#desk.skeleton, this.#desk.keypoint);
    this.#edit(state.placePoint(this.#desk, at, visibility));
    const next = this.#desk.placing ? ` Next: ${state.spoken(this.#desk.skeleton, this.#desk.keypoint)}.` : "";
    this.#panel.say(`${name} placed.${next}`);
  }

  /** Whose keypoint, or else whose box, lies under a spot: the smallest box wins. */
  #personAt(spot, at, touch) {
    const byPoint = this.#desk.persons.findIndex((person) => this.#pick(spot, touch, person) !== null);
    if (byPoint !== -1) return byPoint;
    const inside = [...this.#desk.persons.keys()].filter((i) => geometry.isInside(this.#desk.persons[i].box, at));
    const area = (i) => this.#desk.persons[i].box.width * this.#desk.persons[i].box.height;
    return inside.length ? inside.reduce((one, two) => (area(two) < area(one) ? two : one)) : -1;
  }

  #abort() {
    if (this.#holds()) this.#change(state.abandon(this.#desk, this.#atGrab.gesture, this.#atGrab.future));
    this.#look.draftBox = null;
    this.#cursor("");
  }

  #hover(spot) {
    this.#pointer = spot;
    if (!this.#sheet) return;
    const crossing = this.#boxing || this.#desk.placing;
    const hovered = spot && !crossing ? this.#pick(spot, false) : null;
    const cross = crossing ? spot : null;
    this.#cursor(crossing ? "cross" : hovered !== null ? "point" : "");
    if (hovered === this.#look.hovered && !cross && !this.#look.spot) return;
    this.#look.hovered = hovered;
    this.#look.spot = cross;
    this.#stage.refresh("selected");
  }

  #cursor(name) {
    if (this.#panel.refs.stage.dataset.cursor !== name) this.#panel.refs.stage.dataset.cursor = name;
  }

  // ------------------------------------------------------------------------------------------ showing

  /** An edit: shown, kept as a draft. @param {import("./state.js").Desk} desk */
  #edit(desk) {
    if (desk === this.#desk) return;
    this.#change(desk);
    this.#panel.say(words.keypointInWords(this.#desk));
  }

  /** Take another desk. quick: only the selected person moved, so only they are painted again. */
  #change(desk, { quick = false } = {}) {
    this.#sheet.desk = desk;
    this.#panel.dropNote();
    this.#askedAbout = null;
    if (!desk.placing && !this.#boxing) this.#look.spot = null;
    clearTimeout(this.#draftTimer);
    this.#draftTimer = setTimeout(() => this.#keepDrafts(), 250);
    if (quick) return this.#stage.refresh("selected");
    return this.#refresh("others", "selected");
  }

  /** Another selection: brought into view, told. under: where the pointer is; what it is on stays there. */
  #goTo(desk, { under = null } = {}) {
    if (!this.#sheet) return;
    const moved = desk.person !== this.#desk.person;
    const before = this.#upright.turnFor(this.#desk);
    this.#change(desk);
    if (under) this.#setView(framing.turnedOn(this.#sheet.view, before, this.#upright.turnFor(desk), under));
    else if (moved && desk.person !== -1) this.#setView(this.#viewOfPerson());
    else this.#setView(framing.withKeypointInside(this.#sheet.view, this.#desk, this.#stage.size));
    if (moved) this.#panel.say(words.personInWords(this.#desk));
    else this.#panel.say(words.keypointInWords(this.#desk));
  }

  #refresh(...layers) {
    this.#stage.refresh(...(layers.length ? layers : ["picture", "others", "selected"]));
    this.dataset.person = this.#desk ? String(state.personOf(this.#desk)?.id ?? "") : "";
    this.#showPanel();
    this.#showStatus();
  }

  #showPanel() {
    this.#panelFrame ||= requestAnimationFrame(() => {
      this.#panelFrame = 0;
      const canUndo = Boolean(this.#desk?.past.length) || this.#canUndoBehind();
      const canRedo = Boolean(this.#desk?.future.length);
      const { ghosts } = this.#look;
      const upright = this.#sheet && this.#upright.seenIn(this.#sheet);
      this.#panel.show(this.#desk, { ghosts, upright, boxing: this.#boxing, canUndo, canRedo, toDo: this.#tally.left });
    });
  }

  #setPhase(phase, card) {
    this.#phase = this.dataset.phase = phase;
    this.#panel.card(card);
    if (phase !== "ready") this.#panel.notice(null);
  }

  #showAhead() {
    this.dataset.ahead = String(this.#conveyor.imageIds.length);
    this.#showPanel();
  }

  #showStatus() {
    const { outlook } = this.#outbox;
    const { status, text } = words.standInWords(outlook, this.#desk, Date.now());
    if (status === "unsaved" && !this.#toldUnsaved) this.#panel.say(text);
    const arrived = this.#toldUnsaved && outlook.state === "saved" && status !== "unsaved";
    if (arrived) this.#panel.say("Saved: what waited is at the server.");
    this.#toldUnsaved = status === "unsaved" || (status === "saving" && this.#toldUnsaved);
    this.dataset.status = status;
    this.#panel.status(status, text, outlook.pending > 0 && status === "unsaved");
    this.#askToSignIn(outlook.state === "signed-out", outlook.pending);
  }

  #askToSignIn(needed, pending) {
    if (this.#phase !== "ready" || (!needed && !this.#asksToSignIn)) return;
    this.#asksToSignIn = needed;
    this.#panel.notice(needed ? {
      kind: "problem", text: words.signInFirst(pending), button: "Sign in",
      act: () => window.open("/login", "_blank", "noopener"),
    } : null);
  }

  #scene() {
    if (!this.#sheet) return null;
    return { ...this.#sheet, look: this.#look, stage: this.#stage.size, hidden: this.#hiding };
  }

  /** Count an image as painted in the task after the frame that shows it; then see to the next and the last ones. */
  #afterPaint() {
    if (!this.#isNew || !this.#sheet) return;
    this.#isNew = false;
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      this.#painted += 1;
      this.dataset.painted = String(this.#painted);
      channel.port1.close();
      this.#conveyor.prefetch();
      this.#dropLongBehind();
    };
    channel.port2.postMessage(null);
  }

  // ------------------------------------------------------------------------------------------ viewing

  #setView(view) {
    if (view === this.#sheet.view) return;
    if (!framing.isTurnedBy(view, geometry.turnOf(this.#sheet.view))) this.#showPanel();
    this.#sheet.view = view;
    this.#stage.refresh("picture", "others", "selected");
  }

  #viewOfPerson() {
    return framing.viewOfPerson(this.#desk, this.#stage.size, this.#upright.turnFor(this.#desk));
  }

  #toggleUpright() {
    if (!this.#desk.lens) return this.#explain(words.NO_LENS);
    const before = this.#upright.turnFor(this.#desk);
    this.#upright.toggle();
    const after = this.#upright.turnFor(this.#desk);
    this.#setView(framing.turnedAnew(this.#sheet.view, this.#desk, before, after, this.#stage.size));
    this.#showPanel();
    return this.#panel.say(`${words.turnInWords(this.#upright.seenIn(this.#sheet))}.`);
  }

  #zoomMiddle(factor) {
    const { width, height } = this.#stage.size;
    this.#setView(geometry.zoomAt(this.#sheet.view, { x: width / 2, y: height / 2 }, factor));
  }

  /** Reach from where the page put us to the bottom of the window. */
  #settle() {
    const top = this.getBoundingClientRect().top + window.scrollY;
    this.style.setProperty("--editor-top", `${Math.max(Math.round(top), 0)}px`);
  }

  #resized() {
    const before = this.#stage.measure();
    if (!this.#sheet) return;
    const { view } = this.#sheet;
    if (!view || before.width === 1) return void (this.#sheet.view = this.#viewOfPerson());
    this.#sheet.view = framing.refitted(view, this.#desk, this.#upright.turnFor(this.#desk), before, this.#stage.size);
  }

  #inWindow(spot) {
    const frame = this.#panel.refs.stage.getBoundingClientRect();
    return { x: frame.left + spot.x, y: frame.top + spot.y };
  }

  // ------------------------------------------------------------------------------------------ keeping

  #keepDrafts(sheet = this.#sheet) {
    if (sheet && this.#drafts) this.#draftsKept = this.#drafts.keep(sheet.desk, Date.now());
  }

  #beforeUnload(event) {
    this.#keepDrafts();
    const draftLost = !this.#draftsKept && this.#desk !== null && state.hasDrafts(this.#desk);
    if (this.#outbox.outlook.pending > 0 || draftLost) event.preventDefault();
  }

  /** The page goes: edits are kept, and the images not looked at yet are free for others. */
  #depart() {
    this.#keepDrafts();
    const ids = this.#conveyor.imageIds;
    if (ids.length) this.#api.post("/api/release", { image_ids: ids }, { keepalive: true }).catch(() => {});
  }

  #takeFocus() {
    const { activeElement } = document;
    if (activeElement === document.body || activeElement === this) this.#panel.refs.stage.focus({ preventScroll: true });
  }
}

/** Commands that go on while their key is held down. */
const REPEATS = /^(nudge|zoom|keypoint|flag|person|undo|redo)/;

if (!customElements.get("pose-editor")) customElements.define("pose-editor", PoseEditor);

/** The editor inside a host page's component. @param {{element: Element}} host @returns {PoseEditor} */
export function bind({ element }) {
  return element.querySelector("pose-editor");
}

/**
 * The pose editor: a custom element that takes images from the queue, lets an annotator correct the persons in them,
 * and saves in the background. It wires the parts; what they do stands in their own files.
 *
 * For tests: the element carries data-image, data-person, data-status (saved, saving, draft, unsaved), data-phase
 * (loading, ready, empty, error) and data-painted, which counts the images painted.
 */

import { Api } from "../shared/api.js";
import { LeftBehind } from "./images/left_behind.js";
import { Conveyor } from "./images/conveyor.js";
import { Decisions } from "./server/decisions.js";
import * as framing from "./view/framing.js";
import * as geometry from "./geometry.js";
import { GHOSTS, ghostOf } from "./canvas/draw_ghosts.js";
import { listen } from "./input/pointers.js";
import { Leases } from "./server/leases.js";
import { limbOf } from "./desk/limbs.js";
import { samePerson } from "./desk/matching.js";
import { Keeper } from "./keeping/keeper.js";
import { Preference } from "./keeping/preference.js";
import { WAYS_OUT, effective, readOwn } from "./input/own_keys.js";
import { BINDINGS, chordOf, commandFor } from "./input/keys.js";
import { Looking, isViewing } from "./images/looking.js";
import * as looks from "./panel/looks.js";
import { Outbox, isStopped } from "./server/outbox.js";
import { Panel } from "./panel/panel.js";
import { overviewOf } from "./canvas/overview.js";
import { HANDLE_REACH_PX, Pointing } from "./input/pointing.js";
import { Saving, strayInWords, waitingInWords } from "./server/saving.js";
import { Stage } from "./canvas/stage.js";
import { ABSENT, HIDDEN, VISIBLE, hasDrafts, isDone, isEdited, nextOpen, personOf, withKnown } from "./desk/desk.js";
import { sideless, spoken } from "./desk/keypoint_names.js";
import { flagWalk, selectKeypoint, selectPerson, stepFlag, stepKeypoint, stepPerson, stepTo, stopPlacing } from "./desk/selecting.js";
import { beginFrom, clearAll, clearKeypoint, dropEdits, nudge, startsOf, withEarlierEdits } from "./desk/editing.js";
import { cycleVisibility, goOn, isAsked, placeByKeys, placePoint, setVisibility } from "./desk/placing.js";
import { STYLE } from "./panel/style.js";
import { Tally } from "./images/tally.js";
import * as tools from "./desk/tools.js";
import { Upright } from "./view/upright.js";
import * as words from "./words.js";

/** @typedef {import("./images/conveyor.js").Sheet} Sheet */

const TURN_STEP = 2;
const OPEN_AGAIN_MS = 4000;
const STEPS = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] };

/** The element `<pose-editor>`. Attribute `data-api`: put before every path, if the server is elsewhere. */
export class PoseEditor extends HTMLElement {
  /** @type {Sheet | null} */
  #sheet = null;
  #leftBehind = new LeftBehind();
  #pointing = new Pointing(this.#hands());
  #tally = new Tally();
  #upright = new Upright(() => window.localStorage);
  /** @type {tools.Tool | null} the tool switched on */
  #tool = null;
  /** @type {Preference<looks.Looks>} */
  #looks = new Preference(() => window.localStorage, "pose-editor/looks", { read: looks.readLooks, write: looks.writeLooks });
  /** @type {looks.Looks["ghosts"] | undefined} those that were on when all were put off */
  #ghostsBefore;
  /** @type {Preference<import("./input/own_keys.js").Own>} */
  #ownKeys = new Preference(() => window.localStorage, "pose-editor/keys", { read: (text) => readOwn(BINDINGS, text), write: JSON.stringify });
  #keys = BINDINGS;
  #hiding = false;
  /** @type {string | null} the key that hides everything while it is held, as its place on the keyboard */
  #hidingKey = null;
  #tabLeaves = false;
  #painted = 0;
  #isNew = false;
  #phase = "loading";
  #asksToGoOn = false;
  #toldUnsaved = false;
  /** Whether something of this page was on its way to the server. */
  #hasSaved = false;
  #openAgain = 0;
  /** What is to be said of the image just left. */
  #left = "";
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
    clearTimeout(this.#openAgain);
    this.#leases.stop();
    this.#looking.stop();
    this.#keeper.keep(this.#sheet);
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
  #keeper;
  #saving;
  #decisions;
  #conveyor;
  #leases;
  #looking;
  #ticking = 0;

  get #notices() {
    return this.#panel.notices;
  }

  #build() {
    const root = this.attachShadow({ mode: "open" });
    const look = new CSSStyleSheet();
    look.replaceSync(STYLE);
    root.adoptedStyleSheets = [look];
    this.#panel = new Panel(root, {
      command: (name, hand) => this.run(name, hand),
      selectPerson: (index) => this.#goTo(selectPerson(this.#desk, index)),
      selectKeypoint: (keypoint) => this.#goTo(selectKeypoint(this.#desk, keypoint)),
      swap: (keypoints) => this.#edit(tools.swapped(this.#desk, keypoints)),
      leaveMenu: () => this.#panel.refs.stage.focus(),
      closedNotice: () => {
        this.#decisions.askAgain();
        this.#panel.refs.stage.focus();
      },
      loadAgain: () => void this.#loadAgain(),
      looks: (wanted) => this.#setLooks(wanted),
      ownKeys: (own) => this.#setKeys(own),
    });
    const { stage, picture, others, loupe, selected } = this.#panel.refs;
    this.#stage = new Stage(stage, { picture, others, loupe, selected }, {
      scene: () => this.#scene(),
      painted: () => this.#afterPaint(),
    });
    this.#showKeys();
    this.#showLooks();
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
    this.#saving = new Saving(this.#outbox, {
      saved: (sheet) => this.#saved(sheet),
      refused: (sheet, index, problem) => this.#refused(sheet, index, problem),
      posted: (sheet) => queueMicrotask(() => this.#keeper.keep(sheet)), // once the decision is made on the desk
    });
    this.#decisions = new Decisions(this.#saving, this.#leftBehind, {
      sheet: () => this.#sheet,
      change: (desk) => this.#change(desk),
      goTo: (desk) => this.#goTo(desk),
      letGo: () => this.#letGo(),
      next: (left = "") => {
        this.#left = left;
        void this.#next();
      },
      layAgain: (sheet) => this.#return(sheet),
      explain: (text) => this.#notices.explain(text),
      say: (text) => this.#notices.say(text),
    });
    this.#conveyor = new Conveyor({
      api: this.#api,
      held: () => [...this.#playing(), ...this.#outbox.imageIds],
      changed: () => this.#showAhead(),
      counted: (remaining, held) => this.#tally.heard(remaining, held),
      restore: (desk) => this.#keeper.restore(desk),
    });
    this.#looking = new Looking(this.#api, {
      show: ({ text, isFree, canBeHad }) => this.#notices.banner({
        text, button: isFree ? "Work on it" : canBeHad ? "Try again" : null, act: () => void this.#takeUp(),
        other: "Next image", actOther: () => this.#leaveLooking(),
      }),
      hide: () => this.#notices.banner(null),
    });
    this.#leases = new Leases(this.#api, {
      imageIds: () => [...new Set([...this.#playing(), ...this.#conveyor.imageIds])].filter((id) => !this.#isLooking || id !== this.#desk.imageId),
      imageId: () => this.#desk?.imageId,
      lost: (imageIds) => this.#conveyor.forget(imageIds),
      lostThis: () => this.#notices.tell(words.HOLD_LOST),
      signedOut: () => this.#notices.tell(words.SESSION_ENDED),
    });
  }

  #listen(signal) {
    const { stage, statusButton } = this.#panel.refs;
    this.addEventListener("keydown", (event) => this.#keyDown(event), { signal });
    this.addEventListener("keyup", (event) => event.code === this.#hidingKey && this.#hide(false), { signal });
    this.addEventListener("focusout", () => this.#hide(false), { signal });
    stage.addEventListener("focus", () => (this.#tabLeaves = false), { signal });
    this.shadowRoot.addEventListener("click", (event) => this.#afterClick(event), { signal });
    statusButton.addEventListener("click", () => this.#outbox.retry(), { signal });
    listen(stage, this.#pointing.handlers, signal);
    window.addEventListener("resize", () => this.#settle(), { signal });
    window.addEventListener("online", () => this.#outbox.retry(), { signal });
    window.addEventListener("focus", () => isStopped(this.#outbox.outlook.state) && this.#outbox.retry(), { signal });
    window.addEventListener("beforeunload", (event) => this.#beforeUnload(event), { signal });
    window.addEventListener("pagehide", () => this.#depart(), { signal });
    window.addEventListener("pageshow", () => this.#keeper.going(false, this.#sheet), { signal });
    document.addEventListener("visibilitychange", () => this.#keeper.going(document.hidden, this.#sheet), { signal });
    const watch = new ResizeObserver(() => this.#resized());
    watch.observe(stage);
    signal.addEventListener("abort", () => watch.disconnect());
    this.#ticking = setInterval(() => this.#outbox.outlook.state === "waiting" && this.#showStatus(), 1000);
  }

  // ------------------------------------------------------------------------------------------ images

  get #desk() {
    return this.#sheet?.desk ?? null;
  }

  /** Whether the image on the desk may only be looked at. */
  get #isLooking() {
    return Boolean(this.#sheet?.look);
  }

  async #open() {
    this.#setPhase("loading", { title: "Opening the queue…", busy: true });
    clearTimeout(this.#openAgain);
    try {
      await this.#keeper.open();
      await this.#knowWhose();
    } catch (error) {
      return this.#cannotOpenQueue(error);
    }
    if (this.#sheet) return this.#lay(this.#sheet);
    const asked = askedFor(location);
    await (asked ? this.#openImage(asked.imageId, asked.personId) : this.#next());
    if (this.#phase !== "error") this.#notices.tellUntold();
  }

  /** The server does not say who is here: decisions that wait in this browser are tried again by themselves. */
  async #cannotOpenQueue(error) {
    const waiting = await this.#keeper.countLetters();
    if (!waiting) return this.#cannotLoad(error);
    this.#cannotLoad(Object.assign(error, { message: `${error.message} ${waitingInWords(waiting)}` }));
    if (error.kind === "offline") this.#openAgain = setTimeout(() => void this.#open(), OPEN_AGAIN_MS);
  }

  /** Ask who is here, and of which project; keep what is theirs. */
  async #knowWhose() {
    const { user, project } = await this.#api.session();
    await this.#keeper.openFor(user.name, project);
  }

  async #next() {
    if (this.#sheet) this.#leave(this.#sheet);
    if (!this.#conveyor.isReady) this.#setPhase("loading", { title: "Fetching the next image…", busy: true });
    try {
      const { sheet, message, step } = await this.#conveyor.take();
      if (this.#sheet) return void (sheet && this.#conveyor.putBack(sheet)); // a refusal was quicker and brought one back
      if (sheet) this.#lay(sheet);
      else this.#showEmpty(message, step);
    } catch (error) {
      if (!this.#sheet) this.#cannotLoad(error);
    }
  }

  /** Put an image on the desk. @param {Sheet} sheet */
  #lay(sheet) {
    const isFirst = sheet.view === null;
    this.#sheet = sheet;
    this.#isNew = true;
    this.#letGo();
    this.#keepAddress(sheet.desk.imageId);
    this.dataset.image = String(sheet.desk.imageId);
    this.#setPhase("ready", null);
    const restored = this.#restored(isFirst ? sheet.restored : []);
    const notice = sheet.problem ? this.#notices.problem(sheet.problem) : restored ?? this.#refusedBehind();
    this.#notices.show(notice);
    if (this.#left && !notice) this.#notices.explain(this.#left);
    this.#left = "";
    if (!sheet.view || !this.#upright.suits(sheet)) sheet.view = this.#viewOfPerson();
    this.#refresh();
    this.#notices.say(words.personInWords(this.#desk));
    this.#takeFocus();
    this.#leases.keep(sheet.desk.leaseS);
    this.#looking.begin(sheet.desk.imageId, sheet.look);
    if (!sheet.look) void this.#warnOfOtherTab(sheet);
  }

  #leave(sheet) {
    if (sheet.look) return this.#drop(sheet);
    this.#keeper.keep(sheet);
    if (nextOpen(sheet.desk) === -1 && !sheet.wasDone) this.#tally.finished(sheet.desk.imageId);
    this.#leftBehind.put(sheet);
    this.#sheet = null;
    this.#leases.drop();
  }

  /** Nothing of an image that was only looked at is kept. */
  #drop(sheet) {
    for (const copy of [sheet.picture, sheet.overview]) copy?.close();
    this.#sheet = null;
  }

  /** What was looked at is free: work on it from now on, if nobody was faster. */
  async #takeUp() {
    const sheet = this.#sheet;
    try {
      const fresh = await this.#conveyor.fetchImage(sheet.desk.imageId);
      if (this.#sheet !== sheet) return fresh.look ? fresh.picture?.close() : this.#conveyor.putBack(fresh);
      const selected = personOf(sheet.desk)?.id;
      fresh.wasDone = isDone(fresh.desk);
      this.#drop(sheet);
      this.#lay(fresh);
      const index = this.#desk.persons.findIndex(({ id }) => id === selected);
      if (index !== -1 && index !== this.#desk.person) this.#goTo(selectPerson(this.#desk, index));
      this.#setView(sheet.view);
      if (!fresh.look) this.#notices.say("It is yours to work on now.");
    } catch (error) {
      this.#notices.tell(error.message);
    }
    return undefined;
  }

  #leaveLooking() {
    this.#keepAddress(-1);
    void this.#next();
  }

  /** Go to an image by its id, whoever labelled it; the present one waits to be next.
   * @param {number} imageId @param {number | null} [personId] whom to select */
  async #openImage(imageId, personId = null) {
    const before = this.#sheet;
    try {
      const known = before?.desk.imageId === imageId ? before : this.#leftBehind.find(imageId);
      const sheet = known ?? (await this.#conveyor.fetchImage(imageId));
      if (!known) sheet.wasDone = isDone(sheet.desk);
      if (this.#sheet !== before) return void (known || sheet.look || this.#conveyor.putBack(sheet));
      this.#return(sheet);
      const index = this.#desk.persons.findIndex((person) => person.id === personId);
      if (index !== -1) this.#goTo(selectPerson(this.#desk, index));
      else if (personId !== null) this.#notices.explain("That person is not in this image any more.");
    } catch (error) {
      if (this.#sheet) this.#notices.tell(error.message);
      else if (error.kind === "refused") this.#cannotOpen(error);
      else this.#cannotLoad(error);
    }
  }

  /** The image as the server has it now; what was edited here is among what a person can start from. */
  async #loadAgain() {
    const sheet = this.#sheet;
    const person = personOf(sheet.desk);
    try {
      const fresh = await this.#conveyor.fetchImage(sheet.desk.imageId);
      if (this.#sheet !== sheet) return fresh.picture?.close();
      fresh.desk = withEarlierEdits(fresh.desk, sheet.desk);
      fresh.restored = [];
      this.#leftBehind.take(sheet);
      this.#lay(fresh);
      const index = this.#desk.persons.findIndex(({ id }) => id === person?.id);
      if (index !== -1) this.#goTo(selectPerson(this.#desk, index));
      this.#notices.explain("Loaded as it is now. Your own edits are kept: {start-from} lists them.");
    } catch (error) {
      this.#notices.tell(error.message);
    }
  }

  #cannotOpen(error) {
    const goOn = () => {
      this.#keepAddress(-1);
      void this.#next();
    };
    this.#setPhase("error", { title: "That image could not be opened", text: error.message, button: "Take the next image", act: goOn });
    this.#refresh();
    this.#notices.say(error.message);
  }

  /** The page's address names the image that was asked for, as long as it is the one on the desk. @param {number} imageId */
  #keepAddress(imageId) {
    const asked = askedFor(location);
    if (asked && asked.imageId !== imageId) history.replaceState(history.state, "", location.pathname);
  }

  async #offerRecent() {
    try {
      const sheet = this.#sheet;
      const { images } = await this.#api.get("/api/recent?limit=10");
      if (sheet !== this.#sheet || this.#panel.refs.help.open) return undefined; // the annotator went on meanwhile
      if (!images.length) return this.#notices.explain("You have not decided about anybody yet.");
      return this.#panel.menu.open("My last images", images.map((image) => ({
        text: image.file_name, detail: words.recentInWords(image, Date.now()),
        act: () => {
          this.#panel.refs.stage.focus();
          void this.#openImage(image.id);
        },
      })));
    } catch (error) {
      return this.#phase === "ready" ? this.#notices.tell(error.message) : this.#cannotLoad(error);
    }
  }

  #leaveFor(address) {
    this.#keeper.keep(this.#sheet);
    location.assign(address);
  }

  /** @param {string} message @param {{title: string, text: string, command: string | null, code: string} | null} step */
  #showEmpty(message, step) {
    delete this.dataset.image;
    const text = step?.text ?? (message || "Every image is done or with somebody else. New ones come with the next import or round.");
    const isWorkedIn = !["no_images", "validation_only"].includes(step?.code);
    this.#setPhase("empty", {
      title: step?.title ?? "Nothing left to do", text, command: step?.command, also: isWorkedIn ? "{recent} lists the images you did last." : "",
      button: "Check again", act: () => void this.#checkAgain(),
    });
    this.#refresh();
    this.#notices.say(step?.title ?? "The queue is empty.");
  }

  async #checkAgain() {
    try {
      await this.#knowWhose();
    } catch (error) {
      return this.#cannotLoad(error);
    }
    return this.#next();
  }

  #cannotLoad(error) {
    const tryAgain = { button: "Try again", act: () => this.#open() };
    this.#setPhase("error", {
      "signed-out": {
        title: "Your session has ended", text: "Sign in again in another tab, then come back. Your edits are kept.",
        link: "/login", ...tryAgain,
      },
      "another-project": {
        title: "Another project is here now", text: error.message, button: "Reload the page", act: () => location.reload(),
      },
    }[error.kind] ?? { title: "The next image could not be loaded", text: error.message, ...tryAgain });
    this.#refresh();
    this.#notices.say(error.message);
  }

  /** The images the server must not deal again: this one, and those whose saves are under way. @returns {number[]} */
  #playing() {
    return [...this.#leftBehind.waitingIds, ...(this.#sheet ? [this.#sheet.desk.imageId] : [])];
  }

  async #warnOfOtherTab(sheet) {
    const isOurs = await this.#leases.inThisTab(this.#keeper.owner, sheet.desk.imageId);
    if (isOurs || this.#sheet !== sheet) return;
    this.#notices.tellToo(words.IN_ANOTHER_TAB);
  }

  /** Whose edits are back, and the way to drop them. @param {import("./keeping/drafts.js").Restored[]} restored */
  #restored(restored) {
    if (!restored.length) return null;
    const drop = () => {
      this.#notices.close();
      this.#goTo(dropEdits(this.#desk, restored.map(({ person }) => person)));
    };
    return {
      kind: "news", text: words.restoredInWords(restored), button: "Keep them", act: () => this.#notices.close(),
      other: "Drop them", actOther: drop,
    };
  }

  // ------------------------------------------------------------------------------------------ deciding

  #skip() {
    if (personOf(this.#desk)?.state !== "open") return;
    const skipFor = this.#aboutThisPerson((reason) => this.#decisions.decide({ state: "skipped", reason }));
    this.#panel.menu.open("Skip this person: why?", words.skipChoices(skipFor), this.#panel.refs.skip);
  }

  #saved(sheet) {
    this.#keeper.keep(sheet);
    if (sheet === this.#sheet) this.#refresh();
  }

  #refused(sheet, index, problem) {
    this.#keeper.keep(sheet);
    if (!this.#wouldTearAway(sheet, index)) return this.#bringBack(sheet, index, problem);
    if (sheet === this.#sheet) this.#refresh();
    this.#notices.show(this.#refusal(sheet, index, problem));
  }

  /** Whether going to what was refused would interrupt what is being done. */
  #wouldTearAway(sheet, index) {
    const desk = this.#desk;
    if (!desk) return false;
    if (sheet !== this.#sheet) return hasDrafts(desk) || desk.past.length > 0;
    const person = personOf(desk);
    return index !== null && index !== desk.person && person?.state === "open" && isEdited(person);
  }

  #refusal(sheet, index, problem) {
    const where = sheet === this.#sheet ? "" : ` of ${sheet.desk.fileName}`;
    const what = index === null ? `That nobody else is in ${sheet.desk.fileName}` : `Person ${index + 1}${where}`;
    const act = () => this.#bringBack(sheet, index, problem);
    return { kind: "problem", text: `${what} was not saved: ${problem}`, button: "Go there", act };
  }

  /** What was refused in an image left behind and not looked at yet. @returns {object | null} a notice */
  #refusedBehind() {
    const refused = this.#leftBehind.refused;
    return refused && this.#refusal(refused.sheet, refused.index, refused.problem);
  }

  /** Show what was refused: at once if nothing here would be torn away, else on a click. */
  #bringBack(sheet, index, problem) {
    this.#return(sheet);
    if (index === null) return this.#notices.tell(problem);
    this.#goTo(selectPerson(this.#desk, index));
    return this.#notices.say(`Not saved. ${problem}`);
  }

  /** Lay an earlier image on the desk again; the present one waits to be next. @param {Sheet} sheet */
  #return(sheet) {
    if (sheet === this.#sheet) return this.#refresh();
    if (this.#leftBehind.take(sheet)) this.#tally.reopened(sheet.desk.imageId);
    if (this.#sheet) this.#putAside(this.#sheet);
    this.#lay(sheet);
  }

  /** Another image goes first; one that is done need not come again. */
  #putAside(sheet) {
    this.#keeper.keep(sheet);
    if (sheet.look || isDone(sheet.desk)) this.#leave(sheet);
    else this.#conveyor.putBack(sheet);
  }

  // ------------------------------------------------------------------------------------------ commands

  /** Do what a key, a button or a test asks for.
   * @param {string} command a name from keys.js @param {{byMouse: boolean}} [hand] byMouse: a button was clicked */
  run(command, { byMouse = false } = {}) {
    if (command === "help") return this.#panel.refs.help.showModal();
    if (command === "sheet") return this.#leaveFor("/sheet/");
    if (command === "recent") return void this.#offerRecent();
    if (this.#phase !== "ready") return undefined;
    if (this.#isLooking && !isViewing(command)) return this.#notices.explain(words.ONLY_LOOKING);
    return this.#commands[command]?.({ byMouse, pointer: this.#tool ? null : this.#pointing.inImage() });
  }

  #commands = {
    "flag-next": () => this.#goTo(stepFlag(this.#desk, 1)),
    "flag-previous": () => this.#goTo(stepFlag(this.#desk, -1)),
    "keypoint-next": () => this.#goTo(this.#isLooking ? stepKeypoint(this.#desk, 1) : goOn(this.#desk)),
    "keypoint-previous": () => this.#goTo(stepKeypoint(this.#desk, -1)),
    "visibility-cycle": (hand) => this.#edit(cycleVisibility(this.#desk, hand)),
    visible: (hand) => this.#edit(setVisibility(this.#desk, VISIBLE, hand)),
    hidden: (hand) => this.#edit(setVisibility(this.#desk, HIDDEN, hand)),
    absent: (hand) => this.#edit(setVisibility(this.#desk, ABSENT, hand)),
    ...Object.fromEntries(Object.entries(STEPS).flatMap(([side, [x, y]]) => [
      [`nudge-${side}`, () => this.#nudge({ x, y })],
      [`nudge-${side}-far`, () => this.#nudge({ x: 10 * x, y: 10 * y })],
      [`size-${side}`, () => this.#withTool((tool) => tools.resize(tool, this.#desk, { x, y }))],
      [`size-${side}-far`, () => this.#withTool((tool) => tools.resize(tool, this.#desk, { x: 10 * x, y: 10 * y }))],
    ])),
    "turn-left": () => this.#withTool((tool) => tools.turnBy(tool, this.#desk, -TURN_STEP)),
    "turn-right": () => this.#withTool((tool) => tools.turnBy(tool, this.#desk, TURN_STEP)),
    "clear-keypoint": () => this.#edit(clearKeypoint(this.#desk)),
    "clear-all": () => this.#edit(clearAll(this.#desk)),
    "swap-limb": () => this.#swapLimb(),
    "swap-person": () => this.#edit(tools.swapPerson(this.#desk), "Left and right of the whole person swapped."),
    mirror: () => this.#edit(tools.mirror(this.#desk, geometry.turnOf(this.#sheet.view)), "Mirrored."),
    transform: () => this.#setTool(this.#tool === "pose" ? null : "pose"),
    "box-edit": () => this.#setTool(this.#tool === "edit-box" ? null : "edit-box"),
    "copy-previous": () => void this.#copyPrevious(),
    "start-from": () => this.#startFrom(),
    "accept-image": () => (this.#tool && nextOpen(this.#desk) === -1 ? this.#doneWithTool() : this.#decisions.acceptImage()),
    "person-open-next": () => this.#goTo(stepTo(this.#desk, "open")),
    "person-labelled-next": () => this.#goTo(stepTo(this.#desk, "accepted")),
    accept: () => (this.#tool ? this.#doneWithTool() : this.#decisions.accept()),
    skip: () => this.#skip(),
    "not-a-person": () => personOf(this.#desk)?.state === "open" && this.#decisions.decide({ state: "not_a_person", reason: null }),
    reopen: () => personOf(this.#desk) && this.#decisions.decide({ state: "open", reason: null }),
    "person-next": () => this.#goTo(stepPerson(this.#desk, 1)),
    "person-previous": () => this.#goTo(stepPerson(this.#desk, -1)),
    "add-person": () => this.#setTool(this.#tool === "add-box" ? null : "add-box"),
    finish: () => this.#decisions.finish(),
    upright: () => this.#toggleUpright(),
    "fit-person": () => this.#setView(this.#viewOfPerson()),
    "fit-image": () => this.#setView(framing.viewOfImage(this.#desk, this.#stage.size)),
    "zoom-in": () => this.#zoomMiddle(1.25),
    "zoom-out": () => this.#zoomMiddle(0.8),
    ghosts: () => this.#toggleGhosts(),
    ...Object.fromEntries(looks.GHOST_KINDS.map((kind) => [`ghost-${kind}`, () => this.#toggleGhost(kind)])),
    loupe: () => this.#toggleLoupe(),
    "view-settings": () => this.#panel.toggleLooks(),
    hide: () => this.#hide(true),
    undo: () => this.#decisions.undo(),
    redo: () => this.#decisions.redo(),
    cancel: () => this.#cancel(),
  };

  #keyDown(event) {
    const focused = this.shadowRoot.activeElement;
    const command = commandFor(event, this.#keys);
    const onStage = focused === this.#panel.refs.stage;
    if (!command || this.#panel.refs.help.open) return;
    if (WAYS_OUT.includes(chordOf(event)) && (!onStage || this.#tabLeaves || !this.#hasFlags())) return;
    if ((event.key === "Enter" || event.key === " ") && !onStage) return; // they press the button that has the focus
    event.preventDefault();
    event.stopPropagation();
    if (command === "hide") this.#hidingKey = event.code;
    if (event.repeat && !this.#mayRepeat(command)) return;
    if (event.repeat && (!REPEATS.test(command) || (command === "keypoint-next" && this.#desk?.placing))) return;
    this.run(command);
  }

  /** A key held down walks back over edits, and stops at decisions: those are taken back one press at a time. */
  #mayRepeat(command) {
    const next = { undo: this.#desk?.past.at(-1), redo: this.#desk?.future.at(-1) };
    return !(command in next) || ["pose", "box"].includes(next[command]?.kind);
  }

  #hasFlags() {
    return this.#phase === "ready" && flagWalk(this.#desk).length > 0;
  }

  /** After a click with the mouse, keys go to the image again: Enter accepts, and does not press the button twice. */
  #afterClick(event) {
    const isPointer = event.detail > 0;
    const { menu, help, card } = this.#panel.refs;
    const elsewhere = !menu.hidden || help.open || !card.hidden || this.#panel.looks.isOpen || event.target.closest("a");
    if (isPointer && !elsewhere) this.#panel.refs.stage.focus({ preventScroll: true });
  }

  #cancel() {
    if (this.#panel.menu.close()) return this.#panel.refs.stage.focus();
    if (this.#notices.isShown) return this.#notices.close();
    if (this.#tool) return this.#setTool(null);
    if (this.#desk.placing) return this.#change(stopPlacing(this.#desk));
    this.#tabLeaves = true;
    return this.#notices.say("Tab leaves the image now.");
  }

  /** @param {tools.Tool | null} tool null: none */
  #setTool(tool) {
    const person = personOf(this.#desk);
    if (tool && tool !== "add-box" && person?.state !== "open") return this.#notices.explain("Nobody open is selected: choose a person, or open one again ({reopen}).");
    if (tool === "pose" && !tools.frameFor("pose", this.#desk, 0)) return this.#notices.explain("No keypoint is placed yet: there is no pose to move.");
    this.#tool = tool;
    this.#pointing.reset();
    this.#refresh();
    if (tool) this.#notices.say(words.toolInWords(tool, { byTouch: false }));
    return undefined;
  }

  /** What was taken up for the selected person is put away with them: tool, pull, menu. */
  #letGo() {
    this.#tool = null;
    this.#pointing.reset();
    if (this.#panel.menu.close()) this.#panel.refs.stage.focus();
  }

  /** Enter puts the tool away; the one that adds a box leaves one under the pointer, to be sized by keys. */
  #doneWithTool() {
    if (this.#tool !== "add-box") return this.#setTool(null);
    const { width, height } = this.#stage.size;
    const at = this.#pointing.inImage() ?? geometry.intoFrame(
      geometry.toImage(this.#sheet.view, { x: width / 2, y: height / 2 }), geometry.frameOf(this.#desk.size));
    this.#decisions.addPerson(tools.boxAbout(this.#desk, at, geometry.levelAngle(geometry.turnOf(this.#sheet.view))));
    return this.#setTool("edit-box");
  }

  /** What moves as a whole needs its tool. @param {(tool: tools.Tool) => import("./desk/desk.js").Desk} act */
  #withTool(act) {
    if (this.#tool !== "pose" && this.#tool !== "edit-box") return this.#notices.explain(words.TOOL_FIRST);
    return this.#edit(act(this.#tool));
  }

  #swapLimb() {
    if (!limbOf(this.#desk.skeleton, this.#desk.keypoint).length) return this.#notices.explain(words.NO_SIDE);
    const limb = limbOf(this.#desk.skeleton, this.#desk.keypoint).map((k) => sideless(this.#desk.skeleton, k));
    return this.#edit(tools.swapLimb(this.#desk), `Left and right swapped: ${limb.join(", ")}.`);
  }

  /** Something chosen from a menu, done only if the person it was opened for is still the selected one. */
  #aboutThisPerson(act) {
    const { key } = personOf(this.#desk);
    return (...chosen) => {
      this.#panel.refs.stage.focus();
      if (this.#desk && personOf(this.#desk)?.key === key) act(...chosen);
    };
  }

  #startFrom() {
    if (personOf(this.#desk)?.state !== "open") return;
    const items = startsOf(this.#desk).map((start) => ({
      text: words.startInWords(start),
      act: this.#aboutThisPerson(() => this.#edit(beginFrom(this.#desk, start))),
    }));
    this.#panel.menu.open("Start this person again from", items);
  }

  async #copyPrevious() {
    const sheet = this.#sheet;
    const person = personOf(sheet.desk);
    if (person?.state !== "open") return;
    sheet.previous ??= this.#api.get(`/api/images/${sheet.desk.imageId}/previous`);
    const earlier = await sheet.previous.catch((error) => ({ problem: error.message }));
    if (earlier.problem) sheet.previous = null;
    const now = personOf(sheet.desk);
    if (sheet !== this.#sheet || now?.key !== person.key || now.state !== "open" || now.pose !== person.pose) return;
    if (earlier.problem) return void this.#notices.tell(earlier.problem);
    if (!earlier.persons.length) return void this.#notices.explain(words.NOBODY_BEFORE);
    const found = samePerson(now.box, earlier.persons);
    if (!found) return void this.#notices.explain(words.nobodyNear(earlier.file_name));
    this.#edit(tools.copyFrom(sheet.desk, found));
    this.#notices.explain(words.copiedInWords(earlier.file_name));
  }

  /** A step as the screen shows it, however the view is turned. @param {geometry.Spot} step in image pixels */
  #nudge(step) {
    const turned = geometry.stepOnScreen(this.#sheet.view, step);
    if (this.#tool === "pose" || this.#tool === "edit-box") return this.#edit(tools.step(this.#tool, this.#desk, turned));
    if (this.#tool) return this.#notices.explain(words.toolInWords(this.#tool, { byTouch: false }));
    this.#edit(isAsked(this.#desk) ? placeByKeys(this.#desk) : nudge(this.#desk, turned));
    this.#setView(framing.withKeypointInside(this.#sheet.view, this.#desk, this.#stage.size));
  }

  #toggleGhosts() {
    const before = this.#looks.value;
    if (looks.hasGhosts(before)) this.#ghostsBefore = before.ghosts;
    this.#setLooks(looks.withGhostsToggled(before, this.#ghostsBefore));
    this.#notices.say(looks.hasGhosts(this.#looks.value) ? "Ghosts shown." : "Ghosts off.");
  }

  #toggleGhost(kind) {
    this.#setLooks(looks.withGhost(this.#looks.value, kind));
    const person = personOf(this.#desk);
    const isThere = person !== null && ghostOf(person, kind) !== null;
    this.#notices.say(words.ghostInWords(GHOSTS[kind].name, { isOn: this.#looks.value.ghosts[kind], isThere }));
  }

  #toggleLoupe() {
    this.#setLooks({ ...this.#looks.value, loupe: !this.#looks.value.loupe });
    this.#notices.say(this.#looks.value.loupe ? "Loupe on." : "Loupe off.");
  }

  /** Draw otherwise from now on, here and at the next visit. @param {looks.Looks} wanted */
  #setLooks(wanted) {
    this.#looks.set(wanted);
    this.#showLooks();
  }

  #showLooks() {
    this.#panel.showLooks(this.#looks.value);
    this.#showPanel();
    this.#stage.tone(looks.toneOf(this.#looks.value));
    this.#stage.refresh("others", "selected");
  }

  /** Other keys from now on. @param {import("./input/own_keys.js").Own} own */
  #setKeys(own) {
    this.#ownKeys.set(own);
    this.#showKeys();
    this.#showPanel();
  }

  #showKeys() {
    this.#keys = effective(BINDINGS, this.#ownKeys.value);
    this.#panel.showKeys(this.#ownKeys.value);
  }

  #hide(on) {
    if (this.#hiding === on) return;
    this.#hiding = on;
    this.#stage.refresh("others", "selected");
  }

  // ------------------------------------------------------------------------------------------ hands

  /** @returns {import("./input/pointing.js").Host} */
  #hands() {
    return {
      sheet: () => this.#sheet,
      tool: () => this.#tool,
      isLooking: () => this.#isLooking,
      change: (desk, how) => this.#change(desk, how),
      edit: (desk) => this.#edit(desk),
      goTo: (desk, how) => this.#goTo(desk, how),
      setView: (view) => this.#setView(view),
      place: (at, visibility) => this.#place(at, visibility),
      boxDrawn: (box) => this.#boxDrawn(box),
      settled: () => this.#refresh("others", "selected"),
      paint: () => this.#stage.refresh("selected"),
      cursor: (name) => this.#cursor(name),
      focus: () => this.#panel.refs.stage.focus({ preventScroll: true }),
    };
  }

  #place(at, visibility) {
    const name = spoken(this.#desk.skeleton, this.#desk.keypoint);
    this.#edit(placePoint(this.#desk, at, visibility));
    const next = this.#desk.placing ? ` Next: ${spoken(this.#desk.skeleton, this.#desk.keypoint)}.` : "";
    this.#notices.say(`${name} placed.${next}`);
  }

  #boxDrawn(box) {
    this.#setTool(null);
    if (box && Math.min(box.width, box.height) >= tools.LEAST_BOX_PX) return this.#decisions.addPerson(box);
    return this.#notices.explain(`A box needs ${tools.LEAST_BOX_PX} image pixels at least each way. Press {add-person} and drag again.`);
  }

  #cursor(name) {
    if (this.#panel.refs.stage.dataset.cursor !== name) this.#panel.refs.stage.dataset.cursor = name;
  }

  // ------------------------------------------------------------------------------------------ showing

  /** An edit: shown, kept as a draft. @param {import("./desk/desk.js").Desk} desk */
  #edit(desk, said = "") {
    const person = personOf(this.#desk);
    if (desk === this.#desk) return void (person && person.state !== "open" && this.#notices.explain(words.DECIDED));
    this.#change(desk);
    this.#notices.say(said || words.keypointInWords(this.#desk));
  }

  /** Take another desk. quick: only the selected person moved, so only they are painted again. */
  #change(desk, { quick = false } = {}) {
    if (this.#isLooking && desk.persons !== this.#desk.persons) return this.#notices.explain(words.ONLY_LOOKING);
    this.#sheet.desk = this.#isLooking ? stopPlacing(desk) : desk;
    this.#notices.dropNote();
    this.#decisions.askAgain();
    if (!desk.placing && this.#tool !== "add-box") this.#pointing.dropCross();
    clearTimeout(this.#draftTimer);
    this.#draftTimer = setTimeout(() => this.#keeper.keep(this.#sheet), 250);
    if (quick) return this.#stage.refresh("selected");
    return this.#refresh("others", "selected");
  }

  /** Another selection: brought into view, told. under: where the pointer is; what it is on stays there. */
  #goTo(desk, { under = null } = {}) {
    if (!this.#sheet) return;
    const moved = personOf(desk)?.key !== personOf(this.#desk)?.key;
    const before = this.#upright.turnFor(this.#desk);
    if (moved) this.#letGo();
    this.#change(desk);
    if (under) this.#setView(framing.turnedOn(this.#sheet.view, before, this.#upright.turnFor(desk), under));
    else if (moved && desk.person !== -1) this.#setView(this.#viewOfPerson());
    else this.#setView(framing.withKeypointInside(this.#sheet.view, this.#desk, this.#stage.size));
    if (moved) this.#notices.say(words.personInWords(this.#desk));
    else this.#notices.say(words.keypointInWords(this.#desk));
  }

  #refresh(...layers) {
    this.#stage.refresh(...(layers.length ? layers : ["picture", "others", "selected"]));
    this.dataset.person = this.#desk ? String(personOf(this.#desk)?.id ?? "") : "";
    this.#showPanel();
    this.#showStatus();
  }

  #showPanel() {
    this.#panelFrame ||= requestAnimationFrame(() => {
      this.#panelFrame = 0;
      const { canUndo } = this.#decisions;
      const canRedo = Boolean(this.#desk?.future.length);
      const upright = this.#sheet && this.#upright.seenIn(this.#sheet);
      const focused = this.shadowRoot.activeElement;
      this.#panel.show(this.#desk, { upright, tool: this.#tool, canUndo, canRedo, toDo: this.#tally.left, isLooking: this.#isLooking });
      if (focused && (focused.disabled || !focused.isConnected)) this.#panel.focusAgain(focused);
    });
  }

  #setPhase(phase, card) {
    this.#phase = this.dataset.phase = phase;
    this.toggleAttribute("data-looking", this.#isLooking);
    if (phase !== "ready") this.#looking.begin(-1, null);
    this.#notices.card(card);
    if (phase !== "ready") this.#notices.show(null);
  }

  #showAhead() {
    this.dataset.ahead = String(this.#conveyor.imageIds.length);
    this.#showPanel();
  }

  #showStatus() {
    const { outlook } = this.#outbox;
    const { status, text } = words.standInWords(outlook, this.#desk, this.#leftBehind.desks, Date.now());
    if (status === "unsaved" && !this.#toldUnsaved) this.#notices.say(text);
    const arrived = this.#toldUnsaved && outlook.state === "saved" && status !== "unsaved";
    if (arrived) this.#notices.say("Saved: what waited is at the server.");
    this.#toldUnsaved = status === "unsaved" || (status === "saving" && this.#toldUnsaved);
    this.dataset.status = status;
    this.#hasSaved ||= status === "saving";
    const isSaid = status !== "saved" || this.#hasSaved || (this.#desk !== null && !this.#isLooking);
    this.#notices.status(status, isSaid ? text : "", outlook.pending > 0 && status === "unsaved");
    this.#askToGoOn(outlook);
  }

  /** What the annotator must do before anything is saved again. @param {import("./server/outbox.js").Outlook} outlook */
  #askToGoOn({ state: stands, pending, message }) {
    const needed = isStopped(stands);
    if (this.#phase !== "ready" || (!needed && !this.#asksToGoOn)) return;
    this.#asksToGoOn = needed;
    const signIn = { text: words.signInFirst(pending), button: "Sign in", act: () => window.open("/login", "_blank", "noopener") };
    const reload = { text: message, button: "Reload the page", act: () => location.reload() };
    this.#notices.show(needed ? { kind: "problem", ...(stands === "signed-out" ? signIn : reload) } : null);
  }

  #scene() {
    if (!this.#sheet) return null;
    const frame = this.#pointing.shownFrame ?? tools.frameFor(this.#tool, this.#desk, geometry.turnOf(this.#sheet.view));
    return { ...this.#sheet, look: { ...this.#pointing.marks, tool: this.#tool, frame, frameReach: HANDLE_REACH_PX }, looks: this.#looks.value, stage: this.#stage.size, hidden: this.#hiding };
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
      this.#leftBehind.thin();
      void this.#reduce(this.#sheet);
    };
    channel.port2.postMessage(null);
  }

  /** A large picture gets a reduced copy, for the views that show it whole. */
  async #reduce(sheet) {
    if (!sheet || sheet.overview !== undefined) return;
    sheet.overview = null;
    sheet.overview = await overviewOf(sheet.picture).catch(() => null); // dropped meanwhile: the picture itself is drawn
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
    if (!this.#desk.lens) return this.#notices.explain(words.NO_LENS);
    const before = this.#upright.turnFor(this.#desk);
    this.#upright.toggle();
    const after = this.#upright.turnFor(this.#desk);
    this.#setView(framing.turnedAnew(this.#sheet.view, this.#desk, before, after, this.#stage.size));
    this.#showPanel();
    return this.#notices.say(`${words.turnInWords(this.#upright.seenIn(this.#sheet))}.`);
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

  /** A decision of an earlier page is saved: its draft hears of it, and so does an image that was opened meanwhile. */
  #strayAnswered(letter, answer, isLast) {
    this.#keeper.answered(letter, answer, isLast);
    const { imageId, personKey, body } = letter;
    const isHere = this.#desk?.imageId === imageId;
    const sheet = isHere ? this.#sheet : this.#leftBehind.find(imageId) ?? this.#conveyor.sheetOf(imageId);
    if (!sheet || !answer.person) return;
    const { id, revision, state: stands } = answer.person;
    const isDecidedSince = [id, personKey].some((key) => this.#outbox.isAbout(imageId, key));
    const box = body.box && { savedBox: body.box };
    sheet.desk = withKnown(sheet.desk, id, { revision, ...box, ...(!isDecidedSince && { state: stands }) });
    this.#saved(sheet);
  }

  #beforeUnload(event) {
    this.#keeper.keep(this.#sheet);
    const draftLost = !this.#keeper.isSure && this.#desk !== null && hasDrafts(this.#desk);
    const isUnsent = this.#outbox.outlook.pending > 0 && !this.#outbox.isKept;
    if (isUnsent || draftLost) event.preventDefault();
  }

  /** The page goes: edits are kept, and the images not looked at yet are free for others. */
  #depart() {
    this.#keeper.going(true, this.#sheet);
    const ids = this.#conveyor.aheadIds;
    if (ids.length) this.#api.post("/api/release", { image_ids: ids }, { keepalive: true }).catch(() => {});
  }

  #takeFocus() {
    const { activeElement } = document;
    if (activeElement === document.body || activeElement === this) this.#panel.refs.stage.focus({ preventScroll: true });
  }
}

/** Commands that go on while their key is held down. */
const REPEATS = /^(nudge|turn|size|zoom|keypoint-|flag|person|undo|redo)/;

/** Which image and person an address asks for. @param {Location} address
 * @returns {{imageId: number, personId: number | null} | null} */
function askedFor({ search }) {
  const asked = new URLSearchParams(search);
  const numberOf = (name) => (/^\d{1,9}$/.test(asked.get(name) ?? "") ? Number(asked.get(name)) : null);
  return numberOf("image") === null ? null : { imageId: numberOf("image"), personId: numberOf("person") };
}

if (!customElements.get("pose-editor")) customElements.define("pose-editor", PoseEditor);

/** The editor inside a host page's component. @param {{element: Element}} host @returns {PoseEditor} */
export function bind({ element }) {
  return element.querySelector("pose-editor");
}

/** The parts of one editor, and how they hear of each other. What each does stands in its own file. */

import { Api } from "../shared/api.js";
import { Stage } from "./canvas/stage.js";
import { Commands } from "./commands.js";
import { withKnown } from "./desk/desk.js";
import { swapped } from "./desk/reposing.js";
import { selectKeypoint, selectPerson } from "./desk/selecting.js";
import { keepAddress } from "./images/address.js";
import { Arriving } from "./images/arriving.js";
import { Conflicts } from "./images/conflicts.js";
import { lastTold, tellCorrected } from "./images/corrected.js";
import { LeftBehind } from "./images/left_behind.js";
import { Refusals } from "./images/refusals.js";
import { InPage } from "./in_page.js";
import { Keyboard } from "./input/keyboard.js";
import { BINDINGS } from "./input/keys.js";
import { effective, readOwn } from "./input/own_keys.js";
import { Keeper } from "./keeping/keeper.js";
import { Preference } from "./keeping/preference.js";
import { Drawing } from "./panel/drawing.js";
import { Panel } from "./panel/panel.js";
import { SaveStatus } from "./panel/save_status.js";
import { STYLE } from "./panel/style.js";
import { Decisions } from "./server/decisions.js";
import { Outbox } from "./server/outbox.js";
import { Saving, strayInWords } from "./server/saving.js";
import { Hand } from "./tools/hand.js";
import { Showing } from "./showing.js";
import { Upright } from "./view/upright.js";
import { Viewing } from "./view/viewing.js";
import { Work } from "./work.js";
import { WorkingTime } from "./working_time.js";
import * as words from "./words.js";

/** @typedef {import("./images/conveyor.js").Sheet} Sheet @typedef {import("./geometry.js").Spot} Spot */

/** A draft is kept once the hand rests, not at every pixel of a drag. */
const KEEP_AFTER_MS = 250;

/** One editor in one element. */
export class Editor {
  #element;
  #root;
  #panel;
  #stage;
  #api;
  #outbox;
  #keeper;
  #work;
  #time;
  #viewing;
  #hand;
  #saving;
  #decisions;
  #conflicts;
  #images;
  #drawing;
  #commands;
  #keyboard;
  #showing;
  #page;
  #leftBehind = new LeftBehind();
  /** @type {Preference<import("./input/own_keys.js").Own>} */
  #ownKeys = new Preference(storage, "pose-editor/keys", { read: (text) => readOwn(BINDINGS, text), write: JSON.stringify });
  #keys;
  #draftTimer = 0;

  /** Each part is given the ones made before it; what it asks of a later one goes through its host, once all are there.
   * @param {HTMLElement} element */
  constructor(element) {
    this.#keys = effective(BINDINGS, this.#ownKeys.value);
    this.#element = element;
    this.#root = element.attachShadow({ mode: "open" });
    this.#root.adoptedStyleSheets = [styleSheet()];
    this.#panel = this.#makePanel();
    this.#stage = this.#makeStage();
    this.#drawing = this.#makeDrawing();
    this.#keyboard = this.#makeKeyboard();
    this.#viewing = this.#makeViewing();
    this.#work = new Work(this.#viewing, { ...this.#speech, changed: (how) => this.#changed(how), letGo: () => this.#letGo() });
    this.#time = new WorkingTime(() => this.#workedOn);
    this.#hand = this.#makeHand();
    this.#api = new Api({ base: element.dataset.api ?? "" });
    this.#outbox = this.#makeOutbox();
    this.#keeper = new Keeper(this.#outbox, (problem) => this.#notices.tellLater(problem));
    const refusals = this.#makeRefusals();
    this.#saving = this.#makeSaving(refusals);
    this.#images = this.#makeImages(refusals);
    this.#decisions = this.#makeDecisions();
    this.#conflicts = new Conflicts({ api: this.#api, work: this.#work, notices: this.#notices }, {
      refresh: () => this.#showing.refresh(),
      decide: (verdict) => this.#decisions.decide(verdict),
    });
    this.#commands = this.#makeCommands();
    this.#showing = this.#makeShowing();
    this.#page = this.#makePage();
    this.#panel.showKeys(this.#ownKeys.value);
    this.#showing.looks();
  }

  /** The element is in a page. */
  begin() {
    this.#page.begin();
    void this.#images.open().then(() => this.#tellCorrected());
  }

  #tellCorrected() {
    const parts = { api: this.#api, notices: this.#notices, told: lastTold(storage) };
    return tellCorrected(parts, (imageId) => void this.#images.openImage(imageId));
  }

  /** It is in none any more. */
  stop() {
    this.#page.stop();
    this.#stage.stop();
    this.#images.stop();
    this.#keeper.keep(this.#work.sheet);
  }

  /** Keys go to the image. @param {FocusOptions} [options] */
  focus(options) {
    this.#panel.refs.stage.focus(options);
  }

  /** @param {string} command @param {{byMouse?: boolean}} [asked] */
  run(command, asked) {
    this.#commands.run(command, asked);
  }

  /** @returns {import("./desk/desk.js").Desk | null} */
  get desk() {
    return this.#work.sheet?.desk ?? null;
  }

  /** Where an image pixel is in the window. @param {Spot} spot */
  inWindow(spot) {
    const at = this.#viewing.toScreen(spot);
    const frame = this.#panel.refs.stage.getBoundingClientRect();
    return { x: frame.left + at.x, y: frame.top + at.y };
  }

  // ------------------------------------------------------------------------------------------ making the parts

  get #notices() {
    return this.#panel.notices;
  }

  /** Who is worked on now. @returns {import("./working_time.js").Whom | null} */
  get #workedOn() {
    const { imageId, person, isLooking } = this.#work;
    return imageId === null || person === null || isLooking ? null : { imageId, key: person.key };
  }

  /** How parts speak to the annotator. */
  get #speech() {
    return {
      /** @param {string} text */
      explain: (text) => this.#notices.explain(text),
      /** @param {string} text */
      say: (text) => this.#notices.say(text),
    };
  }

  #makePanel() {
    return new Panel(this.#root, {
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
      keepMine: () => this.#conflicts.keepMine(),
      takeTheirs: () => void this.#conflicts.takeTheirs(),
      looks: (wanted) => this.#drawing.set(wanted),
      ownKeys: (own) => this.#setKeys(own),
    });
  }

  /** @returns {Stage} */
  #makeStage() {
    const { stage, picture, others, loupe, selected } = this.#panel.refs;
    return new Stage(stage, { picture, others, loupe, selected }, { scene: () => this.#showing.scene(), painted: () => this.#showing.painted() });
  }

  #makeDrawing() {
    return new Drawing(storage, {
      ...this.#speech,
      changed: () => this.#showing.looks(),
      paint: () => this.#stage.refresh("others", "selected"),
      person: () => this.#work.person,
    });
  }

  #makeKeyboard() {
    return new Keyboard({
      run: (command) => this.run(command),
      desk: () => (this.#images.phase === "ready" ? this.desk : null),
      keys: () => this.#keys,
      onStage: () => this.#root.activeElement === this.#panel.refs.stage,
      isReading: () => this.#panel.refs.help.open,
      hide: (on) => this.#drawing.hide(on),
    });
  }

  #makeViewing() {
    return new Viewing(new Upright(storage), {
      sheet: () => this.#work.sheet,
      size: () => this.#stage.size,
      moved: () => this.#stage.refresh("picture", "others", "selected"),
      turned: () => this.#showing.panel(),
    });
  }

  #makeHand() {
    const { stage } = this.#panel.refs;
    return new Hand(this.#work, this.#viewing, {
      ...this.#speech,
      paint: () => this.#stage.refresh("selected"),
      settled: () => this.#showing.refresh("others", "selected"),
      tookUp: (name) => {
        this.#showing.refresh();
        if (name) this.#notices.say(words.toolInWords(name, { byTouch: false }));
      },
      cursor: (name) => {
        if (stage.dataset.cursor !== name) stage.dataset.cursor = name;
      },
      focus: () => this.focus({ preventScroll: true }),
      addPerson: (box) => this.#decisions.addPerson(box),
    });
  }

  #makeOutbox() {
    return new Outbox({
      send: (path, body) => this.#api.post(path, body),
      changed: () => this.#showing.status(),
      strays: {
        answered: (letter, answer, isLast) => this.#strayAnswered(letter, answer, isLast),
        refused: (letter, error) => this.#notices.tellLater(strayInWords(letter, error)),
      },
    });
  }

  #makeRefusals() {
    return new Refusals({ work: this.#work, leftBehind: this.#leftBehind, notices: this.#notices }, {
      layAgain: (sheet) => this.#images.layAgain(sheet),
      refresh: () => this.#showing.refresh(),
    });
  }

  /** @param {Refusals} refusals */
  #makeSaving(refusals) {
    return new Saving(this.#outbox, {
      saved: (sheet) => this.#saved(sheet),
      refused: (sheet, index, problem) => {
        this.#keeper.keep(sheet);
        refusals.arrived(sheet, index, problem);
        if (index !== null) void this.#conflicts.arrived(sheet, sheet.desk.persons[index]);
      },
      posted: (sheet) => queueMicrotask(() => this.#keeper.keep(sheet)), // once the decision is made on the desk
    }, this.#time);
  }

  /** @param {Refusals} refusals */
  #makeImages(refusals) {
    return new Arriving({
      work: this.#work, viewing: this.#viewing, api: this.#api, keeper: this.#keeper, leftBehind: this.#leftBehind, notices: this.#notices,
      refusals, unsentIds: () => this.#outbox.imageIds,
    }, {
      phase: (phase) => this.#showing.phase(phase),
      laid: (sheet) => this.#showing.laid(sheet),
      refresh: () => this.#showing.refresh(),
      ahead: () => this.#showing.ahead(),
      letGo: () => this.#letGo(),
      takeFocus: () => this.#page.takeFocus(),
    });
  }

  #makeDecisions() {
    return new Decisions(this.#saving, this.#leftBehind, {
      ...this.#speech,
      sheet: () => this.#work.sheet,
      change: (desk) => this.#work.change(desk),
      goTo: (desk) => this.#work.goTo(desk),
      letGo: () => this.#letGo(),
      next: (parting = "") => void this.#images.next(parting),
      layAgain: (sheet) => this.#images.layAgain(sheet),
    });
  }

  #makeCommands() {
    return new Commands({
      work: this.#work, viewing: this.#viewing, hand: this.#hand, decisions: this.#decisions, images: this.#images, drawing: this.#drawing,
      panel: this.#panel, notices: this.#notices, keyboard: this.#keyboard, api: this.#api,
      leaveFor: (address) => {
        this.#keeper.keep(this.#work.sheet);
        location.assign(address);
      },
      refresh: () => this.#showing.panel(),
    });
  }

  /** @returns {Showing} */
  #makeShowing() {
    return new Showing({
      element: this.#element, root: this.#root, stage: this.#stage, panel: this.#panel, saveStatus: new SaveStatus(this.#notices),
      drawing: this.#drawing, work: this.#work, viewing: this.#viewing, hand: this.#hand, outbox: this.#outbox, decisions: this.#decisions,
      images: this.#images, leftBehind: this.#leftBehind,
    });
  }

  #makePage() {
    return new InPage({
      element: this.#element, root: this.#root, stage: this.#stage, panel: this.#panel, drawing: this.#drawing, showing: this.#showing,
      work: this.#work, viewing: this.#viewing, hand: this.#hand, keyboard: this.#keyboard, outbox: this.#outbox, keeper: this.#keeper,
      images: this.#images, api: this.#api, time: this.#time,
    });
  }

  // ------------------------------------------------------------------------------------------ what changed

  /** Other keys from now on. @param {import("./input/own_keys.js").Own} own */
  #setKeys(own) {
    this.#ownKeys.set(own);
    this.#keys = effective(BINDINGS, own);
    this.#panel.showKeys(own);
    this.#showing.panel();
  }

  /** The desk is another: shown, and kept as a draft. @param {{quick: boolean}} how quick: only the selected person moved */
  #changed({ quick }) {
    this.#notices.dropNote();
    this.#decisions.askAgain();
    this.#hand.changed();
    if (!quick && this.#work.sheet) keepAddress(this.#work.sheet.desk.imageId, this.#work.person?.id ?? null);
    clearTimeout(this.#draftTimer);
    this.#draftTimer = setTimeout(() => this.#keeper.keep(this.#work.sheet), KEEP_AFTER_MS);
    if (quick) this.#stage.refresh("selected");
    else this.#showing.refresh("others", "selected");
  }

  /** What was taken up for the selected person is put away with them: tool, pull, menu. */
  #letGo() {
    this.#hand.letGo();
    this.#panel.history.close();
    if (this.#panel.menu.close()) this.focus();
  }

  /** @param {Sheet} sheet */
  #saved(sheet) {
    this.#keeper.keep(sheet);
    if (sheet === this.#work.sheet) this.#showing.refresh();
  }

  /** A decision of an earlier page is saved: its draft hears of it, and so does an image that was opened meanwhile.
   * @param {import("./server/outbox.js").Posted} letter @param {any} answer @param {boolean} isLast */
  #strayAnswered(letter, answer, isLast) {
    this.#keeper.answered(letter, answer, isLast);
    const { imageId, personKey, body } = letter;
    const sheet = this.#images.find(imageId);
    if (!sheet || !answer.person) return;
    const { id, revision, state } = answer.person;
    // What was decided here since counts for more than the state in an answer to an earlier page.
    const isDecidedSince = [id, personKey].some((key) => this.#outbox.isAbout(imageId, key));
    const box = body.box && { savedBox: body.box };
    sheet.desk = withKnown(sheet.desk, id, { revision, ...box, ...(!isDecidedSince && { state }) });
    this.#saved(sheet);
  }
}

function styleSheet() {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  return sheet;
}

/** Asking for it throws where the browser forbids storing. */
function storage() {
  return window.localStorage;
}

/** The editor's frame: bar, side panel, cheat sheet. Shows a desk; asks for commands; decides nothing. */

import { make } from "../../shared/dom.js";
import { ghostOf } from "../canvas/draw_ghosts.js";
import { isDone, nextOpen, personOf } from "../desk/desk.js";
import { BINDINGS, keyFor, withKeys } from "../input/keys.js";
import { effective } from "../input/own_keys.js";
import { sentBackInWords } from "../images/sent_back.js";
import * as words from "../words.js";
import { FlagList } from "./flag_list.js";
import { HistoryPanel } from "./history_panel.js";
import { KeyDialog } from "./key_dialog.js";
import { KeypointGrid } from "./keypoint_grid.js";
import { GHOST_KINDS, hasGhosts } from "./looks.js";
import { LooksPanel } from "./looks_panel.js";
import { MARKUP, POSE_TOOLS, TOOLS, labelOf, toolButton } from "./markup.js";
import { Menu } from "./menu.js";
import { Notices } from "./notices.js";
import { PersonList } from "./person_list.js";
import { doubtInWords, reviewInWords, standing } from "./person_words.js";
import { setAttribute, setText } from "./updating.js";

/**
 * @typedef {import("../desk/desk.js").Desk} Desk @typedef {import("../desk/desk.js").Person} Person
 * @typedef {import("../tools/tool.js").ToolName} ToolName
 * @typedef {Record<string, any> & {grid: HTMLElement, selectedName: HTMLElement, visibility: HTMLElement, persons: HTMLElement,
 *   done: HTMLElement, scroll: HTMLElement}} Refs the elements that the frame's markup names
 * @typedef {{command: (name: string, hand: {byMouse: boolean}) => void, loadAgain: () => void, keepMine: () => void, takeTheirs: () => void,
 *   selectPerson: (index: number) => void,
 *   selectKeypoint: (keypoint: number) => void, swap: (keypoints: number[]) => void, leaveMenu: () => void, closedNotice: () => void,
 *   looks: (looks: import("./looks.js").Looks) => void, ownKeys: (own: import("../input/own_keys.js").Own) => void}} Wishes what the panel asks for
 * @typedef {{upright: {isOn: boolean, turn: number, own: number} | null, tool: ToolName | null,
 *   canUndo: boolean, canRedo: boolean, toDo: number, sentBack: number, isLooking?: boolean}} Stand upright: as words.turnInWords asks for it, null without an image;
 *   toDo: images; sentBack: persons; isLooking: nothing may be changed
 */

/** What decides; all off where nothing may be changed. */
const DECIDING = ["accept", "skip", "notPerson", "acceptImage", "finish"];
/** Buttons that stay pressed while their tool is in the hand. */
const TOOL_BUTTONS = { "add-person": "add-box", "box-edit": "edit-box", transform: "pose" };

/** How it all stands where there is no image. @type {Stand} */
const NOTHING = { upright: null, tool: null, canUndo: false, canRedo: false, toDo: Infinity, sentBack: 0 };

/** Everything around the canvas. */
export class Panel {
  refs = /** @type {Refs} */ ({});
  /** @type {LooksPanel} */
  looks;
  /** @type {Menu} */
  menu;
  /** @type {Notices} */
  notices;
  /** @type {HistoryPanel} */
  history;
  #flags;
  #grid;
  #persons;
  #keyDialog;
  #keys = BINDINGS;
  /** Whether ghosts are switched on. */
  #hasGhosts = false;

  /** @param {ShadowRoot} root @param {Wishes} wishes */
  constructor(root, wishes) {
    root.innerHTML = MARKUP;
    /** @type {NodeListOf<HTMLElement>} */
    const named = root.querySelectorAll("[data-ref]");
    for (const element of named) this.refs[element.dataset.ref ?? ""] = element;
    const { refs } = this;
    refs.tools.replaceChildren(...TOOLS.flatMap((names, i) => [...(i ? [make("span", { className: "rule" })] : []), ...names.map(toolButton)]));
    refs.poseTools.replaceChildren(...POSE_TOOLS.map(toolButton));
    this.menu = new Menu(refs.menu, wishes.leaveMenu);
    setAttribute(refs.skip, "aria-expanded", "false");
    this.notices = new Notices(refs, { keys: () => this.#keys, closed: wishes.closedNotice });
    this.looks = new LooksPanel(refs.editor, { change: wishes.looks, leave: wishes.leaveMenu, keys: () => this.#keys });
    this.history = new HistoryPanel(refs.history);
    this.#flags = new FlagList(refs.flags, wishes);
    this.#grid = new KeypointGrid(refs, wishes.selectKeypoint);
    this.#persons = new PersonList(refs, wishes.selectPerson);
    this.#keyDialog = new KeyDialog(refs.keys, wishes.ownKeys);
    refs.loadAgain.addEventListener("click", wishes.loadAgain);
    refs.keepMine.addEventListener("click", wishes.keepMine);
    refs.takeTheirs.addEventListener("click", wishes.takeTheirs);
    refs.helpClose.addEventListener("click", () => refs.help.close());
    refs.help.addEventListener("close", () => this.#keyDialog.leave());
    root.addEventListener("click", (event) => {
      /** @type {HTMLElement | null} */
      const button = event.target instanceof Element ? event.target.closest("[data-command]") : null;
      const command = button?.dataset.command;
      if (command) wishes.command(command, { byMouse: /** @type {MouseEvent} */ (event).detail > 0 }); // a press of Enter or Space counts no clicks
    });
    this.show(null, NOTHING);
  }

  // ------------------------------------------------------------------------------------------ showing

  /** Show a desk, or none. @param {Desk | null} desk @param {Stand} stand */
  show(desk, stand) {
    const { refs } = this;
    refs.scroll.hidden = !desk;
    this.#showButtons(desk, stand);
    setText(refs.file, desk ? desk.fileName : "");
    setText(refs.camera, desk ? words.placeInWords(desk.camera ?? "", stand.toDo, { isLooking: Boolean(stand.isLooking) }) : "");
    refs.sentBack.hidden = stand.sentBack === 0;
    setText(refs.sentBack, sentBackInWords(stand.sentBack));
    if (!desk) return;
    this.looks.showPerson(personOf(desk));
    this.#showPerson(desk, Boolean(stand.isLooking));
    this.#showTurn(desk, stand.upright);
    this.#grid.show(desk);
    this.#showActions(desk, stand.tool);
    if (stand.isLooking) this.#showOnlyLooking();
    this.#showHint(desk, stand);
    this.#persons.show(desk); // last: it asks the browser where things are
  }

  /** Which buttons can be used, and which of the bar are pressed. @param {Desk | null} desk @param {Stand} stand */
  #showButtons(desk, { tool, canUndo, canRedo, isLooking = false }) {
    const { refs } = this;
    const isOurs = desk !== null && !isLooking;
    const open = isOurs && personOf(desk)?.state === "open";
    for (const name of DECIDING) refs[name].disabled = !desk;
    for (const button of refs.poseTools.children) button.disabled = !open;
    /** @type {Record<string, boolean>} */
    const able = {
      help: true, "box-edit": open, transform: open, "add-person": isOurs, undo: isOurs && canUndo, redo: isOurs && canRedo,
      upright: Boolean(desk?.lens),
    };
    for (const button of refs.tools.querySelectorAll("button")) button.disabled = !(able[button.dataset.command] ?? desk);
    if (!desk) return;
    for (const [command, name] of Object.entries(TOOL_BUTTONS)) this.#press(command, tool === name);
    this.#press("ghosts", this.#hasGhosts && desk.persons.some((person) => GHOST_KINDS.some((kind) => ghostOf(person, kind))));
  }

  /** Whatever would change something is off; the lists still select. */
  #showOnlyLooking() {
    const { refs } = this;
    for (const name of [...DECIDING, "reopen"]) refs[name].disabled = true;
    for (const button of refs.visibility.querySelectorAll("button")) button.disabled = true;
    this.#flags.onlyLook();
    refs.finish.title = "";
    refs.legend.hidden = true;
  }

  /** @param {Desk} desk @param {boolean} isLooking */
  #showPerson(desk, isLooking) {
    const { refs } = this;
    const person = personOf(desk);
    setText(refs.title, person ? `Person ${desk.person + 1} of ${desk.persons.length}` : "Nobody boxed yet");
    this.notices.write(refs.score, person ? standing(person) : words.nobodyBoxed({ byTouch: byTouch(), isLooking }));
    setText(refs.doubt, doubtInWords(person));
    setAttribute(refs.doubt, "title", words.DOUBT);
    refs.review.hidden = !reviewInWords(person);
    setText(refs.review, reviewInWords(person));
    refs.problem.hidden = !person?.problem;
    const theirs = person?.conflict?.theirs ?? null;
    setText(refs.problemText, theirs ? words.conflictInWords(theirs) : person?.problem ?? "");
    refs.conflictWays.hidden = !theirs;
    refs.loadAgain.hidden = Boolean(theirs);
    this.#showFlags(desk, person, isLooking);
    refs.keypointSection.hidden = !person;
    refs.historyButton.disabled = !person;
  }

  /** @param {Desk} desk @param {Person | null} person @param {boolean} isLooking */
  #showFlags(desk, person, isLooking) {
    const { refs } = this;
    refs.flagSection.hidden = !person;
    refs.flagSection.toggleAttribute("data-decided", person !== null && person.state !== "open");
    refs.legend.hidden = !person?.flags.length;
    this.notices.write(refs.legend, words.LEGEND);
    const flags = person?.state === "open" ? person.flags : [];
    const at = flags.findIndex((flag) => flag.keypoint === desk.keypoint);
    refs.flagWalk.hidden = !flags.length;
    const count = flags.length === 1 ? "1 flag" : `${flags.length} flags`;
    setText(refs.flagAt, at === -1 ? count : `Flag ${at + 1} of ${flags.length}`);
    setText(refs.flagCount, flags.length ? count : "");
    if (person) this.#flags.show(desk, person, { isLooking });
  }

  /** @param {Desk} desk @param {Stand["upright"]} upright */
  #showTurn(desk, upright) {
    const { tools, turn } = this.refs;
    this.#press("upright", Boolean(desk.lens && upright?.isOn));
    setAttribute(tools.querySelector('[data-command="upright"]'), "title", desk.lens ? this.#titleOf("upright") : words.NO_LENS);
    turn.hidden = !desk.lens || !personOf(desk);
    if (upright) this.notices.write(turn, words.turnInWords(upright));
  }

  /** The buttons that decide say what Enter would do now. @param {Desk} desk @param {ToolName | null} tool */
  #showActions(desk, tool) {
    const { refs } = this;
    const person = personOf(desk);
    const done = isDone(desk);
    const open = person?.state === "open";
    const isDecided = person !== null && !open;
    refs.reopen.hidden = !isDecided;
    refs.acceptImage.hidden = done;
    refs.finish.hidden = isDecided && !done; // it is off there, and there is room for two
    setText(refs.acceptText, tool ? "Done" : done ? "Next image" : isDecided ? "Next open person" : "Accept person");
    refs.accept.disabled = !person && !tool;
    for (const step of refs.panel.querySelectorAll('[data-command^="person-"]')) step.disabled = desk.persons.length < 2;
    refs.skip.disabled = refs.notPerson.disabled = !open;
    refs.acceptImage.disabled = nextOpen(desk) === -1;
    refs.finish.disabled = nextOpen(desk) !== -1;
    refs.finish.title = nextOpen(desk) === -1 ? "" : "Decide about every person first.";
    setText(refs.finishText, desk.persons.length ? "Nobody else here" : "Nobody here");
  }

  /** @param {Desk} desk @param {Stand} stand */
  #showHint(desk, stand) {
    const { hint } = this.refs;
    const how = { byTouch: byTouch(), isLooking: Boolean(stand.isLooking) };
    const text = stand.tool ? words.toolInWords(stand.tool, how) : words.hintInWords(desk, how);
    hint.hidden = !text;
    this.notices.write(hint, text);
  }

  /** The keyboard goes on where it was, although what had the focus is gone or cannot be used any more.
   * @param {HTMLElement} lost */
  focusAgain(lost) {
    const row = lost.classList.contains("flag") ? this.#flags.current : null;
    (row ?? this.refs.stage).focus({ preventScroll: true });
  }

  // ------------------------------------------------------------------------------------------ keys and looks

  /** The keys that hold from now on, on every button, in the popover and on the sheet.
   * @param {import("../input/own_keys.js").Own} own */
  showKeys(own) {
    this.#keys = effective(BINDINGS, own);
    for (const button of this.refs.editor.querySelectorAll("[data-command]")) {
      const { command } = button.dataset;
      if (button.matches(".tool, .sent-back")) button.title = this.#titleOf(command);
      for (const kbd of button.querySelectorAll("kbd")) {
        kbd.textContent = keyFor(command, this.#keys).replace("Shift", "⇧"); // there is little room on a button
        kbd.hidden = !kbd.textContent;
      }
    }
    this.refs.how.replaceChildren(...words.HOW.map(([title, text]) => {
      return make("li", {}, [make("b", { textContent: withKeys(title, this.#keys) }), withKeys(text, this.#keys)]);
    }));
    setAttribute(this.refs.stage, "aria-label", withKeys(words.IMAGE, this.#keys));
    this.looks.showKeys();
    this.#keyDialog.show(own);
  }

  /** How the image is drawn, in the popover and on its button. @param {import("./looks.js").Looks} looks */
  showLooks(looks) {
    this.looks.show(looks);
    this.#hasGhosts = hasGhosts(looks);
    this.#press("ghosts", false); // lit by what it shows, see show
  }

  /** Open or close the popover that says how the image is drawn. */
  toggleLooks() {
    this.looks.toggle(this.refs.tools.querySelector('[data-command="view-settings"]'));
  }

  /** @param {string} command */
  #titleOf(command) {
    const key = keyFor(command, this.#keys);
    return key ? `${labelOf(command)} (${key})` : labelOf(command);
  }

  /** @param {string} command @param {boolean} on */
  #press(command, on) {
    setAttribute(this.refs.tools.querySelector(`[data-command="${command}"]`), "aria-pressed", String(on));
  }
}

function byTouch() {
  return matchMedia("(pointer: coarse)").matches;
}

/** The editor's frame: bar, side panel, notices, cheat sheet. Shows a desk; asks for commands; decides nothing. */

import { KeyDialog } from "./key_dialog.js";
import { effective } from "../input/own_keys.js";
import { BINDINGS, keyFor, withKeys } from "../input/keys.js";
import { ghostOf } from "../canvas/draw_ghosts.js";
import { GHOST_KINDS, hasGhosts } from "./looks.js";
import { LooksPanel } from "./looks_panel.js";
import { swappedSuspects } from "../desk/limbs.js";
import { make } from "../../shared/dom.js";
import { Menu } from "./menu.js";
import { flagOf, isDone, isEdited, isUndecided, nextOpen, personOf } from "../desk/desk.js";
import { sideless, sideOf, spoken } from "../desk/keypoint_names.js";
import * as words from "../words.js";

const ICONS = {
  undo: "M8 5 4 9l4 4M4 9h9a6 6 0 0 1 0 12h-3",
  redo: "m16 5 4 4-4 4m4-4h-9a6 6 0 0 0 0 12h3",
  ghosts: "M5 20V11a7 7 0 0 1 14 0v9l-2.4-2-2.3 2-2.3-2-2.3 2-2.3-2zM9.5 11v.5M14.5 11v.5",
  "view-settings": "M4 7h8m6 0h2M4 17h2m6 0h8M15 4.700a2.300 2.300 0 1 0 0 4.600 2.300 2.300 0 0 0 0-4.600zM9 14.700a2.300 2.300 0 1 0 0 4.600 2.300 2.300 0 0 0 0-4.600z",
  upright: "M12 21V9m-4 4 4-4 4 4M4.5 12.5a7.5 7.5 0 0 1 15 0",
  "fit-image": "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
  "fit-person": "M12 8.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4zM12 9v6m-4-4h8m-4 4-3 6m3-6 3 6",
  "zoom-in": "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM20 20l-4.8-4.8M10.5 7.8v5.4M7.8 10.5h5.4",
  "zoom-out": "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM20 20l-4.8-4.8M7.8 10.5h5.4",
  "add-person": "M4 8V4h4M12 4h4M20 12v-.5M4 12v4M4 20h4M12 20h.5M18 15v6m-3-3h6M20 8V4h-.5",
  "box-edit": "M5 5h14v14H5zM3.5 3.5h3v3h-3zM17.5 3.5h3v3h-3zM17.5 17.5h3v3h-3zM3.5 17.5h3v3h-3z",
  transform: "M12 3v18M3 12h18M12 3 9.5 5.5M12 3l2.5 2.5M12 21l-2.5-2.5M12 21l2.5-2.5M3 12l2.5-2.5M3 12l2.5 2.5M21 12l-2.5-2.5M21 12l-2.5 2.5",
  "swap-limb": "M5 9h13m-3.5-3.5L18 9l-3.5 3.5M19 16H9m2.5-3L8.500 16l3 3",
  "swap-person": "M4 8h16m-4-4 4 4-4 4M20 16H4m4-4-4 4 4 4",
  mirror: "M12 3v18M9 7 3.500 17H9zM15 7l5.500 10H15z",
  "copy-previous": "M8 8h12v12H8zM4 16V4h12M14 17v-6m-3 3 3-3 3 3",
  "start-from": "M4 12a8 8 0 1 0 2.500-5.800M4 4v4.500h4.500M12 8v4.500l3 2",
  "clear-all": "M4 7h16M9.500 7V4h5v3M6.500 7l1 13h9l1-13M10 11v5.500M14 11v5.500",
  help: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM9.6 9.4a2.5 2.5 0 1 1 3.6 2.3c-.8.4-1.2.9-1.2 1.8M12 16.8v.1",
};

const TOOLS = [["undo", "redo"], ["ghosts", "view-settings", "upright", "fit-person", "fit-image", "zoom-out", "zoom-in"], ["add-person", "box-edit", "transform"], ["help"]];

const POSE_TOOLS = ["swap-limb", "swap-person", "mirror", "copy-previous", "start-from", "clear-all"];

const STATES = { open: "", accepted: "Accepted", skipped: "Skipped", not_a_person: "Not a person" };

const MARKUP = `
<div class="editor" data-ref="editor">
  <div class="bar" role="toolbar" aria-label="Editor">
    <div class="where"><b data-ref="file"></b><span data-ref="camera"></span></div>
    <span class="tools" data-ref="tools"></span>
    <div class="gap"></div>
    <div class="status" data-ref="status"><i></i><span data-ref="statusText"></span><button data-ref="statusButton" hidden>Try now</button></div>
  </div>
  <div class="stage" data-ref="stage" tabindex="0" role="application" aria-roledescription="pose editor">
    <canvas data-ref="picture"></canvas><canvas data-ref="others"></canvas><canvas data-ref="loupe" class="loupe" hidden></canvas><canvas data-ref="selected"></canvas>
    <div class="notice" data-ref="notice" data-floating role="alert" hidden><span data-ref="noticeText"></span><button data-ref="noticeOther" hidden></button><button data-ref="noticeButton"></button></div>
    <div class="hint" data-ref="hint" hidden></div>
    <div class="menu" data-ref="menu" data-floating hidden></div>
    <div class="card" data-ref="card" data-floating hidden>
      <div class="spinner" data-ref="spinner"></div><h3 data-ref="cardTitle"></h3><p data-ref="cardText"></p><pre data-ref="cardCommand" tabindex="0" aria-label="Command"></pre><p data-ref="cardAlso"></p>
      <div class="row"><a data-ref="cardLink" class="primary" target="_blank" rel="noopener">Sign in</a><button data-ref="cardButton"></button></div>
    </div>
  </div>
  <div class="banner" data-ref="banner" role="status" hidden><span data-ref="bannerText"></span><button data-ref="bannerButton"></button><button data-ref="bannerOther"></button></div>
  <aside class="panel" aria-label="Person" data-ref="panel">
    <div class="scroll" data-ref="scroll">
      <section class="who">
        <div class="person-head"><b data-ref="title"></b><span class="gap"></span>
          <button class="step" data-command="person-previous" aria-label="Previous person">‹</button>
          <button class="step" data-command="person-next" aria-label="Next person">›</button></div>
        <div class="score" data-ref="score"></div>
        <div class="score" data-ref="turn"></div>
        <div class="problem" role="alert" data-ref="problem" hidden><b>Not saved.</b> <span data-ref="problemText"></span> <button data-ref="loadAgain">Load it again</button></div>
      </section>
      <section data-ref="flagSection"><h2>To look at</h2><p class="legend" data-ref="legend"></p><div class="flags" data-ref="flags"></div></section>
      <section data-ref="keypointSection"><h2>Keypoints <b data-ref="selectedName"></b></h2><div class="grid" data-ref="grid"></div>
        <div class="pose-tools" role="group" aria-label="Pose" data-ref="poseTools"></div></section>
      <section class="everybody"><h2>Persons in this image <b data-ref="done"></b></h2><div class="persons" data-ref="persons"></div></section>
    </div>
    <div class="actions">
      <div class="flag-walk" role="group" aria-label="Flags" data-ref="flagWalk"><button class="step" data-command="flag-previous" aria-label="Previous flag">‹</button><span data-ref="flagAt"></span><button class="step" data-command="flag-next" aria-label="Next flag">›</button></div>
      <div class="visibility" role="group" aria-label="Visibility" data-ref="visibility">
        <button data-command="visible" data-value="2">Visible <kbd>2</kbd></button>
        <button data-command="hidden" data-value="1">Hidden <kbd>1</kbd></button>
        <button data-command="absent" data-value="0">Absent <kbd>0</kbd></button></div>
      <button class="action primary" data-ref="accept" data-command="accept"><span data-ref="acceptText">Accept person</span> <kbd>Enter</kbd></button>
      <button class="action" data-ref="skip" data-command="skip" aria-haspopup="menu">Skip <kbd>S</kbd></button>
      <button class="action" data-ref="notPerson" data-command="not-a-person">Not a person <kbd>X</kbd></button>
      <div class="slims"><button class="action slim" data-ref="reopen" data-command="reopen" hidden>Open again <kbd>R</kbd></button>
      <button class="action slim" data-ref="acceptImage" data-command="accept-image">Accept all <kbd>⇧ Enter</kbd></button>
      <button class="action slim" data-ref="finish" data-command="finish"><span data-ref="finishText">Nobody here</span> <kbd>E</kbd></button></div>
    </div>
  </aside>
  <dialog data-ref="help" aria-label="Help"><div data-ref="keys"></div>
    <h3>How it works</h3><ul class="how" data-ref="how"></ul>
    <button class="step close" data-ref="helpClose" aria-label="Close">✕</button></dialog>
  <div class="live" data-ref="live" aria-live="polite"></div>
</div>`;

/**
 * @typedef {{command: (name: string, hand: {byMouse: boolean}) => void, loadAgain: () => void, selectPerson: (index: number) => void,
 *   selectKeypoint: (keypoint: number) => void, swap: (keypoints: number[]) => void, leaveMenu: () => void,
 *   looks: (looks: import("./looks.js").Looks) => void, ownKeys: (own: import("../input/own_keys.js").Own) => void}} Wishes what the panel asks for
 */

/** Everything around the canvas. */
export class Panel {
  /** @type {Record<string, any>} the named elements */
  refs = {};
  /** @type {LooksPanel} */
  looks;
  #keys = BINDINGS;
  #keyDialog;
  #wishes;
  /** The notice that shows. */
  noticed = null;
  /** The problem that a note hides for a moment. */
  #under = null;
  #shown = {};
  /** Whether ghosts are switched on. */
  #hasGhosts = false;

  /** @param {ShadowRoot} root @param {Wishes} wishes */
  constructor(root, wishes) {
    this.#wishes = wishes;
    root.innerHTML = MARKUP;
    for (const element of root.querySelectorAll("[data-ref]")) this.refs[element.dataset.ref] = element;
    this.#buildTools();
    this.#buildPoseTools();
    this.menu = new Menu(this.refs.menu, wishes.leaveMenu);
    set(this.refs.skip, "aria-expanded", "false");
    this.looks = new LooksPanel(this.refs.editor, { change: wishes.looks, leave: wishes.leaveMenu, keys: () => this.#keys });
    this.#keyDialog = new KeyDialog(this.refs.keys, wishes.ownKeys);
    this.refs.loadAgain.addEventListener("click", wishes.loadAgain);
    this.refs.helpClose.addEventListener("click", () => this.refs.help.close());
    this.refs.help.addEventListener("close", () => this.#keyDialog.leave());
    root.addEventListener("click", (event) => {
      const command = event.target.closest?.("[data-command]")?.dataset.command;
      if (command) wishes.command(command, { byMouse: event.detail > 0 });
    });
    this.show(null, {});
  }

  // ------------------------------------------------------------------------------------------ showing

  /** Show a desk, or none.
   * @param {import("../desk/desk.js").Desk | null} desk
   * @param {{upright: {isOn: boolean, turn: number, own: number}, tool: import("../desk/tools.js").Tool | null,
   *   canUndo: boolean, canRedo: boolean, toDo: number, isLooking?: boolean}} look upright: as words.turnInWords asks for it;
   *   toDo: images; isLooking: nothing may be changed */
  show(desk, look) {
    const { refs } = this;
    refs.scroll.hidden = !desk;
    for (const name of ["accept", "skip", "notPerson", "acceptImage", "finish"]) refs[name].disabled = !desk;
    const isOurs = !look.isLooking;
    const open = personOf(desk ?? NOBODY)?.state === "open" && isOurs;
    for (const button of refs.poseTools.children) button.disabled = !open;
    const able = {
      help: true, "box-edit": open, transform: open, "add-person": desk && isOurs, undo: desk && isOurs && look.canUndo,
      redo: desk && isOurs && look.canRedo, upright: Boolean(desk?.lens),
    };
    for (const button of refs.tools.querySelectorAll("button")) button.disabled = !(able[button.dataset.command] ?? desk);
    this.#text("file", desk ? desk.fileName : "");
    this.#text("camera", desk ? words.placeInWords(desk.camera ?? "", look.toDo, { isLooking: !isOurs }) : "");
    if (!desk) return;
    for (const [command, tool] of Object.entries({ "add-person": "add-box", "box-edit": "edit-box", transform: "pose" })) {
      this.#pressed(command, look.tool === tool);
    }
    this.looks.showPerson(personOf(desk));
    this.#showPerson(desk, !isOurs);
    this.#showTurn(desk, look.upright);
    this.#pressed("ghosts", this.#hasGhosts && desk.persons.some((person) => GHOST_KINDS.some((kind) => ghostOf(person, kind))));
    this.#showKeypoints(desk);
    this.#showActions(desk, look.tool);
    if (look.isLooking) this.#showOnlyLooking();
    this.#showHint(desk, look);
    this.#showPersons(desk);
  }

  /** Whatever would change something is off; the lists still select. */
  #showOnlyLooking() {
    const { refs } = this;
    for (const name of ["accept", "skip", "notPerson", "acceptImage", "finish", "reopen"]) refs[name].disabled = true;
    for (const button of refs.visibility.children) button.disabled = true;
    for (const row of refs.flags.querySelectorAll(".swap")) row.disabled = true;
    refs.finish.title = "";
    refs.legend.hidden = true;
  }

  #showPerson(desk, isLooking) {
    const person = personOf(desk);
    this.#text("title", person ? `Person ${desk.person + 1} of ${desk.persons.length}` : "Nobody boxed yet");
    this.#told("score", person ? standing(person) : words.nobodyBoxed({ byTouch: byTouch(), isLooking }));
    this.refs.score.title = person && person.score !== null ? words.INCONSISTENCY : "";
    this.refs.problem.hidden = !person?.problem;
    this.#text("problemText", person?.problem ?? "");
    this.refs.flagSection.hidden = !person;
    this.refs.flagSection.toggleAttribute("data-decided", Boolean(person) && person.state !== "open");
    this.refs.legend.hidden = !person?.flags.length;
    this.#told("legend", words.LEGEND);
    const flags = person?.state === "open" ? person.flags : [];
    const at = flags.findIndex((flag) => flag.keypoint === desk.keypoint);
    this.refs.flagWalk.hidden = !flags.length;
    this.#text("flagAt", at === -1 ? `${flags.length === 1 ? "1 flag" : `${flags.length} flags`}` : `Flag ${at + 1} of ${flags.length}`);
    this.refs.keypointSection.hidden = !person;
    if (person) this.#showFlags(desk, person, isLooking);
  }

  #showTurn(desk, upright) {
    const { tools, turn } = this.refs;
    this.#pressed("upright", Boolean(desk.lens) && upright.isOn);
    set(tools.querySelector('[data-command="upright"]'), "title", desk.lens ? this.#titleOf("upright") : words.NO_LENS);
    turn.hidden = !desk.lens || !personOf(desk);
    this.#told("turn", words.turnInWords(upright));
  }

  #showFlags(desk, person, isLooking) {
    const noFlag = words.noFlagInWords(person, { isLooking });
    const rows = person.flags.map((flag) => ({
      text: flag.reason, current: flag.keypoint === desk.keypoint, touched: person.pose.touched[flag.keypoint],
      keypoint: flag.keypoint,
    }));
    const swaps = person.state === "open" ? swappedSuspects(person, desk.skeleton) : [];
    this.#once("flags", JSON.stringify([rows, swaps, rows.length ? "" : noFlag]), (box) => {
      const none = make("p", { className: "empty", textContent: noFlag });
      const { scrollTop } = box;
      const asked = swaps.length ? [this.#swapRow(desk.skeleton, swaps.flat())] : [];
      box.replaceChildren(...asked, ...(rows.length ? rows.map((row) => this.#flagRow(row)) : asked.length ? [] : [none]));
      box.scrollTop = scrollTop;
      const current = box.querySelector('[aria-current="true"]');
      if (current) scrollTo(box, current);
    });
  }

  #flagRow({ text, current, touched, keypoint }) {
    const row = make("button", { className: "flag" }, [make("i"), make("span", { textContent: text })]);
    row.toggleAttribute("data-touched", touched);
    row.setAttribute("aria-current", String(current));
    row.addEventListener("click", () => this.#wishes.selectKeypoint(keypoint));
    return row;
  }

  /** Limbs that the networks see the other way round, and the way to exchange their sides. */
  #swapRow(skeleton, limbs) {
    const row = make("button", { className: "flag swap" }, [make("span", { textContent: words.swapInWords(skeleton, limbs) })]);
    row.addEventListener("click", () => this.#wishes.swap(limbs));
    return row;
  }

  #showKeypoints(desk) {
    const person = personOf(desk);
    if (!person) return;
    this.#once("grid", desk.skeleton.keypoints.join(), (grid) => grid.replaceChildren(...this.#cells(desk.skeleton)));
    for (const cell of this.refs.grid.querySelectorAll(".cell")) {
      const keypoint = Number(cell.dataset.keypoint);
      const visibility = person.pose.xyv[keypoint][2];
      const flagged = person.state === "open" && flagOf(person, keypoint) !== null;
      set(cell, "data-visibility", String(visibility));
      set(cell, "aria-current", String(keypoint === desk.keypoint));
      if (flagged) set(cell, "data-flagged", person.pose.touched[keypoint] ? "seen" : "open");
      else cell.removeAttribute("data-flagged");
      const stand = words.standOf(person, keypoint);
      const label = `${spoken(desk.skeleton, keypoint)}, ${stand}${flagged ? ", flagged" : ""}`;
      set(cell, "aria-label", label);
      set(cell, "title", label);
      const text = cell.querySelector("span");
      const word = { visible: "", "not placed": "–" }[stand] ?? stand;
      if (text.textContent !== word) text.textContent = word;
    }
    this.#text("selectedName", capital(spoken(desk.skeleton, desk.keypoint)));
    const waits = isUndecided(person, desk.keypoint);
    const now = waits ? desk.placing && desk.placeAs : person.pose.xyv[desk.keypoint][2];
    for (const button of this.refs.visibility.children) {
      set(button, "aria-pressed", String(Number(button.dataset.value) === now));
      button.disabled = person.state !== "open";
    }
  }

  /** Left and right beside each other, as the skeleton's mirror pairs them. */
  #cells(skeleton) {
    const head = ["", "Left", "Right"].map((text) => make("span", { className: `head ${text.toLowerCase()}`, textContent: text }));
    const rows = skeleton.mirror.flatMap((other, keypoint) => {
      if (other === keypoint) return [nameCell(capital(spoken(skeleton, keypoint))), this.#cell(skeleton, keypoint, true)];
      const sides = [sideOf(skeleton, keypoint), sideOf(skeleton, other)];
      if (sides.join() === "right,left") return [];
      if (sides.join() !== "left,right") return [nameCell(capital(spoken(skeleton, keypoint))), this.#cell(skeleton, keypoint, true)];
      return [nameCell(capital(sideless(skeleton, keypoint))), this.#cell(skeleton, keypoint, false), this.#cell(skeleton, other, false)];
    });
    return [...head, ...rows];
  }

  #cell(skeleton, keypoint, wide) {
    const cell = make("button", { className: wide ? "cell wide" : "cell" }, [make("i"), make("span")]);
    cell.dataset.keypoint = String(keypoint);
    cell.dataset.side = sideOf(skeleton, keypoint);
    cell.addEventListener("click", () => this.#wishes.selectKeypoint(keypoint));
    return cell;
  }

  #showPersons(desk) {
    const decided = desk.persons.filter((person) => person.state !== "open").length;
    this.#text("done", desk.persons.length ? `${decided} of ${desk.persons.length} done` : "");
    let isAnother = false;
    this.#once("persons", `${desk.imageId}/${desk.persons.length}`, (list) => {
      isAnother = true;
      list.replaceChildren(...desk.persons.map((_, index) => this.#personRow(index)));
      if (!desk.persons.length) list.append(make("p", { className: "empty", textContent: "None." }));
    });
    const current = this.refs.persons.children[desk.person];
    const isNew = current && current.getAttribute("aria-current") !== "true";
    for (const [index, person] of desk.persons.entries()) {
      const row = this.refs.persons.children[index];
      set(row, "aria-current", String(index === desk.person));
      set(row, "data-state", person.state);
      const text = personWords(person);
      if (row.children[1].textContent !== text) row.children[1].textContent = text;
      set(row, "aria-label", `Person ${index + 1}, ${text}`);
      row.children[2].hidden = person.score === null || person.state !== "open";
      row.children[2].firstChild.style.width = `${Math.round(100 * (person.score ?? 0))}%`;
    }
    if (!isNew) return;
    scrollTo(this.refs.persons, current);
    if (isAnother) this.refs.scroll.scrollTop = 0; // what is to look at comes first
    else if (isOutside(this.refs.scroll, current)) scrollTo(this.refs.scroll, current); // at the end: it makes the browser lay everything out
  }

  #personRow(index) {
    const meter = make("span", { className: "meter", title: words.INCONSISTENCY }, [make("i")]);
    const number = make("span", { className: "number", textContent: String(index + 1) });
    const row = make("button", { className: "person" }, [number, make("span"), meter]);
    row.addEventListener("click", () => this.#wishes.selectPerson(index));
    return row;
  }

  #showActions(desk, tool) {
    const person = personOf(desk);
    const done = isDone(desk);
    const open = person?.state === "open";
    this.refs.reopen.hidden = !done || !person;
    this.refs.acceptImage.hidden = done;
    this.refs.accept.dataset.command = done || open || !person ? "accept" : "reopen";
    this.#text("acceptText", tool ? "Done" : done ? "Next image" : open || !person ? "Accept person" : "Open again");
    this.refs.accept.disabled = !person && !tool;
    for (const step of this.refs.panel.querySelectorAll('[data-command^="person-"]')) step.disabled = desk.persons.length < 2;
    const [kbd] = this.refs.accept.querySelectorAll("kbd");
    kbd.textContent = keyFor(this.refs.accept.dataset.command, this.#keys);
    kbd.hidden = !kbd.textContent;
    this.refs.skip.disabled = this.refs.notPerson.disabled = !open;
    this.refs.acceptImage.disabled = nextOpen(desk) === -1;
    this.refs.finish.disabled = nextOpen(desk) !== -1;
    this.refs.finish.title = nextOpen(desk) === -1 ? "" : "Decide about every person first.";
    this.#text("finishText", desk.persons.length ? "Nobody else here" : "Nobody here");
  }

  #showHint(desk, look) {
    const how = { byTouch: byTouch(), isLooking: Boolean(look.isLooking) };
    const hint = look.tool ? words.toolInWords(look.tool, how) : words.hintInWords(desk, how);
    this.refs.hint.hidden = !hint;
    this.#told("hint", hint);
  }

  // ------------------------------------------------------------------------------------------ saying

  /** Whether all is saved, and what to do if not. @param {string} state @param {string} text @param {boolean} button */
  status(state, text, button) {
    this.refs.status.dataset.state = state;
    this.#text("statusText", text);
    this.refs.status.title = text;
    this.refs.status.toggleAttribute("data-quiet", !text);
    this.refs.statusButton.hidden = !button;
  }

  /** The keyboard goes on where it was, although what had the focus is gone or cannot be used any more.
   * @param {HTMLElement} lost */
  focusAgain(lost) {
    const row = lost.classList.contains("flag") ? this.refs.flags.querySelector('[aria-current="true"]') : null;
    (row ?? this.refs.stage).focus({ preventScroll: true });
  }

  /** Tell people who do not see the screen. @param {string} text */
  say(text) {
    const told = withKeys(text, this.#keys);
    this.refs.live.textContent = this.refs.live.textContent === told ? `${told}\u00a0` : told;
  }

  /** A note is about what was just tried: the next change takes it away. */
  dropNote() {
    if (this.noticed?.kind === "note") this.notice(null);
  }

  /** A message over the image with its way on; null takes it away. A note also goes with the next change, and the problem
   * that was there before it is back.
   * @param {{kind: "note" | "news" | "problem", text: string, button: string, act: () => void, other?: string,
   *   actOther?: () => void} | null} notice other: a second way on */
  notice(notice) {
    const { notice: box, noticeButton, noticeOther } = this.refs;
    if (notice?.kind === "note" && this.noticed?.kind === "problem") this.#under = this.noticed;
    else if (!notice && this.noticed?.kind === "note" && this.#under) [notice, this.#under] = [this.#under, null];
    else if (notice?.kind !== "note") this.#under = null;
    this.noticed = notice;
    box.hidden = !notice;
    if (!notice) return;
    box.dataset.kind = notice.kind;
    this.#told("noticeText", notice.text);
    noticeButton.textContent = notice.button;
    noticeButton.onclick = notice.act;
    noticeOther.hidden = !notice.other;
    noticeOther.textContent = notice.other ?? "";
    noticeOther.onclick = notice.actOther ?? null;
  }

  /** That the image may only be looked at; null: it is ours. button null: nothing is to be tried.
   * @param {{text: string, button: string | null, act: () => void, other: string, actOther: () => void} | null} banner */
  banner(banner) {
    const { refs } = this;
    refs.banner.hidden = !banner;
    if (!banner) return;
    this.#text("bannerText", banner.text);
    refs.bannerText.title = banner.text;
    refs.bannerButton.hidden = !banner.button;
    refs.bannerButton.textContent = banner.button ?? "";
    refs.bannerButton.onclick = banner.act;
    refs.bannerOther.textContent = banner.other;
    refs.bannerOther.onclick = banner.actOther;
  }

  /** A message in place of the image; null takes it away.
   * @param {{title: string, text?: string, command?: string | null, also?: string, busy?: boolean, button?: string, act?: () => void,
   *   link?: string} | null} card command: to be typed in a shell */
  card(card) {
    const { refs } = this;
    refs.card.hidden = !card;
    refs.editor.toggleAttribute("data-bare", Boolean(card) && !card.busy);
    for (const part of [refs.tools, refs.panel]) part.inert = Boolean(card?.busy);
    if (!card) return;
    refs.spinner.hidden = !card.busy;
    this.#text("cardTitle", card.title);
    for (const [name, text] of Object.entries({ cardText: card.text, cardAlso: card.also })) {
      refs[name].hidden = !text;
      this.#told(name, text ?? "");
    }
    refs.cardCommand.hidden = !card.command;
    this.#text("cardCommand", card.command ?? "");
    refs.cardButton.hidden = !card.button;
    refs.cardButton.textContent = card.button ?? "";
    refs.cardButton.onclick = card.act ?? null;
    refs.cardLink.hidden = !card.link;
    if (card.link) refs.cardLink.href = card.link;
  }

  /** The keys that hold from now on, on every button, in the popover and on the sheet.
   * @param {import("../input/own_keys.js").Own} own */
  showKeys(own) {
    this.#keys = effective(BINDINGS, own);
    for (const button of this.refs.editor.querySelectorAll("[data-command]")) {
      const { command } = button.dataset;
      if (button.classList.contains("tool")) button.title = this.#titleOf(command);
      for (const kbd of button.querySelectorAll("kbd")) {
        kbd.textContent = keyFor(command, this.#keys).replace("Shift", "⇧"); // there is little room on a button
        kbd.hidden = !kbd.textContent;
      }
    }
    this.refs.how.replaceChildren(...words.HOW.map(([title, text]) => {
      return make("li", {}, [make("b", { textContent: withKeys(title, this.#keys) }), withKeys(text, this.#keys)]);
    }));
    set(this.refs.stage, "aria-label", withKeys(words.IMAGE, this.#keys));
    this.looks.showKeys();
    this.#keyDialog.show(own);
  }

  /** How the image is drawn, in the popover and on its button. @param {import("./looks.js").Looks} looks */
  showLooks(looks) {
    this.looks.show(looks);
    this.#hasGhosts = hasGhosts(looks);
    this.#pressed("ghosts", false); // lit by what it shows, see show
  }

  /** Open or close the popover that says how the image is drawn. */
  toggleLooks() {
    this.looks.toggle(this.refs.tools.querySelector('[data-command="view-settings"]'));
  }

  #titleOf(command) {
    const key = keyFor(command, this.#keys);
    return key ? `${labelOf(command)} (${key})` : labelOf(command);
  }

  // ------------------------------------------------------------------------------------------ building

  #buildTools() {
    const groups = TOOLS.map((names) => names.map((name) => this.#tool(name)));
    this.refs.tools.replaceChildren(...groups.flatMap((group, i) => (i ? [make("span", { className: "rule" }), ...group] : group)));
  }

  #buildPoseTools() {
    this.refs.poseTools.replaceChildren(...POSE_TOOLS.map((name) => this.#tool(name)));
  }

  #tool(command) {
    const button = make("button", { className: "tool" });
    button.dataset.command = command;
    button.setAttribute("aria-label", labelOf(command));
    button.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${ICONS[command]}"/></svg>`;
    return button;
  }

  #text(ref, text) {
    if (this.refs[ref].textContent !== text) this.refs[ref].textContent = text;
  }

  /** A text of words.js, with the keys that hold now. */
  #told(ref, text) {
    this.#text(ref, withKeys(text, this.#keys));
  }

  #pressed(command, on) {
    set(this.refs.tools.querySelector(`[data-command="${command}"]`), "aria-pressed", String(on));
  }

  /** Build a part again only when what it shows has changed. */
  #once(ref, signature, build) {
    if (this.#shown[ref] === signature) return;
    this.#shown[ref] = signature;
    build(this.refs[ref]);
  }
}

const NOBODY = { persons: [], person: -1 };

function isOutside(list, row) {
  const [whole, part] = [list.getBoundingClientRect(), row.getBoundingClientRect()];
  return part.top >= whole.bottom || part.bottom <= whole.top;
}

/** Scrolls the list alone; scrollIntoView would move the panel and the page as well. */
function scrollTo(list, row) {
  const [whole, part] = [list.getBoundingClientRect(), row.getBoundingClientRect()];
  if (part.top < whole.top) list.scrollTop -= whole.top - part.top;
  else if (part.bottom > whole.bottom) list.scrollTop += part.bottom - whole.bottom;
}

function labelOf(command) {
  return BINDINGS.find((binding) => binding.command === command).label;
}

function nameCell(text) {
  return make("span", { className: "name", textContent: text });
}

function set(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function byTouch() {
  return matchMedia("(pointer: coarse)").matches;
}

const SOURCES = { student: () => "Predicted pose", model: ({ model }) => `Predicted by ${model}`, label: () => "From the last label", empty: () => "Nothing placed yet" };

function standing(person) {
  if (person.state !== "open") return STATES[person.state] + (person.reason ? `: ${person.reason}` : "");
  const source = person.start === null ? "Opened again" : isEdited(person) ? "Edited by you" : SOURCES[person.from](person);
  return person.score === null ? source : `${source} · inconsistency ${person.score.toFixed(2)}`;
}

function personWords(person) {
  if (person.problem) return "Not saved";
  if (person.state !== "open") return STATES[person.state];
  const left = person.flags.filter((flag) => !person.pose.touched[flag.keypoint]).length;
  const flags = left === 1 ? "1 flag" : `${left} flags`;
  if (isEdited(person)) return left ? `Edited · ${flags}` : "Edited";
  return left ? flags : "Open";
}

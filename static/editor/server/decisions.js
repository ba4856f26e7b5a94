/** What the annotator decides, and takes back: made on the desk, handed to be saved, then on to who or what is next. */

import { newKey } from "../../shared/api.js";
import { countUndecided, isDone, nextOpen, personOf } from "../desk/desk.js";
import { beginFrom, inGroup, relabelled } from "../desk/editing.js";
import { spoken } from "../desk/keypoint_names.js";
import { selectPerson, stepTo } from "../desk/selecting.js";
import { newPerson } from "../desk/opening.js";
import * as deciding from "../desk/deciding.js";
import * as undoing from "../desk/undoing.js";
import * as words from "../words.js";

/**
 * @typedef {import("../desk/desk.js").Verdict} Verdict @typedef {import("../desk/desk.js").Change} Change
 * @typedef {import("../images/conveyor.js").Sheet} Sheet
 * @typedef {object} Host
 * @property {() => Sheet | null} sheet what is on the desk
 * @property {(desk: import("../desk/desk.js").Desk) => void} change take another desk
 * @property {(desk: import("../desk/desk.js").Desk) => void} goTo the same, and bring who is selected into view
 * @property {() => void} letGo tool and menu are put away
 * @property {(left?: string) => void} next go to the next image; left: what is to be said of this one
 * @property {(sheet: Sheet) => void} layAgain an image left behind comes back
 * @property {(text: string) => void} explain
 * @property {(text: string) => void} say to a screen reader
 */

/** Decisions about the image on the desk. */
export class Decisions {
  #saving;
  #leftBehind;
  #host;
  /** @type {object | null} the pose, or all persons, whose keypoints without a place were asked about */
  #askedAbout = null;

  /** @param {import("./saving.js").Saving} saving @param {import("../images/left_behind.js").LeftBehind} leftBehind @param {Host} host */
  constructor(saving, leftBehind, host) {
    this.#saving = saving;
    this.#leftBehind = leftBehind;
    this.#host = host;
  }

  /** What is on the desk; decided about only while there is something. @returns {Sheet} */
  get #sheet() {
    const sheet = this.#host.sheet();
    if (!sheet) throw new Error("no image is on the desk: there is nothing to decide about");
    return sheet;
  }

  get #desk() {
    return this.#sheet.desk;
  }

  /** What was asked is to be asked again. */
  askAgain() {
    this.#askedAbout = null;
  }

  /** Accept the selected person; from somebody decided go on to the next one still open, or to the next image. */
  accept() {
    const desk = this.#desk;
    const person = personOf(desk);
    if (isDone(desk)) return this.#host.next();
    if (!person) return this.#host.explain("Nobody is boxed here. {add-person} adds a person; {finish} says that nobody is here.");
    if (person.state !== "open") return this.#goOn();
    const why = deciding.whyNotAccept(person);
    if (why && desk.placing) return this.#host.explain(words.placeFirst(spoken(desk.skeleton, desk.keypoint)));
    if (why) return this.#host.explain(why);
    const undecided = countUndecided(person);
    // By identity: any edit makes another pose, which is asked about anew.
    if (undecided && this.#askedAbout !== person.pose) return this.#ask(words.notPlacedYet(undecided), person.pose);
    return this.decide({ state: "accepted", reason: null });
  }

  /** From somebody decided to the next one still open. */
  #goOn() {
    const { person } = this.#desk;
    this.#host.goTo(stepTo(this.#desk, "open"));
    this.#host.explain(words.wasDecided(person + 1, this.#desk.person + 1));
  }

  /** Accept everybody still open, as one step of undo; who cannot be accepted is shown instead. */
  acceptImage() {
    const { persons, fileName } = this.#desk;
    const open = [...persons.keys()].filter((index) => persons[index].state === "open");
    if (!open.length) return this.accept();
    for (const index of open) {
      const why = deciding.whyNotAccept(persons[index]);
      if (why) return this.#showStuck(index, why);
    }
    const waiting = open.filter((index) => countUndecided(persons[index]));
    if (waiting.length && this.#askedAbout !== persons) {
      const count = waiting.reduce((sum, index) => sum + countUndecided(persons[index]), 0);
      return this.#ask(words.notPlacedYetByAll(count, waiting.length), persons);
    }
    const group = newKey();
    this.#host.letGo();
    for (const index of open) this.#decideAbout(index, { state: "accepted", reason: null }, group);
    return this.#host.next(open.length > 1 ? words.acceptedInWords(open.length, fileName) : "");
  }

  /** Explain once; the same again is then done. @param {string} text @param {object} about */
  #ask(text, about) {
    this.#host.explain(text);
    this.#askedAbout = about;
  }

  /** @param {number} index @param {string} why */
  #showStuck(index, why) {
    this.#host.goTo(selectPerson(this.#desk, index));
    this.#host.explain(`Person ${index + 1}: ${why}`);
  }

  /** Decide about the selected person, then on to the next one still open. @param {Verdict} verdict */
  decide(verdict) {
    const index = this.#desk.person;
    if (this.#desk.persons[index].state === verdict.state) return;
    this.#host.letGo();
    this.#decideAbout(index, verdict);
    const desk = this.#desk;
    if (verdict.state === "open") return this.#host.say(words.personInWords(desk));
    if (isDone(desk)) return this.#host.next();
    this.#host.goTo(selectPerson(desk, nextOpen(desk)));
  }

  /** @param {number} index @param {Verdict} verdict @param {string} [group] decided together with others */
  #decideAbout(index, verdict, group = undefined) {
    // Before it is made on the desk: a refusal goes back to what was there before.
    this.#saving.decided(this.#sheet, index, verdict);
    this.#host.change(deciding.decide(this.#desk, index, verdict, group));
  }

  /** An earlier label is the pose again, one step of undo. Of somebody accepted it is their label at once, so that one
   * counts all the while; somebody open accepts it, and whoever is decided otherwise is opened for it.
   * @param {import("../desk/desk.js").Start} start */
  restore(start) {
    const { state } = this.#desk.persons[this.#desk.person];
    if (state === "accepted") {
      this.#host.change(relabelled(this.#desk, start));
      this.#saveLabel(this.#desk.past.at(-1), "before");
      return this.#host.say("The label is back, and counts.");
    }
    const group = newKey();
    if (state !== "open") this.#decideAbout(this.#desk.person, { state: "open", reason: null }, group);
    const begun = beginFrom(this.#desk, start);
    this.#host.change(state === "open" ? begun : inGroup(begun, group));
    return this.#host.say("The label is back.");
  }

  /** Who is accepted has another label, which is on the desk; of any other change there is nothing to save.
   * @param {Change | undefined} change @param {"before" | "after"} back where a refusal leads to */
  #saveLabel(change, back) {
    if (change?.kind !== "pose" || !change.accepts || this.#desk.persons[change.person].state !== "accepted") return;
    const begun = change.begun && { before: change.begun[back], after: change.begun[back] };
    this.#saving.decided(this.#sheet, change.person, { state: "accepted", reason: null }, { before: change[back], begun });
  }

  /** Nobody (else) is in the image. */
  finish() {
    if (nextOpen(this.#desk) !== -1) return this.#host.explain("Some persons are still open. Accept, skip or mark each, then say that nobody else is here.");
    this.#saving.finished(this.#sheet);
    this.#host.change(deciding.finish(this.#desk));
    return this.#host.next();
  }

  /** Somebody the queue did not know. @param {import("../geometry.js").Box} box */
  addPerson(box) {
    const { desk } = this.#sheet;
    const index = desk.persons.length;
    this.#host.goTo(deciding.addPerson(desk, newPerson(newKey(), box, desk.skeleton.keypoints.length)));
    this.#saving.added(this.#sheet, index);
  }

  /** Whether undo has something to take back. */
  get canUndo() {
    return Boolean(this.#host.sheet()?.desk.past.length) || this.#leftBehind.undoable !== null;
  }

  /** One step back; what was decided together is taken back together. */
  undo() {
    const group = groupOf(this.#desk.past.at(-1));
    this.#undoOne();
    while (group && groupOf(this.#desk.past.at(-1)) === group) this.#undoOne();
  }

  #undoOne() {
    const change = this.#desk.past.at(-1);
    if (!change) return this.#undoBehind();
    if (change.kind === "verdict") this.#saving.decided(this.#sheet, change.person, change.before);
    if (change.kind === "finished") this.#saving.reopened(this.#sheet);
    const person = this.#desk.persons[change.person];
    this.#host.goTo(undoing.undo(this.#desk));
    this.#saveLabel(change, "after");
    if (change.kind !== "added") return;
    this.#saving.removed(this.#sheet, person);
    this.#host.say("The added person is gone.");
  }

  /** Undo reaches into the image just left: its last decision is taken back, if the server still lets us. */
  #undoBehind() {
    const sheet = this.#leftBehind.undoable;
    if (!sheet) return this.#host.explain("Nothing to undo.");
    this.#host.layAgain(sheet);
    return this.undo();
  }

  /** What was undone is made again, and what belongs to it. */
  redo() {
    if (!this.#desk.future.length) return this.#host.explain("Nothing to do again.");
    const next = this.#desk.future.at(-1);
    const group = groupOf(next);
    const isFinished = this.#redoOne();
    while (group && groupOf(this.#desk.future.at(-1)) === group) this.#redoOne();
    if (isFinished || (next?.kind !== "pose" && isDone(this.#desk))) this.#host.next();
  }

  /** @returns {boolean} whether it said again that nobody (else) is here */
  #redoOne() {
    const change = this.#desk.future.at(-1);
    if (!change) return false;
    if (change.kind === "verdict") this.#saving.decided(this.#sheet, change.person, change.after);
    if (change.kind === "finished") this.#saving.finished(this.#sheet);
    this.#host.goTo(undoing.redo(this.#desk, newKey()));
    this.#saveLabel(change, "before");
    if (change.kind === "added") this.#saving.added(this.#sheet, this.#desk.person);
    return change.kind === "finished";
  }
}

/** What was decided together with a change, and is undone with it. @param {import("../desk/desk.js").Change | undefined} change @returns {string | undefined} */
function groupOf(change) {
  return change && "group" in change ? change.group : undefined;
}

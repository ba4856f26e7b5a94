/** Images onto the desk and off it again: the next one of the queue, one by its id, one that comes back. Knows no DOM. */

import { ApiError, messageOf } from "../../shared/api.js";
import { isDone, nextOpen } from "../desk/desk.js";
import { dropEdits, withEarlierEdits } from "../desk/editing.js";
import { atOpen, selectPerson } from "../desk/selecting.js";
import { waitingInWords } from "../server/saving.js";
import { Leases } from "../server/leases.js";
import * as words from "../words.js";
import { askedFor, keepAddress } from "./address.js";
import { cannotOpenCard, emptyCard, failedCard } from "./cards.js";
import { Conveyor } from "./conveyor.js";
import { Looking } from "./looking.js";
import { SentBack } from "./sent_back.js";
import { Tally } from "./tally.js";

/**
 * @typedef {import("./conveyor.js").Sheet} Sheet @typedef {import("../panel/notices.js").Card} Card
 * @typedef {"loading" | "ready" | "empty" | "error"} Phase
 * @typedef {object} Parts
 * @property {import("../work.js").Work} work
 * @property {import("../view/viewing.js").Viewing} viewing
 * @property {import("../../shared/api.js").Api} api
 * @property {import("../keeping/keeper.js").Keeper} keeper
 * @property {import("./left_behind.js").LeftBehind} leftBehind
 * @property {import("../panel/notices.js").Notices} notices
 * @property {import("./refusals.js").Refusals} refusals
 * @property {() => number[]} unsentIds the images with decisions that wait in this browser
 * @typedef {object} Host
 * @property {(phase: Phase, card: Card | null) => void} phase
 * @property {(sheet: Sheet) => void} laid a new image is on the desk, not shown yet
 * @property {() => void} refresh
 * @property {() => void} ahead other images wait here now
 * @property {() => void} letGo tool and menu are put away
 * @property {() => void} takeFocus
 */

const OPEN_AGAIN_MS = 4000;

/** The images of one annotator, one of them on the desk. */
export class Arriving {
  #work;
  #viewing;
  #api;
  #keeper;
  #leftBehind;
  #notices;
  #refusals;
  #host;
  #tally = new Tally();
  #sentBack = new SentBack();
  #conveyor;
  #leases;
  #looking;
  /** @type {Phase} */
  phase = "loading";
  #openAgain = 0;
  /** What is to be said of the image just left. */
  #parting = "";

  /** @param {Parts} parts @param {Host} host */
  constructor({ work, viewing, api, keeper, leftBehind, notices, refusals, unsentIds }, host) {
    this.#work = work;
    this.#viewing = viewing;
    this.#api = api;
    this.#keeper = keeper;
    this.#leftBehind = leftBehind;
    this.#notices = notices;
    this.#refusals = refusals;
    this.#host = host;
    this.#conveyor = new Conveyor({
      api,
      held: () => [...this.#atHand(), ...unsentIds()],
      changed: () => host.ahead(),
      counted: (task, held) => this.#counted(task, held),
      restore: (desk) => keeper.restore(desk),
    });
    this.#looking = new Looking(api, {
      show: ({ text, isFree, canBeHad }) => notices.banner({
        text, button: isFree ? "Work on it" : canBeHad ? "Try again" : null, act: () => void this.#takeUp(),
        other: "Next image", actOther: () => this.#goOn(),
      }),
      hide: () => notices.banner(null),
    });
    this.#leases = new Leases(api, {
      imageIds: () => this.#leasedIds(),
      imageId: () => work.imageId ?? undefined,
      lost: (imageIds) => this.#conveyor.forget(imageIds),
      lostThis: () => void this.#tellLost(),
      signedOut: () => notices.tell(words.SESSION_ENDED),
    });
  }

  /** How many images are to do. */
  get toDo() {
    return this.#tally.left;
  }

  /** Whom reviewers sent back, and who waits still. */
  get sentBack() {
    const held = this.#atHand();
    // An image that is done and saved may be older than the review.
    return this.#sentBack.left(({ image_id: imageId, person_id: id }) =>
      held.includes(imageId) ? this.find(imageId)?.desk.persons.find((person) => person.id === id)?.state : undefined);
  }

  /** @param {import("../../shared/contract.d.ts").TaskPayload} task @param {number[]} held */
  #counted({ remaining, sent_back: sentBack }, held) {
    this.#tally.heard(remaining, held);
    if (this.#sentBack.heard(sentBack, held)) this.#notices.say(words.sentBackAnew(this.sentBack.length));
  }

  /** Go to the first of those whom reviewers sent back. */
  openSentBack() {
    const [first] = this.sentBack;
    if (!first) return this.#notices.explain(words.NOBODY_SENT_BACK);
    const done = this.#leftBehind.find(first.image_id);
    // Of an image left behind the page has them as they were before the review; what is under way is not dropped.
    if (done && !done.waiting) this.#leftBehind.take(done);
    return void this.openImage(first.image_id, first.person_id);
  }

  /** The images that wait here. @returns {number[]} */
  get waitingIds() {
    return this.#conveyor.imageIds;
  }

  /** Those of them that nobody has worked on. @returns {number[]} */
  get untouchedIds() {
    return this.#conveyor.aheadIds;
  }

  /** An image at hand, wherever it is. @param {number} imageId @returns {Sheet | null | undefined} */
  find(imageId) {
    if (this.#work.imageId === imageId) return this.#work.sheet;
    return this.#leftBehind.find(imageId) ?? this.#conveyor.sheetOf(imageId);
  }

  /** The page was away, or the connection was: whether its images are still held is asked at once. */
  returned() {
    this.#leases.ask();
  }

  /** The hold on the image on the desk is lost: said at once, and who has it as soon as that is known. */
  async #tellLost() {
    const { imageId } = this.#work;
    this.#notices.tell(words.holdLostInWords(null));
    /** @type {import("../../shared/contract.d.ts").TaskPayload | null} */
    const task = await this.#api.get(`/api/images/${imageId}/task?look=1`).catch(() => null);
    if (task?.held_by && imageId === this.#work.imageId) this.#notices.tell(words.holdLostInWords(task.held_by));
  }

  /** The page goes. */
  stop() {
    clearTimeout(this.#openAgain);
    this.#leases.stop();
    this.#looking.stop();
  }

  // ------------------------------------------------------------------------------------------ beginning

  /** The page is opened: what an earlier one left is sent, then the first image comes. */
  async open() {
    this.#enter("loading", { title: "Opening the queue…", busy: true });
    clearTimeout(this.#openAgain);
    try {
      await this.#keeper.open();
      await this.#knowWhose();
    } catch (error) {
      return this.#cannotOpenQueue(error);
    }
    if (this.#work.sheet) return this.#lay(this.#work.sheet); // the element was moved within its page
    const asked = askedFor(location);
    await (asked ? this.openImage(asked.imageId, asked.personId) : this.next());
    if (this.phase !== "error") this.#notices.tellUntold();
    return undefined;
  }

  /** The server does not say who is here: decisions that wait in this browser are tried again by themselves.
   * @param {unknown} error */
  async #cannotOpenQueue(error) {
    const waiting = await this.#keeper.countLetters();
    if (!waiting) return this.#cannotLoad(error);
    this.#cannotLoad(error, waitingInWords(waiting));
    if (kindOf(error) === "offline") this.#openAgain = window.setTimeout(() => void this.open(), OPEN_AGAIN_MS);
    return undefined;
  }

  /** Ask who is here, and of which project; keep what is theirs. */
  async #knowWhose() {
    const { user, project } = await this.#api.session();
    await this.#keeper.openFor(user.name, project);
  }

  // ------------------------------------------------------------------------------------------ which one

  /** Go to the next image. @param {string} [parting] what is to be said of this one */
  async next(parting = this.#parting) {
    this.#parting = parting;
    if (this.#work.sheet) this.#leave(this.#work.sheet);
    if (!this.#conveyor.isReady) this.#enter("loading", { title: "Fetching the next image…", busy: true });
    try {
      const delivery = await this.#conveyor.take();
      const { sheet } = delivery;
      if (this.#work.sheet) return void (sheet && this.#conveyor.putBack(sheet)); // a refusal was quicker and brought one back
      if (sheet) this.#lay(sheet);
      else this.#showEmpty(delivery);
    } catch (error) {
      if (!this.#work.sheet) this.#cannotLoad(error);
    }
    return undefined;
  }

  /** Go to an image by its id, whoever labelled it; the present one waits to be next.
   * @param {number} imageId @param {number | null} [personId] whom to select */
  async openImage(imageId, personId = null) {
    const before = this.#work.sheet;
    try {
      const known = before?.desk.imageId === imageId ? before : this.#leftBehind.find(imageId);
      const sheet = known ?? (await this.#conveyor.fetchImage(imageId));
      if (!known) sheet.wasDone = isDone(sheet.desk);
      if (this.#work.sheet !== before) return void (known || sheet.look || this.#conveyor.putBack(sheet)); // one went on meanwhile
      this.layAgain(sheet);
      if (!this.#select(personId) && personId !== null) this.#notices.explain("That person is not in this image any more.");
    } catch (error) {
      if (this.#work.sheet) this.#notices.tell(messageOf(error));
      else if (kindOf(error) === "refused") this.#showCard("error", cannotOpenCard(messageOf(error), () => this.#goOn()), messageOf(error));
      else this.#cannotLoad(error);
    }
    return undefined;
  }

  /** The image as the server has it now; what was edited here is among what a person can start from. */
  async loadAgain() {
    const { sheet, person } = this.#work;
    if (!sheet) return undefined;
    try {
      const fresh = await this.#conveyor.fetchImage(sheet.desk.imageId);
      if (this.#work.sheet !== sheet) return fresh.picture?.close();
      fresh.desk = withEarlierEdits(fresh.desk, sheet.desk);
      fresh.restored = [];
      // Loaded anew, the old sheet must not come back by undo.
      this.#leftBehind.take(sheet);
      this.#lay(fresh);
      this.#select(person?.id);
      this.#notices.explain("Loaded as it is now. Your own edits are kept: {start-from} lists them.");
    } catch (error) {
      this.#notices.tell(messageOf(error));
    }
    return undefined;
  }

  /** What was looked at is free: work on it from now on, if nobody was faster. */
  async #takeUp() {
    const { sheet } = this.#work;
    if (!sheet) return undefined;
    try {
      const fresh = await this.#conveyor.fetchImage(sheet.desk.imageId);
      if (this.#work.sheet !== sheet) return fresh.look ? fresh.picture?.close() : this.#conveyor.putBack(fresh);
      const { person } = this.#work;
      fresh.wasDone = isDone(fresh.desk);
      this.#drop(sheet);
      this.#lay(fresh);
      if (person && this.#work.indexOf(person.id) !== this.#work.desk.person) this.#select(person.id);
      if (sheet.view) this.#viewing.set(sheet.view);
      if (!fresh.look) this.#notices.say("It is yours to work on now.");
    } catch (error) {
      this.#notices.tell(messageOf(error));
    }
    return undefined;
  }

  /** On to the next image, whatever the address asked for. */
  #goOn() {
    keepAddress(-1);
    void this.next();
  }

  async #checkAgain() {
    try {
      await this.#knowWhose();
    } catch (error) {
      return this.#cannotLoad(error);
    }
    return this.next();
  }

  /** Select somebody by their id. @param {number | string | null | undefined} id @returns {boolean} whether they are here */
  #select(id) {
    const index = this.#work.indexOf(id);
    if (index !== -1) this.#work.goTo(selectPerson(this.#work.desk, index));
    return index !== -1;
  }

  // ------------------------------------------------------------------------------------------ onto the desk

  /** Put an image on the desk. @param {Sheet} sheet */
  #lay(sheet) {
    // An image that comes back has told of its draft already.
    const isFirst = sheet.view === null;
    if (!sheet.look) sheet.desk = atOpen(sheet.desk);
    this.#work.sheet = sheet;
    this.#host.letGo();
    keepAddress(sheet.desk.imageId);
    this.#host.laid(sheet);
    this.#enter("ready", null);
    const restored = isFirst ? this.#restoredNotice(sheet.restored) : null;
    const notice = sheet.problem ? this.#notices.problem(sheet.problem) : restored ?? this.#refusals.notLookedAt();
    this.#notices.show(notice);
    if (this.#parting && !notice) this.#notices.explain(this.#parting);
    this.#parting = "";
    this.#viewing.begin();
    this.#host.refresh();
    this.#notices.say(words.personInWords(sheet.desk));
    this.#host.takeFocus();
    this.#leases.keep(sheet.desk.leaseS);
    this.#looking.begin(sheet.desk.imageId, sheet.look);
    if (!sheet.look) void this.#warnOfOtherTab(sheet);
  }

  /** Lay an earlier image on the desk again; the present one waits to be next. @param {Sheet} sheet */
  layAgain(sheet) {
    if (sheet === this.#work.sheet) return this.#host.refresh();
    if (this.#leftBehind.take(sheet)) this.#tally.reopened(sheet.desk.imageId);
    if (this.#work.sheet) this.#putAside(this.#work.sheet);
    return this.#lay(sheet);
  }

  /** Whose edits are back, and the way to drop them. @param {import("../keeping/drafts.js").Restored[]} restored
   * @returns {import("../panel/notices.js").Notice | null} */
  #restoredNotice(restored) {
    if (!restored.length) return null;
    const drop = () => {
      this.#notices.close();
      this.#work.goTo(dropEdits(this.#work.desk, restored.map(({ person }) => person)));
    };
    return {
      kind: "news", text: words.restoredInWords(restored), button: "Keep them", act: () => this.#notices.close(),
      other: "Drop them", actOther: drop,
    };
  }

  /** @param {Sheet} sheet */
  async #warnOfOtherTab(sheet) {
    const isOurs = await this.#leases.inThisTab(this.#keeper.owner, sheet.desk.imageId);
    if (!isOurs && this.#work.sheet === sheet) this.#notices.tellToo(words.IN_ANOTHER_TAB);
  }

  // ------------------------------------------------------------------------------------------ off the desk

  /** @param {Sheet} sheet */
  #leave(sheet) {
    if (sheet.look) return this.#drop(sheet);
    this.#keeper.keep(sheet);
    // One that was done when it came was never among those to do.
    if (nextOpen(sheet.desk) === -1 && !sheet.wasDone) this.#tally.finished(sheet.desk.imageId);
    this.#leftBehind.put(sheet);
    this.#work.sheet = null;
    return this.#leases.drop();
  }

  /** Nothing of an image that was only looked at is kept. @param {Sheet} sheet */
  #drop(sheet) {
    for (const copy of [sheet.picture, sheet.overview]) copy?.close();
    this.#work.sheet = null;
  }

  /** Another image goes first; one that is done need not come again. @param {Sheet} sheet */
  #putAside(sheet) {
    this.#keeper.keep(sheet);
    if (sheet.look || isDone(sheet.desk)) this.#leave(sheet);
    else this.#conveyor.putBack(sheet);
  }

  /** The image on the desk is painted: there is time for the next ones, and none is needed of the last ones. */
  prefetch() {
    this.#conveyor.prefetch();
    this.#leftBehind.thin();
  }

  // ------------------------------------------------------------------------------------------ none at all

  /** @param {{message: string, step: import("./cards.js").Step | null}} delivery */
  #showEmpty({ message, step }) {
    this.#showCard("empty", emptyCard(message, step, () => void this.#checkAgain()), step?.title ?? "The queue is empty.");
  }

  /** @param {unknown} error @param {string} [more] what else is to be said of it */
  #cannotLoad(error, more = "") {
    const message = [messageOf(error), more].filter(Boolean).join(" ");
    const card = failedCard({ kind: kindOf(error), message }, { again: () => void this.open(), reload: () => location.reload() });
    this.#showCard("error", card, message);
  }

  /** What went wrong with what was asked for: over the image, or in its place. @param {unknown} error */
  failed(error) {
    if (this.phase === "ready") this.#notices.tell(messageOf(error));
    else this.#cannotLoad(error);
  }

  /** @param {Phase} phase @param {Card} card @param {string} said to a screen reader */
  #showCard(phase, card, said) {
    this.#enter(phase, card);
    this.#host.refresh();
    this.#notices.say(said);
  }

  /** @param {Phase} phase @param {Card | null} card */
  #enter(phase, card) {
    this.phase = phase;
    this.#host.phase(phase, card);
    if (phase !== "ready") this.#looking.begin(-1, null);
    this.#notices.card(card);
    if (phase !== "ready") this.#notices.show(null);
  }

  /** The images the server must not deal again: this one, and those whose saves are under way. @returns {number[]} */
  #atHand() {
    const { imageId } = this.#work;
    return [...this.#leftBehind.waitingIds, ...(imageId === null ? [] : [imageId])];
  }

  #leasedIds() {
    const { imageId, isLooking } = this.#work;
    const ids = [...new Set([...this.#atHand(), ...this.#conveyor.imageIds])];
    return isLooking ? ids.filter((id) => id !== imageId) : ids; // what is only looked at is somebody else's
  }
}

/** @param {unknown} error */
function kindOf(error) {
  return error instanceof ApiError ? error.kind : undefined;
}

/** Unsaved edits and the way back, kept in the browser until the server has them: a reload or a crash loses nothing. */

import { hasDrafts, isDone, isEdited, withPerson } from "../desk/desk.js";
import { selectKeypoint, selectPerson } from "../desk/selecting.js";
import { newPerson } from "../desk/opening.js";
import { changeBox, changePose, startsWithEdits } from "../desk/editing.js";
import { addPerson } from "../desk/deciding.js";
import { messageOf } from "../../shared/api.js";
import { EDITS_OF_BEFORE } from "../words.js";
import { StoreError, ownerOf } from "./store.js";

/**
 * @typedef {import("../geometry.js").Box} Box
 * @typedef {import("../desk/desk.js").Change} Change
 * @typedef {import("../desk/desk.js").Pose} Pose
 * @typedef {import("../desk/desk.js").Skeleton} Skeleton
 */

const OLD_PREFIX = "pose-editor/draft/";
const VERSION = 2;
const KEPT_MS = 14 * 24 * 3600 * 1000;

/**
 * @typedef {import("../desk/desk.js").Desk} Desk
 * @typedef {import("../desk/desk.js").Person} Person
 * @typedef {{person: number, fromAnotherStart: boolean}} Restored whose edits are back, and whether they began from
 *   another prediction or label than today's
 * @typedef {Pick<Person, "key" | "id" | "revision" | "state" | "reason" | "pose" | "box" | "savedBox" | "start" | "offered"
 *   | "from" | "startedFrom" | "model"> & {isEdited: boolean, labelRevision?: number | null}} KeptPerson labelRevision: none in a draft
 *   of an earlier version of this page
 * @typedef {{version: 2, at: number, url?: string, persons: KeptPerson[], past: Change[] | null, future: Change[] | null, person: number,
 *   keypoint: number}} Draft one image as it was left, its persons in the order of the desk. at: ms. url: the
 *   picture's, which tells its content. past, future: null in a draft of the earlier version, which had no history, nor url
 */

/** The drafts of one annotator in a store. */
export class Drafts {
  #store;
  #owner;
  #told = false;
  /** @type {Set<number>} images whose draft this page has put, or wholly put back: others may be another tab's */
  #ours = new Set();
  /** @type {Set<number>} images whose draft could not be read */
  #unread = new Set();
  /** @type {Map<number, KeptPerson[]>} by image: persons added on an earlier page, not on the desk while their letter waits */
  #leftOut = new Map();

  /** @param {import("./store.js").Store} store @param {string} owner as ownerOf names them */
  constructor(store, owner) {
    this.#store = store;
    this.#owner = owner;
  }

  /**
   * Keep this desk with its whole history; forget it where there is nothing to keep, if it is this page's.
   * @param {Desk} desk @param {number} now ms @param {number} [waiting] how many of its saves are not answered
   * @returns {Promise<boolean>} whether it outlives the page
   */
  async keep(desk, now, waiting = 0) {
    const leftOut = this.#leftOut.get(desk.imageId) ?? [];
    try {
      // Somebody whose letter still waits is in no desk, but must not vanish from the draft.
      if (leftOut.length || !isOver(desk, waiting)) await this.#put(desk, draftOf(desk, leftOut, now));
      else await this.#remove(desk);
      return this.#store.isKept;
    } catch {
      return false;
    }
  }

  /**
   * The desk as it was left, and whose unsaved edits are back. The whole history goes on where all it is about is as it
   * was; else the edits of those who are come back, each as one step of undo. Edits of an older revision are among what the
   * person can begin from: somebody has decided about them since. Left out is a draft of another picture, or of another version of this page; it
   * stays where it is. problem: why the browser keeps nothing, told once; else null.
   * @param {Desk} desk @returns {Promise<{desk: Desk, restored: Restored[], problem: string | null}>}
   */
  async restore(desk) {
    this.#leftOut.delete(desk.imageId);
    try {
      const draft = await this.#store.get("drafts", [this.#owner, desk.imageId]);
      const back = draft && isAbout(draft, desk) ? await this.#putBack(desk, draft) : { desk, restored: [] };
      /** @type {KeptPerson[]} */
      const persons = draft && isAbout(draft, desk) ? draft.persons : [];
      const older = persons.filter((kept) => isOlder(desk, kept));
      const problem = older.length ? EDITS_OF_BEFORE : this.#once(this.#store.why);
      return { ...back, desk: older.reduce(withEarlier, back.desk), problem };
    } catch (error) {
      this.#unread.add(desk.imageId);
      return { desk, restored: [], problem: this.#once(error instanceof StoreError ? error.message : unreadable(desk, error)) };
    }
  }

  /**
   * The server answered a letter of an earlier page: its person is known anew; where all is decided and nothing more
   * waits, the draft goes. Rejects with a StoreError.
   * @param {import("../server/outbox.js").Posted} letter @param {any} answer @param {boolean} isLast no other one about this image waits
   */
  answered({ imageId, personKey, body }, { person }, isLast) {
    /** @param {KeptPerson} one */
    const told = (one) => (person && one.key === personKey ? knownAnew(one, person, body) : one);
    this.#leftOut.set(imageId, (this.#leftOut.get(imageId) ?? []).map(told));
    return this.#store.change("drafts", [this.#owner, imageId], (draft) => {
      // A draft of another version of this page is left as it is.
      if (draft?.version !== VERSION) return draft;
      /** @type {KeptPerson[]} */
      const persons = draft.persons.map(told);
      return isLast && persons.every((one) => one.state !== "open") ? undefined : { ...draft, persons };
    });
  }

  /** Forget drafts older than two weeks. Rejects with a StoreError. @param {number} now ms */
  prune(now) {
    return this.#store.sweep("drafts", ({ at }) => now - at > KEPT_MS);
  }

  /** @param {string} problem */
  #once(problem) {
    if (!problem || this.#told) return null;
    this.#told = true;
    return problem;
  }

  /** @param {Desk} desk @param {Draft} draft */
  #put({ imageId }, draft) {
    this.#ours.add(imageId);
    return this.#store.put("drafts", [this.#owner, imageId], draft);
  }

  /** @param {Desk} desk */
  async #remove({ imageId }) {
    // Another tab's draft, or one that could not be read, is not ours to remove.
    if (!this.#ours.has(imageId) || this.#unread.has(imageId)) return;
    await this.#store.remove("drafts", [this.#owner, imageId]);
  }

  /** @param {Desk} desk @param {Draft} draft @returns {Promise<{desk: Desk, restored: Restored[]}>} */
  async #putBack(desk, draft) {
    const whole = continued(desk, draft);
    if (!whole) return this.#inParts(desk, draft);
    this.#ours.add(desk.imageId);
    return whole;
  }

  /** @param {Desk} desk @param {Draft} draft @returns {Promise<{desk: Desk, restored: Restored[]}>} */
  async #inParts(desk, draft) {
    const letters = await this.#store.all("letters", this.#owner);
    /** @param {KeptPerson} kept */
    const isOnTheWay = ({ key }) => letters.some((one) => one.imageId === desk.imageId && one.personKey === key);
    /** @param {KeptPerson} kept */
    const isLeftOut = (kept) => !isKnown(kept) && isOnTheWay(kept);
    this.#leftOut.set(desk.imageId, draft.persons.filter(isLeftOut));
    return inParts(desk, draft.persons.filter((kept) => !isLeftOut(kept)));
  }
}

/**
 * Move the drafts of an earlier version of this page out of localStorage. Rejects with a StoreError; then they are
 * still there. They knew no project: they are taken for this one's.
 * @param {Storage} storage @param {import("./store.js").Store} store @param {string | null} project
 */
export async function moveOldDrafts(storage, store, project) {
  for (const name of Object.keys(storage).filter((one) => one.startsWith(OLD_PREFIX))) {
    const cut = name.lastIndexOf("/");
    /** @type {import("./store.js").Key} */
    const key = [ownerOf(name.slice(OLD_PREFIX.length, cut), project), Number(name.slice(cut + 1))];
    const old = parsed(storage.getItem(name));
    if (old?.version === 1) await store.change("drafts", key, (there) => there ?? fromOld(old));
    // In a store that does not outlive the page they stay where they were.
    if (store.isKept) storage.removeItem(name);
  }
}

/** Whether a draft is of this picture, and as this version of the page keeps them. @param {Draft} draft @param {Desk} desk */
function isAbout({ version, url }, desk) {
  // The picture's address names its content: a draft of another picture would put keypoints beside people.
  return version === VERSION && (url === undefined || url === desk.url);
}

/** @param {Desk} desk @param {unknown} error */
function unreadable({ fileName }, error) {
  return `The draft of ${fileName} could not be read (${messageOf(error)}); wanted one as this page keeps them. Go on with the image as ` +
    "it is shown, and edit it anew.";
}

/** A person as the answer to a letter says the server has them.
 * @param {KeptPerson} kept @param {{id: number, revision: number}} person @param {{box?: Box}} body @returns {KeptPerson} */
function knownAnew(kept, { id, revision }, { box = kept.savedBox }) {
  return { ...kept, id, revision, savedBox: isAlike(kept.box, box) ? kept.box : box };
}

/** Whether nothing of this desk is worth keeping. @param {Desk} desk @param {number} waiting */
function isOver(desk, waiting) {
  const isFinished = isDone(desk) || desk.past.at(-1)?.kind === "finished";
  return (isFinished && !waiting && !hasDrafts(desk)) || !(desk.past.length || desk.future.length || desk.persons.some(isEdited));
}

/** @param {Desk} desk @param {KeptPerson[]} leftOut persons not on it @param {number} at ms @returns {Draft} */
function draftOf({ url, persons, past, future, person, keypoint }, leftOut, at) {
  return { version: VERSION, at, url, persons: [...persons.map(keptOf), ...leftOut], past, future: ofTheListed(future), person, keypoint };
}

/** What can be made again of those on the list: not who was taken off it, and not what was about them. @param {Change[]} future */
function ofTheListed(future) {
  return future.slice(future.findLastIndex((change) => change.kind === "added") + 1);
}

/** @param {Person} person */
function keptOf(person) {
  const { key, id, revision, state, reason, pose, box, savedBox, start, offered, from, startedFrom, model, labelRevision } = person;
  return { key, id, revision, state, reason, pose, box, savedBox, start, offered, from, startedFrom, model, labelRevision, isEdited: isEdited(person) };
}

// ---------------------------------------------------------------------------------------------- the whole history

/** The desk with the draft's history, or null where somebody it is about is not as they were. @param {Desk} desk @param {Draft} draft */
function continued(desk, draft) {
  if (draft.past === null || draft.future === null) return null;
  const fresh = draft.persons.flatMap((kept) => desk.persons.find((person) => person.id === kept.id) ?? []);
  if (fresh.length !== draft.persons.length) return null; // somebody is gone
  const ofPersons = [...draft.past, ...draft.future].filter((change) => change.kind !== "finished");
  const about = new Set(ofPersons.map((change) => change.person));
  draft.persons.forEach((kept, index) => kept.isEdited && about.add(index));
  /** @param {number} index */
  const goesOn = (index) => isAsLeft(fresh[index], draft.persons[index], desk.skeleton);
  if (![...about].every(goesOn)) return null;
  // People added since by others come last, so that the indices of the history still fit.
  const others = desk.persons.filter((person) => !fresh.includes(person));
  const persons = draft.persons.map((kept, index) => (about.has(index) ? personAsLeft(fresh[index], kept) : fresh[index]));
  const whole = { ...desk, persons: [...persons, ...others], past: draft.past, future: draft.future, person: draft.person };
  return { desk: selectKeypoint(whole, draft.keypoint), restored: restoredOf(whole, draft.persons) };
}

/** @param {Person} person @param {KeptPerson} kept @param {Skeleton} skeleton */
function isAsLeft(person, kept, skeleton) {
  return person.revision === kept.revision && person.state === kept.state && fits(kept.pose, skeleton);
}

/** @param {Pose} pose @param {Skeleton} skeleton */
function fits({ xyv }, { keypoints }) {
  return xyv.length === keypoints.length;
}

/** Where today's start or box is one of ours, ours is taken: whether somebody is edited is asked by identity.
 * @param {Person} person @param {KeptPerson} kept */
function personAsLeft(person, kept) {
  const start = [kept.start, kept.pose].find((pose) => pose && isAlike(pose.xyv, person.start?.xyv)) ?? person.start;
  const savedBox = [kept.savedBox, kept.box].find((box) => isAlike(box, person.box)) ?? person.savedBox;
  const { pose, from, startedFrom, model, labelRevision = null } = kept;
  const box = kept.box === kept.savedBox ? savedBox : kept.box;
  return { ...person, reason: person.reason ?? kept.reason, start, pose, box, savedBox, from, startedFrom, model, labelRevision };
}

/** @param {Desk} desk @param {KeptPerson[]} keptPersons */
function restoredOf(desk, keptPersons) {
  const back = [...keptPersons.keys()].filter((index) => desk.persons[index].state === "open" && isEdited(desk.persons[index]));
  return back.map((index) => ({ person: index, fromAnotherStart: hasAnotherStart(keptPersons[index], desk.persons[index]) }));
}

/** Null where a reload would have brought another start than ours anyway. @param {KeptPerson} kept @param {Person} person */
function hasAnotherStart({ start, offered }, person) {
  return start !== null && !isAlike([offered.from, offered.startedFrom], [person.offered.from, person.offered.startedFrom]);
}

/** @param {any} one @param {any} two @returns {boolean} */
function isAlike(one, two) {
  if (typeof one !== "object" || typeof two !== "object" || !one || !two) return one === two;
  const names = Object.keys(one);
  return names.length === Object.keys(two).length && names.every((name) => isAlike(one[name], two[name]));
}

// ---------------------------------------------------------------------------------------------- what still fits

/** @param {Desk} desk @param {KeptPerson[]} keptPersons */
function inParts(desk, keptPersons) {
  const before = { person: desk.person, keypoint: desk.keypoint };
  let now = desk;
  const restored = [];
  for (const kept of keptPersons.filter((one) => fits(one.pose, desk.skeleton))) {
    const next = isKnown(kept) ? withEdits(now, kept) : withAdded(now, kept);
    if (next === now) continue;
    restored.push({ person: next.person, fromAnotherStart: isKnown(kept) && hasAnotherStart(kept, next.persons[next.person]) });
    now = next;
  }
  return { desk: restored.length ? { ...now, ...before, placing: false } : desk, restored };
}

/** Whether somebody decided about a person since they were edited here. @param {Desk} desk @param {KeptPerson} kept */
function isOlder(desk, kept) {
  const person = desk.persons.find(({ id }) => id === kept.id);
  const isAnother = person !== undefined && person.revision !== kept.revision && !isAlike(person.pose.xyv, kept.pose.xyv);
  return kept.isEdited && isAnother && fits(kept.pose, desk.skeleton);
}

/** @param {Desk} desk @param {KeptPerson} kept */
function withEarlier(desk, { id, pose }) {
  const index = desk.persons.findIndex((person) => person.id === id);
  return withPerson(desk, index, { starts: startsWithEdits(desk.persons[index].starts, pose) });
}

/** Whether the server has given them an id, as far as this browser knows. @param {KeptPerson} kept */
function isKnown({ id }) {
  return typeof id === "number";
}

/** A person's edits made again, if the server knows them as we left them. @param {Desk} desk @param {KeptPerson} kept */
function withEdits(desk, kept) {
  const index = desk.persons.findIndex((person) => person.id === kept.id && person.revision === kept.revision);
  if (!kept.isEdited || desk.persons[index]?.state !== "open") return desk;
  const there = selectPerson(desk, index);
  const boxed = kept.box === kept.savedBox ? there : changeBox(there, kept.box);
  const { pose } = boxed.persons[index];
  return isAlike(pose, kept.pose) ? boxed : beginningWith(changePose(boxed, kept.pose), kept);
}

/** The last change's person, begun from what the draft began from; undo leads back to what today's began from.
 * @param {Desk} desk @param {KeptPerson} kept */
function beginningWith(desk, { from, startedFrom, model, labelRevision = null }) {
  const change = desk.past.at(-1);
  if (from === undefined || change?.kind !== "pose") return desk;
  const person = desk.persons[change.person];
  const before = { from: person.from, startedFrom: person.startedFrom, model: person.model, labelRevision: person.labelRevision };
  const begun = { before, after: { from, startedFrom, model, labelRevision } };
  return { ...withPerson(desk, change.person, begun.after), past: desk.past.with(-1, { ...change, begun }) };
}

/** Somebody added here whom the server never took: they are sent with the next decision about them.
 * @param {Desk} desk @param {KeptPerson} kept */
function withAdded(desk, { key, box, pose }) {
  const added = addPerson(desk, { ...newPerson(key, box, desk.skeleton.keypoints.length), isUnknown: true });
  return isAlike(added.persons.at(-1)?.pose, pose) ? added : changePose(added, pose);
}

// ---------------------------------------------------------------------------------------------- the old version

/** A draft as it was kept in localStorage: edits only, nothing of boxes, and no word about undecided keypoints. @param {any} old */
function fromOld({ at, persons }) {
  const kept = persons.map((/** @type {any} */ { id, revision, pose, start }) => ({
    key: id, id, revision, state: "open", reason: null, box: null, savedBox: null, isEdited: true,
    pose: { ...pose, undecided: pose.undecided ?? undecidedIn(pose, start) }, ...startFromOld(start),
  }));
  return { version: VERSION, at, persons: kept, past: null, future: null, person: 0, keypoint: 0 };
}

/** The start was kept as "student 7": from the student, prediction 7. Null where a reload would bring another pose.
 * @param {string | undefined} start */
function startFromOld(start) {
  const [from, id] = start?.split(" ") ?? [];
  return { start: start ?? null, offered: { from, startedFrom: id === "null" ? null : Number(id) } };
}

/** @param {Pose} pose @param {string | undefined} start */
function undecidedIn({ xyv, touched, placed }, start) {
  const isOpen = /^(empty|model) /.test(start ?? "");
  return xyv.map((point, i) => isOpen && point[2] === 0 && !touched[i] && !placed[i]);
}

/** @param {string | null} text */
function parsed(text) {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return null;
  }
}

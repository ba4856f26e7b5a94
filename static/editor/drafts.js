/** Unsaved edits, kept in the browser until the server has them: a reload or a crash loses nothing. */

import { changePose, isEdited, selectPerson } from "./state.js";

const PREFIX = "pose-editor/draft/";
const KEPT_MS = 14 * 24 * 3600 * 1000;

/** @typedef {{person: number, fromAnotherStart: boolean}} Restored whose edits are back, and whether they began from
 *   another prediction or label than today's */

/** The drafts of one annotator in a Storage (localStorage, or anything alike). */
export class Drafts {
  /** @param {Storage} storage @param {string} owner the annotator's name */
  constructor(storage, owner) {
    this.storage = storage;
    this.prefix = `${PREFIX}${owner}/`;
  }

  /** Keep what is edited on this desk. @param {import("./state.js").Desk} desk @param {number} now ms
   * @returns {boolean} whether the browser could keep it */
  keep(desk, now) {
    const edited = desk.persons.filter((person) => typeof person.id === "number" && isEdited(person));
    const key = this.prefix + desk.imageId;
    try {
      if (!edited.length) this.storage.removeItem(key);
      else this.storage.setItem(key, JSON.stringify({ version: 1, at: now, persons: edited.map(draftOf) }));
      return true;
    } catch {
      return false;
    }
  }

  /**
   * The desk with its kept edits made again, each as one step of undo, and whom they concern. A draft of an older
   * revision is left out: somebody has decided about that person since.
   * @param {import("./state.js").Desk} desk @returns {{desk: import("./state.js").Desk, restored: Restored[]}}
   */
  restore(desk) {
    const before = { person: desk.person, keypoint: desk.keypoint, placing: desk.placing };
    let now = desk;
    const restored = [];
    for (const { id, revision, pose, start } of this.#read(desk.imageId)) {
      const index = now.persons.findIndex((person) => person.id === id && person.revision === revision);
      if (index === -1 || now.persons[index].state !== "open" || pose.xyv.length !== desk.skeleton.keypoints.length) continue;
      now = changePose(selectPerson(now, index), pose);
      restored.push({ person: index, fromAnotherStart: start != null && start !== startOf(now.persons[index]) });
    }
    return { desk: restored.length ? { ...now, ...before, placing: false } : desk, restored };
  }

  /** Forget drafts older than two weeks. @param {number} now ms */
  prune(now) {
    for (const key of Object.keys(this.storage).filter((name) => name.startsWith(PREFIX))) {
      const { at = 0 } = parsed(this.storage.getItem(key)) ?? {};
      if (now - at > KEPT_MS) this.storage.removeItem(key);
    }
  }

  #read(imageId) {
    const draft = parsed(this.storage.getItem(this.prefix + imageId));
    return draft?.version === 1 ? draft.persons : [];
  }
}

function draftOf(person) {
  const { id, revision, pose } = person;
  return { id, revision, pose, start: startOf(person) };
}

/** Which pose a reload would start from: "student 7" is prediction 7. Null where it would bring another than ours. */
function startOf({ from, startedFrom, start }) {
  return start && `${from} ${startedFrom}`;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

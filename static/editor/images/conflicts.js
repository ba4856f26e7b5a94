/** A decision that the server refused since somebody decided about the person meanwhile: both are shown, and one is chosen. Knows
 * no DOM. */

import { messageOf } from "../../shared/api.js";
import { byKey, isEdited, withKnown } from "../desk/desk.js";
import { startsWithEdits } from "../desk/editing.js";
import { personFrom } from "../desk/opening.js";
import * as words from "../words.js";

/**
 * @typedef {import("./conveyor.js").Sheet} Sheet @typedef {import("../desk/desk.js").Desk} Desk
 * @typedef {import("../desk/desk.js").Person} Person @typedef {import("../desk/desk.js").Theirs} Theirs
 * @typedef {object} Parts
 * @property {Pick<import("../../shared/api.js").Api, "get">} api
 * @property {import("../work.js").Work} work
 * @property {Pick<import("../panel/notices.js").Notices, "tell" | "explain">} notices
 * @typedef {object} Host
 * @property {() => void} refresh
 * @property {(verdict: import("../desk/desk.js").Verdict) => void} decide about who is selected
 */

/** Those of one page. */
export class Conflicts {
  #parts;
  #host;

  /** @param {Parts} parts @param {Host} host */
  constructor(parts, host) {
    this.#parts = parts;
    this.#host = host;
  }

  /** Somebody's decision was refused for another's: what that was is asked for, and shown. @param {Sheet} sheet @param {Person} person */
  async arrived(sheet, { id, key, revision, conflict }) {
    if (!conflict || typeof id !== "number") return;
    /** @type {import("../../shared/contract.d.ts").HistoryPayload | null} */
    const history = await this.#parts.api.get(`/api/persons/${id}/history`).catch(() => null); // the image may be loaded again instead
    if (!history || history.revision === revision || byKey(sheet.desk, key)?.conflict !== conflict) return; // decided about again meanwhile
    sheet.desk = withKnown(sheet.desk, key, { conflict: { ...conflict, theirs: theirsOf(history) } });
    if (sheet === this.#parts.work.sheet) this.#host.refresh();
  }

  /** One's own is decided again, on top of what the other decided, which stays in the history. */
  keepMine() {
    const { work } = this.#parts;
    const { person } = work;
    if (!person?.conflict?.theirs) return;
    const { verdict, theirs } = person.conflict;
    // As the server has the person now: what is decided next is about that.
    const state = verdict.state === "open" ? "open" : person.state;
    work.change(withKnown(work.desk, person.key, { revision: theirs.revision, problem: null, conflict: null, state }));
    this.#host.decide(verdict);
  }

  /** The other's is taken; one's own edits are among what the person can start from. */
  async takeTheirs() {
    const { api, work, notices } = this.#parts;
    const { sheet, person } = work;
    if (!sheet || !person?.conflict) return;
    try {
      /** @type {import("../../shared/contract.d.ts").TaskPayload} */
      const task = await api.get(`/api/images/${sheet.desk.imageId}/task`);
      const now = byKey(sheet.desk, person.key);
      if (sheet !== work.sheet || !now?.conflict) return;
      const payload = task.persons.find(({ id }) => id === person.id);
      if (!payload) return notices.tell(words.GONE);
      work.change(withTheirs(sheet.desk, now, personFrom(payload)));
      notices.explain(words.TOOK_THEIRS);
    } catch (error) {
      notices.tell(messageOf(error));
    }
  }
}

/** What stands in the way: the last thing decided, and the label that counts, or the last there was.
 * @param {import("../../shared/contract.d.ts").HistoryPayload} history @returns {Theirs} */
function theirsOf({ revision, state, entries }) {
  const [last] = entries;
  const labels = entries.flatMap(({ label }) => label ?? []);
  const label = state === "accepted" ? labels.find(({ counts }) => counts) ?? null : null;
  return { revision, state, by: last?.by ?? "", at: last?.at ?? null, what: last?.what ?? "", xyv: label?.xyv ?? null };
}

/** @param {Desk} desk @param {Person} mine @param {Person} theirs @returns {Desk} */
function withTheirs(desk, mine, theirs) {
  const index = desk.persons.indexOf(mine);
  const starts = isEdited(mine) ? startsWithEdits(theirs.starts, mine.pose) : theirs.starts;
  /** @param {import("../desk/desk.js").Change} change */
  const isOfOthers = (change) => change.person !== index || change.kind === "finished" || change.kind === "added";
  return {
    ...desk, persons: desk.persons.with(index, { ...theirs, key: mine.key, starts }), past: desk.past.filter(isOfOthers),
    future: desk.future.filter(isOfOthers), placing: false,
  };
}

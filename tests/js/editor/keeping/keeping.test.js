import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { test } from "node:test";

import { ApiError } from "../../../../static/shared/api.js";
import { LeftBehind } from "../../../../static/editor/images/left_behind.js";
import { Decisions } from "../../../../static/editor/server/decisions.js";
import { Drafts } from "../../../../static/editor/keeping/drafts.js";
import { Outbox } from "../../../../static/editor/server/outbox.js";
import { Saving } from "../../../../static/editor/server/saving.js";
import { hasDrafts } from "../../../../static/editor/desk/desk.js";
import { selectPerson } from "../../../../static/editor/desk/selecting.js";
import { openDesk } from "../../../../static/editor/desk/opening.js";
import { changeBox, movePoint } from "../../../../static/editor/desk/editing.js";
import * as deciding from "../../../../static/editor/desk/deciding.js";
import { MemoryStore } from "../../../../static/editor/keeping/store.js";
import { numbersFrom } from "../../chance.js";
import { person, task } from "../../tasks.js";

const DECISIONS = { accepted: "/api/accept", skipped: "/api/skip", not_a_person: "/api/not-a-person", open: "/api/reopen" };
const STANDS = Object.fromEntries(Object.entries(DECISIONS).map(([stands, path]) => [path, stands]));

/** A server that carries each key out once, refuses a stale revision, and fails as often as it is told. */
class Server {
  persons = [person(1), person(2), person(3)];
  log = [];
  answers = new Map();
  refused = [];
  faults = 0;

  constructor(random) {
    this.random = random;
  }

  async take(path, body) {
    if (this.random() < this.faults) throw new ApiError("offline", "The server cannot be reached.");
    const answer = this.answers.get(body.key) ?? this.carryOut(path, structuredClone(body));
    await setImmediate();
    if (this.random() < this.faults) throw new ApiError("offline", "The answer was lost.");
    return answer;
  }

  carryOut(path, body) {
    if (body.image_id && path !== "/api/persons") return this.aboutImage(path, body);
    const one = path === "/api/persons" ? this.add(body) : this.persons.find(({ id }) => id === body.person_id);
    if (path !== "/api/persons" && one?.revision !== body.revision) {
      this.refused.push([path, body]);
      throw new ApiError("refused", "somebody was faster", { status: 409, code: "revision_conflict" });
    }
    if (path !== "/api/persons") {
      const label = path === "/api/accept" ? body.xyv : null;
      Object.assign(one, { revision: one.revision + 1, state: STANDS[path], label, box: body.box ?? one.box });
    }
    this.log.push([one.id, path]);
    const answer = { person: { id: one.id, revision: one.revision, state: one.state }, image_done: false, repeated: false };
    this.answers.set(body.key, answer);
    return answer;
  }

  aboutImage(path, { key }) {
    this.log.push(["image", path]);
    this.answers.set(key, { image_done: false, repeated: false });
    return this.answers.get(key);
  }

  add({ box }) {
    const id = this.persons.length + 1;
    const xyv = person(1).start.xyv.map(() => [0, 0, 0]);
    this.persons.push(person(id, { box, start: { xyv, from: "empty", prediction_id: null } }));
    return this.persons.at(-1);
  }

  task() {
    const labelled = ({ label, ...one }) => (label ? { ...one, start: { ...one.start, xyv: label, from: "label" } } : one);
    return task(...this.persons.map(labelled));
  }
}

/** One page: what the editor does about keeping, without anything to see. */
class Page {
  isDead = false;
  due = null;

  constructor(server, store) {
    this.drafts = new Drafts(store, "ann");
    this.outbox = new Outbox({
      send: (path, body) => this.unlessDead(server.take(path, body)),
      clock: { now: () => 0, later: (work) => (this.due = work), never: () => (this.due = null) },
      strays: { answered: (letter, answer, isLast) => this.drafts.answered(letter, answer, isLast), refused: () => {} },
    });
    this.saving = new Saving(this.outbox, { saved: (sheet) => this.keep(sheet), refused: (sheet) => this.keep(sheet) });
    const take = (desk) => (this.sheet.desk = desk);
    const unseen = { letGo() {}, next() {}, layAgain() {}, explain() {}, say() {} };
    this.deciding = new Decisions(this.saving, new LeftBehind(), { sheet: () => this.sheet, change: take, goTo: take, ...unseen });
    this.server = server;
    this.store = store;
  }

  unlessDead(promise) {
    return new Promise((resolve, reject) => {
      promise.then((answer) => this.isDead || resolve(answer), (error) => this.isDead || reject(error));
    });
  }

  async open() {
    await this.outbox.open(this.store, "ann");
    while (this.outbox.outlook.pending) await this.outbox.retry();
    const { desk } = await this.drafts.restore(openDesk(this.server.task()));
    this.sheet = { desk, waiting: 0 };
  }

  keep(sheet = this.sheet) {
    return this.drafts.keep(sheet.desk, 0, sheet.waiting);
  }

  /** @returns {string | null} the path at which the server must hear of it */
  decide(index, verdict) {
    if (this.sheet.desk.persons[index].state === verdict.state) return null;
    this.sheet.desk = selectPerson(this.sheet.desk, index);
    this.deciding.decide(verdict);
    return DECISIONS[verdict.state];
  }

  finish() {
    this.saving.finished(this.sheet);
    this.sheet.desk = deciding.finish(this.sheet.desk);
  }

  /** @returns {[object, string] | null} whom the server must hear about, and at which path */
  undo() {
    const change = this.sheet.desk.past.at(-1);
    if (!change) return null;
    const one = this.sheet.desk.persons[change.person];
    this.deciding.undo();
    if (change.kind === "finished") return [{ id: "image" }, "/api/reopen-image"];
    if (change.kind === "pose" || change.kind === "box") return null;
    return [one, change.kind === "added" ? "/api/not-a-person" : DECISIONS[change.before.state]];
  }
}

/** What an annotator sees of a desk, can take back, and can make again of those on the list. */
function seen({ persons, past, future }) {
  const again = future.length - 1 - future.findLastIndex((change) => change.kind === "added");
  const shown = persons.filter((one) => one.state !== "not_a_person" || one.id <= 3);
  return [shown.map((one) => [one.box.x, one.state, one.pose.xyv]), past.length, again];
}

for (let seed = 1; seed <= 40; seed++) {
  test(`whatever fails and whenever the page ends, each decision is saved once and in order, and nothing is lost (${seed})`, async () => {
    const random = numbersFrom(seed);
    const below = (count) => Math.floor(random() * count);
    const server = new Server(random);
    const store = new MemoryStore();
    const expected = [];
    const nameOf = ({ id, box }) => (id <= 3 || id === "image" ? id : `box ${box.width}`); // no two added ones are as wide
    const expect = (one, path) => path && expected.push([nameOf(one), path]);
    let page = new Page(server, store);
    await page.open();
    server.faults = [0, 0.2, 0.5][below(3)];
    for (let step = 0; step < 60; step++) {
      const { desk } = page.sheet;
      const index = 1 + below(desk.persons.length - 1); // the first one stays open: an image that is done is over
      const one = desk.persons[index];
      const choice = below(12);
      if (choice < 3) {
        page.sheet.desk = movePoint(selectPerson(desk, below(desk.persons.length)), { x: step, y: step });
      } else if (choice < 6) expect(one, page.decide(index, { state: Object.keys(DECISIONS)[below(4)], reason: "blurred" }));
      else if (choice === 6) {
        page.deciding.addPerson({ x: 100 + step, y: 1, width: 10 + step, height: 9, angle: 0 });
        expect(page.sheet.desk.persons.at(-1), "/api/persons");
      } else if (choice < 9) expect(...(page.undo() ?? [null, null]));
      else if (choice === 9) {
        const there = selectPerson(desk, index);
        page.sheet.desk = changeBox(there, { ...one.box, x: 200 + step });
      } else if (choice === 10) {
        if (!hasDrafts(desk)) continue; // an image that is finished and holds nothing unsaved is over
        page.finish();
        expect({ id: "image" }, "/api/finish");
      }
      else {
        const before = seen(page.sheet.desk);
        page.isDead = true;
        page = new Page(server, store);
        await page.open();
        assert.deepEqual(seen(page.sheet.desk), before);
        continue;
      }
      await page.keep();
      for (let i = below(4); i > 0; i--) await setImmediate();
      if (random() < 0.5 && page.due) page.outbox.retry();
    }
    server.faults = 0;
    page.isDead = true;
    const last = new Page(server, store);
    await last.open();
    for (const one of last.sheet.desk.persons) {
      const { box } = server.persons[one.id - 1];
      assert.deepEqual(one.savedBox, box);
      if (one.state !== "open") assert.equal(one.box, one.savedBox);
    }
    const named = server.log.map(([id, path]) => [nameOf(server.persons[id - 1] ?? { id }), path]);
    assert.deepEqual(server.refused, []);
    assert.equal(named.length, expected.length);
    for (const name of new Set(expected.map(([who]) => who))) {
      assert.deepEqual(named.filter(([who]) => who === name), expected.filter(([who]) => who === name));
    }
    assert.equal(await store.count("letters"), 0);
  });
}

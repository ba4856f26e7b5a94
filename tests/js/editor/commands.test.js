import assert from "node:assert/strict";
import { test } from "node:test";

import { Commands } from "../../../static/editor/commands.js";
import { selectKeypoint } from "../../../static/editor/desk/selecting.js";
import { isViewing } from "../../../static/editor/images/looking.js";
import { BINDINGS } from "../../../static/editor/input/keys.js";
import * as words from "../../../static/editor/words.js";
import { person } from "../tasks.js";
import { atWork } from "./at_work.js";

/** The commands of somebody at work; of every other part, what was asked of it is written down. */
function commander(...persons) {
  const here = atWork(...persons);
  const asked = [];
  const part = (name, known = {}) => new Proxy(known, {
    get: (all, method) => all[method] ?? ((...args) => asked.push([`${name}.${String(method)}`, ...args])),
  });
  const notices = part("notices", { isShown: false, explain: (text) => here.explained.push(text), say: (text) => here.said.push(text) });
  const menu = part("menu", { close: () => false });
  const history = part("history", { close: () => false });
  const panel = part("panel", { notices, menu, history, refs: { stage: part("stage"), help: part("help"), skip: null } });
  const commands = new Commands({
    work: here.work, viewing: here.viewing, hand: here.hand, panel, notices, decisions: part("decisions"), images: part("images", { phase: "ready" }),
    drawing: part("drawing"), keyboard: part("keyboard"), api: part("api", { get: async () => ({ images: [], persons: [] }) }),
    leaveFor: (address) => asked.push(["leaveFor", address]), refresh: () => {},
  });
  return { ...here, commands, asked, run: (name, how) => commands.run(name, how), last: () => asked.at(-1) };
}

test("every key stands for a command there is, and every command has a key", () => {
  const { commands } = commander(person(1));
  assert.deepEqual(commands.names.toSorted(), BINDINGS.map(({ command }) => command).toSorted());
});

test("Enter accepts with a free hand, and puts a tool away", () => {
  const { run, hand, last } = commander(person(1));
  run("accept");
  assert.deepEqual(last(), ["decisions.accept"]);
  run("transform");
  run("accept");
  assert.ok(hand.isFree);
});

test("arrows move by one pixel of the image or by ten, as the screen shows it", () => {
  const { run, work } = commander(person(1));
  run("nudge-right");
  run("nudge-down-far");
  assert.deepEqual(work.person.pose.xyv[0], [21, 41, 2]);
});

test("of an image that may only be looked at, what changes nothing can be asked for", () => {
  const { run, work, commands, explained } = commander(person(1));
  work.sheet.look = { heldBy: "bob", reason: null };
  const before = work.desk.persons;
  const changing = commands.names.filter((name) => !isViewing(name) && !["help", "sheet", "recent", "sent-back"].includes(name));
  for (const name of changing) run(name);
  assert.deepEqual(explained, changing.map(() => words.ONLY_LOOKING));
  assert.equal(work.desk.persons, before);
});

test("without an image there are the help, the sheet and the last ones", () => {
  const { commands, asked, explained } = commander(person(1));
  const none = new Commands({ .../** @type {any} */ ({ images: { phase: "empty" }, panel: { refs: { help: { showModal: () => asked.push(["help"]) } } } }), leaveFor: (to) => asked.push([to]) });
  for (const name of commands.names) if (!["recent", "sent-back"].includes(name)) none.run(name);
  assert.deepEqual(asked, [["help"], ["/sheet/"]]);
  assert.deepEqual(explained, []);
});

test("Escape stops one thing a press, and gives Tab back in the end", () => {
  const { run, hand, work, last } = commander(person(1, { start: { xyv: person(1).start.xyv.with(1, [0, 0, 0]), from: "model", undecided: [1] } }));
  work.change(selectKeypoint(work.desk, 1));
  run("box-edit");
  run("cancel");
  assert.ok(hand.isFree && work.desk.placing);
  run("cancel");
  assert.equal(work.desk.placing, false);
  run("cancel");
  assert.deepEqual(last(), ["keyboard.letTabLeave"]);
});

test("a reason chosen once somebody else is selected skips nobody", () => {
  const { run, asked, work } = commander(person(1), person(2));
  run("skip");
  const [, , items] = asked.find(([what]) => what === "menu.open");
  run("person-next");
  items[0].act();
  assert.ok(!asked.some(([what]) => what === "decisions.decide"));
  run("person-previous");
  items[0].act();
  assert.deepEqual(asked.at(-1), ["decisions.decide", { state: "skipped", reason: "blurred" }]);
  assert.equal(work.desk.person, 0);
});

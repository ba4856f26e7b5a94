import assert from "node:assert/strict";
import { test } from "node:test";

import { openDesk } from "../../../../static/editor/desk/opening.js";
import { SaveStatus } from "../../../../static/editor/panel/save_status.js";
import { person, task } from "../../tasks.js";

const OUTLOOK = { state: "saved", pending: 0, message: "", retryAt: 0 };

function status() {
  const said = [];
  const bar = [];
  const shown = [];
  const saveStatus = new SaveStatus({ say: (text) => said.push(text), status: (...args) => bar.push(args), show: (notice) => shown.push(notice) });
  const show = (outlook, more = {}) => saveStatus.show({
    outlook: { ...OUTLOOK, ...outlook }, desk: openDesk(task(person(1))), leftBehind: [], isReady: true, isLooking: false, ...more,
  });
  return { show, said, bar, shown };
}

test("what cannot be saved is said once, and so is that it arrived", () => {
  const { show, said } = status();
  const away = { state: "waiting", pending: 1, message: "The server cannot be reached.", retryAt: Date.now() + 2000 };
  assert.equal(show(away), "unsaved");
  show(away);
  show({ state: "saving", pending: 1 });
  assert.equal(show({}), "saved");
  assert.equal(said.length, 2);
  assert.equal(said[1], "Saved: what waited is at the server.");
});

test("a page that has done nothing yet does not claim that it saved", () => {
  const { show, bar } = status();
  show({}, { desk: null });
  assert.equal(bar.at(-1)[1], "");
  show({ state: "saving", pending: 1 });
  show({}, { desk: null });
  assert.equal(bar.at(-1)[1], "Saved");
});

test("where the session has ended the annotator is asked to sign in, until it is done", () => {
  const { show, shown } = status();
  show({ state: "signed-out", pending: 2 }, { isReady: false });
  assert.deepEqual(shown, [], "no image to say it over");
  show({ state: "signed-out", pending: 2 });
  assert.equal(shown.at(-1).button, "Sign in");
  show({ state: "saving", pending: 2 });
  assert.equal(shown.at(-1), null);
  show({});
  assert.equal(shown.length, 2);
});

import assert from "node:assert/strict";
import { test } from "node:test";

import { bind } from "../../../static/header/header.js";

/** A header on a page whose server gives these sessions in turn; tells what was posted and where the page went. */
async function header(...sessions) {
  const told = { posted: [], went: [], who: { textContent: "" } };
  globalThis.location = { assign: (path) => told.went.push(path) };
  globalThis.fetch = async (path, options = {}) => {
    const session = sessions.length > 1 && path === "/api/session" ? sessions.shift() : sessions[0];
    if (path === "/api/session") return Response.json(session ?? {}, { status: session ? 200 : 401 });
    told.posted.push([path, options.headers["X-CSRF-Token"]]);
    return { ok: false, type: "opaqueredirect", status: 0 };
  };
  const button = { addEventListener: (_, act) => (told.signOut = act) };
  const parts = { ".who": told.who, button };
  await bind({ element: { querySelector: (name) => parts[name], querySelectorAll: () => [] } });
  return told;
}

const session = (csrf) => ({ user: { name: "ann", role: "annotator" }, csrf });

test("the header names who is signed in and signs them out", async () => {
  const told = await header(session("one"));
  assert.equal(told.who.textContent, "ann");
  await told.signOut();
  assert.deepEqual([told.posted, told.went], [[["/logout", "one"]], ["/login"]]);
});

test("after signing in again in another tab, signing out ends the session there is now", async () => {
  const told = await header(session("old"), session("new"));
  await told.signOut();
  assert.deepEqual(told.posted, [["/logout", "new"]]);
});

test("with the session over already, signing out just leads to the login", async () => {
  const told = await header(session("old"), null);
  await told.signOut();
  assert.deepEqual([told.posted, told.went], [[], ["/login"]]);
});

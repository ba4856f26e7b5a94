/** Accounts, tokens and the log in words. */

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  actorsOf, offers, sayBrowsers, sayDetails, sayDone, sayEnd, sayHours, sayLink, sayOutside, sayState, sayVia, sayWhen, scopesOf, sentence,
} from "../../../static/team/words.js";

const now = new Date(2026, 10, 30, 16, 30);
const here = { locale: "en-GB", now };
const at = (...parts) => new Date(...parts).toISOString();
const account = (more = {}) => ({
  id: 2, name: "anna", role: "annotator", state: "active", created_at: at(2026, 0, 1), link_until: null, sessions: 1, seen_at: null, ...more,
});
const acts = (found) => found.map(({ act }) => act);

test("a moment is told as short as it can be", () => {
  assert.equal(sayWhen(at(2026, 10, 30, 9, 5), here), "09:05");
  assert.equal(sayWhen(at(2026, 10, 29, 9, 5), here), "29 Nov, 09:05");
  assert.equal(sayWhen(at(2025, 10, 29, 9, 5), here), "29 Nov 2025, 09:05");
});

test("a moment is in the reader's language", () => {
  assert.match(sayWhen(at(2026, 9, 29, 21, 5), { locale: "en-US", now }), /^Oct 29, 9:05.PM$/);
});

test("the state of an account says what waits", () => {
  const until = at(2026, 11, 7, 16, 40);
  assert.equal(sayState(account()), "active");
  assert.equal(sayState(account({ state: "invited", link_until: until }), here), "invited until 7 Dec, 16:40");
  assert.equal(sayState(account({ link_until: until }), here), "active, a link waits until 7 Dec, 16:40");
  assert.match(sayState(account({ state: "no_password" })), /make a link/);
  assert.equal(sayState(account({ state: "disabled", link_until: until })), "disabled");
  assert.deepEqual([0, 1, 3].map(sayBrowsers), ["nowhere", "1 browser", "3 browsers"]);
});

test("to an account is offered what would change it", () => {
  assert.deepEqual(acts(offers(account(), "lead")), ["new_link", "make_reviewer", "make_lead", "sign_out", "disable"]);
  assert.deepEqual(acts(offers(account({ role: "lead", sessions: 0 }), "lead")), ["new_link", "make_annotator", "make_reviewer", "disable"]);
  assert.deepEqual(acts(offers(account({ state: "disabled" }), "lead")), ["enable"]);
});

test("disabling asks first, and so does whatever ends one's own page", () => {
  const asked = (found) => acts(found.filter(({ question }) => question !== null));
  assert.deepEqual(asked(offers(account(), "lead")), ["disable"]);
  assert.deepEqual(asked(offers(account({ role: "lead" }), "anna")), ["make_annotator", "make_reviewer", "sign_out", "disable"]);
  const { question } = offers(account(), "lead").find(({ act }) => act === "disable");
  assert.match(question, /signed out at once, their labels stay/);
});

test("whatever was done is told with the name", () => {
  for (const act of ["disable", "enable", "make_lead", "make_reviewer", "make_annotator", "new_link", "sign_out"]) assert.match(sayDone(act, "anna"), /anna/);
});

test("a link says how often it opens, how long, and to whom to send it", () => {
  const said = sayLink("anna", at(2026, 11, 7, 16, 30), now);
  assert.match(said, /^It opens once within 7 days\. Send it to anna/);
  assert.match(sayLink("anna", at(2026, 11, 1, 16, 30), now), /within 1 day\./);
  assert.match(sayLink("anna", null, now), /^It opens once\. /);
});

test("a token says when it ends, and that it has", () => {
  assert.equal(sayEnd(null, here), "never");
  assert.equal(sayEnd(at(2026, 11, 7, 16, 40), here), "7 Dec, 16:40");
  assert.equal(sayEnd(at(2026, 10, 7, 16, 40), here), "over since 7 Nov, 16:40");
});

test("an annotator's tokens are no lead's", () => {
  assert.deepEqual(scopesOf("annotator"), ["read", "label"]);
  assert.deepEqual(scopesOf("lead"), ["read", "label", "lead"]);
});

test("the log says how something was done where it was not on a page", () => {
  assert.deepEqual(["page", "command", "link", "token night job"].map((via) => sayVia({ via })),
    ["", "by a command", "by a link", "by the token “night job”"]);
});

test("the log's details are words", () => {
  assert.equal(sayDetails({}), "");
  assert.equal(sayDetails({ role: "lead", days: null, first_link: true, of: [1] }), "role: lead, days: none, first link: yes, of: 1");
  assert.equal(sayDetails({ wrong: 0.2, empty: 0.1, before: { wrong: 0.02, empty: 0 } }),
    "one keypoint put wrong: 20 %, without their start: 10 %, before: (one keypoint put wrong: 2 %, without their start: 0 %)");
  assert.equal(sayDetails({ twice: 0.05, before: 0.1 }), "labelled twice: 5 %, before: 10 %");
  assert.equal(sayDetails({ share: 0.1, first: 20, before: 3 }), "reviewed: 10 %, of everybody new the first: 20, before: 3");
  assert.equal(sayDetails({ of: [], goes: { images: [1, 2] } }), "of: none, goes: (images: 1, 2)");
});

test("a number that a field does not take is said with the limits", () => {
  assert.equal(sayOutside("Labelled twice", "60", 0, 50), "Labelled twice: 60 was given; wanted one from 0 to 50. Nothing was saved.");
  assert.match(sayOutside("Labelled twice", "", 0, 50), /no number was given/);
});

test("the log can be narrowed to whoever is here or in it, once each", () => {
  assert.deepEqual(actorsOf([{ name: "lead" }, { name: "anna" }], [{ actor: "lead" }, { actor: "gone" }]), ["anna", "gone", "lead"]);
});

test("hours and the server's words", () => {
  assert.deepEqual([1, 12, 0.5].map(sayHours), ["1 hour", "12 hours", "0.5 hours"]);
  assert.equal(sentence("'lead' is the only lead."), "'lead' is the only lead.");
  assert.equal(sentence("there is none."), "There is none.");
});

import assert from "node:assert/strict";
import { test } from "node:test";

import { Api, newKey } from "../../../static/shared/api.js";

const answer = (status, body) => new Response(JSON.stringify(body), { status });

/** A fetch that gives these answers in turn; sent tells what was asked. */
function fetchGiving(...answers) {
  const sent = [];
  const fetch = async (path, options) => {
    sent.push({ path, ...options });
    const next = path === "/api/session" ? answer(200, { user: { name: "ann" }, project: "one", csrf: `token ${sent.length}` }) : answers.shift();
    if (next instanceof Error) throw next;
    return next;
  };
  return { fetch, sent };
}

test("an unsafe request carries the session's token, asked for once", async () => {
  const { fetch, sent } = fetchGiving(answer(200, { ok: 1 }), answer(200, { ok: 2 }));
  const api = new Api({ fetch });
  await api.post("/api/accept", { key: "a" });
  assert.deepEqual(await api.post("/api/skip", { key: "b" }), { ok: 2 });
  assert.deepEqual(sent.map((one) => one.path), ["/api/session", "/api/accept", "/api/skip"]);
  assert.equal(sent[1].headers["X-CSRF-Token"], "token 1");
});

test("a stale token is fetched anew, and the same request sent once more", async () => {
  const { fetch, sent } = fetchGiving(answer(403, { error: { code: "csrf", message: "stale" } }), answer(200, { ok: 1 }));
  await new Api({ fetch }).post("/api/accept", { key: "a" });
  assert.equal(sent.at(-1).headers["X-CSRF-Token"], "token 3");
  assert.equal(sent[1].body, sent[3].body);
});

test("failures are told apart: no answer, signed out, refused", async () => {
  const kinds = [];
  for (const reply of [new TypeError("no network"), answer(503, {}), answer(429, {}), answer(401, {}),
    answer(409, { error: { code: "lease_lost", message: "bob holds it" } })]) {
    const { fetch } = fetchGiving(reply);
    await new Api({ fetch }).post("/api/accept", {}).catch((error) => kinds.push([error.kind, error.message]));
  }
  assert.deepEqual(kinds.map(([kind]) => kind), ["offline", "offline", "offline", "signed-out", "refused"]);
  assert.equal(kinds[4][1], "bob holds it");
});

test("the next image is asked for without those at hand", async () => {
  const { fetch, sent } = fetchGiving(answer(200, { task: null }), answer(200, { task: null }));
  await new Api({ fetch }).next();
  await new Api({ fetch }).next([3, 5]);
  assert.deepEqual(sent.map((one) => one.path), ["/api/next", "/api/next?exclude=3,5"]);
});

test("keys differ, also where the browser has no randomUUID", () => {
  const bare = { getRandomValues: (bytes) => crypto.getRandomValues(bytes) };
  const keys = new Set([newKey(), newKey(), newKey(bare), newKey(bare)]);
  assert.equal(keys.size, 4);
  assert.ok([...keys].every((key) => key.length >= 8 && key.length <= 64));
});

test("an image whose bytes break off is an answer missed, which is asked for again, and gets longer than a save", async () => {
  const limits = [];
  const { timeout } = AbortSignal;
  AbortSignal.timeout = (ms) => (limits.push(ms), timeout.call(AbortSignal, ms));
  try {
    const broken = { ok: true, blob: async () => { throw new TypeError("network error"); } };
    await assert.rejects(new Api({ fetch: async () => broken }).picture("/img/1/ab"), { kind: "offline" });
    await new Api({ fetch: async () => answer(200, { task: null }) }).next();
  } finally {
    AbortSignal.timeout = timeout;
  }
  assert.ok(limits[0] >= 60_000 && limits[0] > limits[1]);
});

test("what one annotator decided is never sent as another's who signed in meanwhile", async () => {
  const sent = [];
  const users = ["ann", "bob", "ann"];
  const fetch = async (path, options) => {
    if (path === "/api/session") return answer(200, { user: { name: users.shift() }, project: "one", csrf: `token ${users.length}` });
    sent.push(options.headers["X-CSRF-Token"]);
    return sent.length === 1 ? answer(403, { error: { code: "csrf", message: "stale" } }) : answer(200, { ok: 1 });
  };
  const api = new Api({ fetch });
  await assert.rejects(api.post("/api/accept", { key: "a" }), (error) => error.kind === "signed-out" && /bob is signed in here now/.test(error.message));
  assert.deepEqual(sent, ["token 2"], "nothing was sent with bob's token");
  assert.deepEqual(await api.post("/api/accept", { key: "a" }), { ok: 1 }, "ann is back");
});

test("what was decided in one project is never sent to another that took its address", async () => {
  const projects = ["one", "another", "another"];
  const sent = [];
  const fetch = async (path) => {
    if (path === "/api/session") return answer(200, { user: { name: "ann" }, project: projects.shift(), csrf: "token" });
    sent.push(path);
    return answer(401, { error: { code: "signed_out", message: "Sign in." } });
  };
  const api = new Api({ fetch });
  const ends = (kind, words) => (error) => error.kind === kind && words.test(error.message);
  await assert.rejects(api.post("/api/accept", { key: "a" }), ends("signed-out", /Sign in/));
  await assert.rejects(api.post("/api/accept", { key: "a" }), ends("another-project", /Another project is at this address now/));
  await assert.rejects(api.post("/api/accept", { key: "a" }), ends("another-project", /Reload the page/));
  assert.deepEqual(sent, ["/api/accept"]);
});

test("as long as there is no project it is asked again; the first one is this page's", async () => {
  const projects = [null, null, "one"];
  const asked = [];
  const fetch = async (path) => {
    asked.push(path);
    return answer(200, { user: { name: "ann" }, project: projects.shift(), csrf: "token" });
  };
  const api = new Api({ fetch });
  const found = [];
  for (let i = 0; i < 4; i += 1) found.push((await api.session()).project);
  assert.deepEqual([found, asked.length], [[null, null, "one", "one"], 3]);
});

test("a store that is away and a full disk mean: the same again later, in the server's words", async () => {
  for (const [status, code, message] of [[503, "not_just_now", "The store does not answer."], [507, "disk_full", "The disk is full."],
    [500, "server_error", "The server failed at this."]]) {
    const { fetch } = fetchGiving(answer(status, { error: { code, message } }));
    const error = await new Api({ fetch }).post("/api/accept", { key: "a" }).catch((caught) => caught);
    assert.deepEqual([error.kind, error.status, error.code, error.message], ["offline", status, code, message]);
  }
});

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { send } from "../../../static/lead/sending.js";

globalThis.document = /** @type {any} */ (new EventTarget());
const { fetch } = globalThis;
afterEach(() => (globalThis.fetch = fetch));

/** @param {(path: string) => [status: number, body: string]} answer */
function server(answer) {
  const asked = [];
  globalThis.fetch = async (path, options = {}) => {
    asked.push([path, options.headers?.["X-CSRF-Token"] ?? null, options.body ?? null]);
    const [status, body] = path === "/api/session" ? [200, '{"csrf": "token"}'] : answer(path);
    return new Response(body, { status });
  };
  return asked;
}

test("a file goes with the token of the session there is now", async () => {
  const asked = server(() => [200, '{"id": 3}']);
  let told = 0;
  document.addEventListener("lead-acted", () => told++);
  assert.deepEqual(await send("/api/labels", "the file", "application/json"), { id: 3 });
  assert.deepEqual(asked, [["/api/session", null, null], ["/api/labels", "token", "the file"]]);
  assert.equal(told, 1, "every part of the page asks at once");
});

test("a refusal is in the server's words, else names its status", async () => {
  server(() => [422, '{"error": {"message": "No person in it."}}']);
  await assert.rejects(send("/api/labels", "", "text/plain"), { message: "No person in it." });
  server(() => [502, "<html>"]);
  await assert.rejects(send("/api/labels", "", "text/plain"), { message: /answered 502/ });
});

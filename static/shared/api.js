/** The editor's contract with the server, version 1 (docs/architecture.md): requests, and what their failures mean. */

/**
 * What a request failed of. kind "offline": no answer, or the server is unwell: the same request may be sent again.
 * "signed-out": the session has ended. "another-project": this page's is not at the address any more. "refused": the server
 * understood and said no; sending it again changes nothing.
 */
export class ApiError extends Error {
  /** @param {"offline" | "signed-out" | "another-project" | "refused"} kind @param {string} message @param {{status?: number, code?: string}} [more] */
  constructor(kind, message, { status = 0, code = "" } = {}) {
    super(message);
    this.kind = kind;
    this.status = status;
    this.code = code;
  }
}

/** What went wrong, as a sentence. @param {unknown} error */
export function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}

const TIMEOUT_MS = 15_000;
const PICTURE_TIMEOUT_MS = 90_000;
const SENT_AGAIN = new Set([408, 425, 429]);

/** A name for one decision, so that deciding twice is deciding once. Works without a secure context too. */
export function newKey(random = globalThis.crypto) {
  // On an address without TLS that is not this machine's, browsers have no randomUUID.
  if (random.randomUUID) return random.randomUUID();
  const bytes = random.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @typedef {import("./contract.d.ts").SessionPayload} Session */

/** The server, as the editor speaks to it. */
export class Api {
  #fetch;
  #base;
  /** @type {Session | null} */
  #session = null;
  /** @type {{name: string, project: string | null} | null} whose page this is, of which project: what they decide is
   * never sent as somebody else's, nor to another project that took this one's address */
  #owner = null;
  /** @type {Session["user"]["role"] | null} */
  #role = null;

  /** @param {{fetch?: typeof globalThis.fetch, base?: string}} [options] base: put before every path, "" for the page's own host */
  constructor({ fetch = globalThis.fetch.bind(globalThis), base = "" } = {}) {
    this.#fetch = fetch;
    this.#base = base;
  }

  /** Who is signed in, asked until there is a project. project: tells it from every other; null before there is one.
   * @returns {Promise<Session>} */
  async session() {
    if (this.#session) return this.#session;
    /** @type {Session} */
    const session = await this.#request("/api/session");
    const { user: { name, role }, project } = session;
    this.#owner ??= { name, project };
    if (name !== this.#owner.name) throw notOurs(name, this.#owner.name);
    this.#owner.project ??= project;
    if (project !== this.#owner.project) throw notThisProject();
    this.#role = role;
    this.#session = project === null ? null : session; // the first import makes one
    return session;
  }

  /** What whoever is signed in may do, as the session said it last; null before it was asked for. */
  get role() {
    return this.#role;
  }

  /** The next task, leased to this annotator, or why there is none. @param {Iterable<number>} exclude image ids
   * @returns {Promise<import("./contract.d.ts").TaskPayload | import("./contract.d.ts").EmptyQueuePayload>} */
  next(exclude = []) {
    const ids = [...exclude];
    return this.#request(ids.length ? `/api/next?exclude=${ids.join(",")}` : "/api/next");
  }

  /** What is at a path. @param {string} path @returns {Promise<any>} */
  get(path) {
    return this.#request(path);
  }

  /** Send one unsafe request. A token gone stale is fetched anew, once. @param {string} path @param {object} body */
  async post(path, body, { keepalive = false } = {}) {
    try {
      return await this.#post(path, body, keepalive);
    } catch (error) {
      if (!(error instanceof ApiError) || (error.status !== 403 && error.kind !== "signed-out")) throw error;
      this.#session = null;
      if (error.kind === "signed-out") throw error;
      return this.#post(path, body, keepalive);
    }
  }

  /** The picture, decoded and ready to draw. @param {string} url @returns {Promise<ImageBitmap>} */
  async picture(url) {
    const answer = await this.#send(url, { cache: "default", signal: AbortSignal.timeout(PICTURE_TIMEOUT_MS) });
    const blob = await answer.blob().catch(() => {
      throw new ApiError("offline", "The image broke off on its way. Try again.");
    });
    try {
      return await createImageBitmap(blob, { imageOrientation: "none" });
    } catch {
      throw new ApiError("refused", `The image at ${url} could not be read as a picture; skip its persons, and tell your lead.`);
    }
  }

  /** @param {string} path @param {object} body @param {boolean} keepalive @returns {Promise<any>} */
  async #post(path, body, keepalive) {
    const { csrf } = await this.session();
    return this.#request(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
      body: JSON.stringify(body),
      keepalive,
    });
  }

  /** @param {string} path @param {RequestInit} [options] @returns {Promise<any>} */
  async #request(path, options = {}) {
    const answer = await this.#send(path, options);
    try {
      return await answer.json();
    } catch {
      throw new ApiError("offline", "The server's answer broke off. It is asked again.", { status: answer.status });
    }
  }

  /** @param {string} path @param {RequestInit} options @returns {Promise<Response>} */
  async #send(path, options) {
    let answer;
    try {
      answer = await this.#fetch(this.#base + path, {
        credentials: "same-origin", ...options, signal: options.signal ?? AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch {
      throw new ApiError("offline", "The server cannot be reached.");
    }
    if (!answer.ok) throw await failureOf(answer);
    return answer;
  }
}

/** @param {string} found who is signed in @param {string} wanted whose page this is */
function notOurs(found, wanted) {
  return new ApiError("signed-out", `${found} is signed in here now; this page is ${wanted}'s. Sign in as ${wanted} to save what ` +
    `waits, or reload the page to go on as ${found}.`);
}

function notThisProject() {
  return new ApiError("another-project", "Another project is at this address now. What waits here is of the one before, and is not " +
    "sent to this one: it stays in this browser. Reload the page to work on this one.");
}

/** @param {Response} answer @returns {Promise<ApiError>} */
async function failureOf(answer) {
  const { status } = answer;
  const said = await answer.json().catch(() => ({}));
  const { code = "", message = "" } = said?.error ?? {};
  if (status === 401) return new ApiError("signed-out", message || "Your session has ended.", { status, code });
  if (status >= 500 || SENT_AGAIN.has(status)) {
    return new ApiError("offline", message || `The server answered ${status}.`, { status, code });
  }
  return new ApiError("refused", message || `The server refused this (${status}).`, { status, code });
}

/** The team's page: one's own account; for leads everybody's before it, and what was done after it. Every text enters as text. */

import { Api, ApiError, messageOf } from "../shared/api.js";
import { html } from "../shared/dom.js";
import { AgreementCard } from "./agreement_card.js";
import { BackupCard } from "./backup_card.js";
import { FiguresCard } from "./figures_card.js";
import { LogCard } from "./log_card.js";
import { OwnCard } from "./own_card.js";
import { ProbesCard } from "./probes_card.js";
import { STYLE } from "./style.js";
import { TeamCard } from "./team_card.js";
import { WorkCard } from "./work_card.js";
import { sentence } from "./words.js";

/**
 * @typedef {{get: (path: string) => Promise<any>, post: (path: string, body: object) => Promise<any>, changed: (by: object | null) => Promise<void>}} Server
 *   as the cards speak to it; changed: shows the other cards anew, of one that shows itself what it did
 * @typedef {{element: HTMLElement, load: () => Promise<void>}} WorkingCard about how people work
 * @typedef {{own: OwnCard, team: TeamCard | null, log: LogCard | null, work: WorkingCard[]}} Cards
 */

class WorkTeam extends HTMLElement {
  #root = this.attachShadow({ mode: "open" });
  #page = html("div", { class: "page" }, html("p", { class: "soft" }, "Loading…"));
  #stale = html("p", { class: "error", role: "alert" });
  #api = new Api();
  /** @type {Server} */
  #server = {
    get: (path) => this.#during(this.#api.get(path)),
    post: (path, body) => this.#during(this.#api.post(path, body)),
    changed: (by) => this.#showAnew(by),
  };
  /** @type {Cards | null} */
  #cards = null;
  #isAsked = false;

  async connectedCallback() {
    if (this.#isAsked) return;
    this.#isAsked = true;
    this.#root.append(html("style", {}, STYLE), this.#page);
    try {
      await this.#build();
      this.dataset.state = "ready";
    } catch (error) {
      if (!isSignedOut(error)) this.#page.replaceChildren(html("p", { class: "error", role: "alert" }, `Not loaded: ${messageOf(error)}`));
    }
  }

  async #build() {
    const { user: { name, role } } = await this.#during(this.#api.session());
    const own = new OwnCard(this.#server, await this.#server.get("/api/account"));
    if (role !== "lead") {
      this.#cards = { own, team: null, log: null, work: [] };
      this.#page.replaceChildren(this.#stale, own.element);
      return;
    }
    const found = await this.#server.get("/api/team");
    const team = new TeamCard(this.#server, name, found);
    const log = new LogCard(this.#server);
    const work = [new FiguresCard(this.#server), new WorkCard(this.#server), new ProbesCard(this.#server), new AgreementCard(this.#server), new BackupCard(this.#server)];
    await Promise.all([log, ...work].map((card) => card.load()));
    log.showActors(found.accounts);
    this.#cards = { own, team, log, work };
    this.#page.replaceChildren(this.#stale, team.element, ...work.map(({ element }) => element), own.element, log.element);
  }

  /** @param {object | null} by */
  async #showAnew(by) {
    if (!this.#cards) return;
    this.#stale.textContent = "";
    try {
      await this.#ask(this.#cards, by);
    } catch (error) { // what was to be done is done
      this.#stale.textContent = `What stands here may have changed: ${messageOf(error)} Reload the page.`;
    }
  }

  /** @param {Cards} cards @param {object | null} by */
  async #ask({ own, team, log, work }, by) {
    if (by !== own) own.show(await this.#server.get("/api/account"));
    if (!team || !log) return;
    /** @type {import("../shared/contract.d.ts").TeamPayload} */
    const found = await this.#server.get("/api/team");
    if (by !== team) team.show(found);
    await Promise.all([log, ...work.filter((card) => card !== by)].map((card) => card.load()));
    log.showActors(found.accounts);
  }

  /** Whoever is signed out meanwhile is told so, and where to go. @template Answer @param {Promise<Answer>} answer */
  async #during(answer) {
    try {
      return await answer;
    } catch (error) {
      if (isSignedOut(error)) {
        this.dataset.state = "signed-out";
        this.#page.replaceChildren(html("section", { class: "card", role: "alert" }, html("h2", {}, "You are signed out"),
          html("p", {}, sentence(messageOf(error))),
          html("div", { class: "buttons" }, html("a", { class: "button", href: `/login?next=${encodeURIComponent(location.pathname)}` }, "Sign in"))));
      }
      throw error;
    }
  }
}

/** @param {unknown} error */
function isSignedOut(error) {
  return error instanceof ApiError && error.kind === "signed-out";
}

if (!customElements.get("work-team")) customElements.define("work-team", WorkTeam);

/** The page needs nothing of Gradio's: the element speaks to the server itself. */
export function bind() {}

/** Everybody's accounts, for leads: who is here, adding somebody, and what is done to an account. */

import { html } from "../shared/dom.js";
import { NOTHING, Said, asking, button, choice, field, moment, shownOnce, table } from "./parts.js";
import { TokenList } from "./tokens.js";
import { offers, sayBrowsers, sayDone, sayLink, sayState } from "./words.js";

/**
 * @typedef {import("../shared/contract.d.ts").TeamPayload} Team @typedef {import("../shared/contract.d.ts").AccountChangedPayload} Changed
 * @typedef {import("./words.js").Account} Account @typedef {import("./words.js").Offer} Offer @typedef {import("./team.js").Server} Server
 */

/** @type {Record<Account["state"], string>} */
const TONES = { active: "good", invited: "waits", no_password: "bad", disabled: "" };
const COLUMNS = ["Name", "Role", "State", "Signed in", "Last seen", "Change"];
/** By which one loses the page one is on. */
const ENDS_THE_PAGE = new Set(["make_annotator", "make_reviewer", "sign_out", "disable"]);

export class TeamCard {
  #server;
  #own;
  #list = html("div", {});
  #add = html("div", {});
  #addSaid = new Said();
  #tokens;
  /** @type {Team} */
  #team;
  /** The account whose buttons are shown, with what came of the last one. @type {{id: Account["id"], box: HTMLElement, said: Said} | null} */
  #open = null;

  /** @param {Server} server @param {string} own the name of whoever looks @param {Team} team */
  constructor(server, own, team) {
    this.#server = server;
    this.#own = own;
    this.#team = team;
    this.#tokens = new TokenList({
      label: "API tokens of everybody", none: "Nobody has a token.", hasOwners: true,
      revoke: async ({ id }) => {
        await server.post(`/api/account/tokens/${id}/revoke`, {});
        await server.changed(null);
      },
    });
    this.element = html("section", { class: "card", "aria-label": "Team" }, html("h2", {}, "Team"), this.#list,
      html("div", { class: "part" }, html("h3", {}, "Add somebody"), this.#addForm(), this.#addSaid.element, this.#add),
      html("div", { class: "part" }, html("h3", {}, "API tokens of everybody"), this.#tokens.element));
    this.show(team);
  }

  /** @param {Team} team */
  show(team) {
    this.#team = team;
    this.#tokens.show(team.tokens);
    this.#draw();
  }

  #draw() {
    const rows = this.#team.accounts.map((account) => ({ cells: this.#cells(account), below: this.#menu(account) }));
    this.#list.replaceChildren(table("Accounts", COLUMNS, rows));
  }

  /** @param {Account} account */
  #cells(account) {
    const { id, name, role, state, sessions, seen_at: seen } = account;
    const isOpen = this.#open?.id === id;
    return [
      html("span", {}, name, ...(name === this.#own ? [html("span", { class: "soft" }, " (you)")] : [])), role,
      html("span", { class: `chip ${TONES[state]}` }, sayState(account)), sayBrowsers(sessions), seen ? moment(seen) : NOTHING,
      button("Change", () => this.#toggle(id), { "aria-expanded": isOpen, "aria-label": `Change ${name}`, "data-account": id }),
    ];
  }

  /** @param {Account} account */
  #menu(account) {
    const open = this.#open;
    if (open?.id !== account.id) return null;
    const buttons = offers(account, this.#own).map((offer) => button(offer.label, () => this.#choose(account, offer), { "data-do": offer.act }));
    return html("div", { class: "menu", role: "group", "aria-label": `Change ${account.name}` },
      html("div", { class: "buttons" }, ...buttons), open.box, open.said.element);
  }

  /** @param {Account["id"]} id */
  #toggle(id) {
    this.#open = this.#open?.id === id ? null : { id, box: html("div", {}), said: new Said() };
    this.#draw();
    this.#focus(`[data-account="${id}"]`);
  }

  /** @param {string} selector */
  #focus(selector) {
    /** @type {HTMLElement | null} */ (this.#list.querySelector(selector))?.focus();
  }

  /** @param {Account} account @param {Offer} offer */
  #choose(account, offer) {
    const open = this.#open;
    if (!open) return;
    open.said.say("");
    if (offer.question === null) {
      open.box.replaceChildren();
      this.#change(account, offer, null);
      return;
    }
    const question = asking(offer.question, offer.yes, (pressed) => this.#change(account, offer, pressed), () => {
      open.box.replaceChildren();
      this.#focus(`[data-do="${offer.act}"]`);
    });
    open.box.replaceChildren(question.element);
    question.focus();
  }

  /** @param {Account} account @param {Offer} offer @param {HTMLButtonElement | null} pressed */
  #change({ id, name }, { act }, pressed) {
    const open = this.#open;
    const controls = /** @type {NodeListOf<HTMLButtonElement>} */ (this.#list.querySelectorAll(".menu button"));
    open?.said.during([...controls, pressed], async () => {
      /** @type {Changed} */
      const { link, team } = await this.#server.post(`/api/team/${id}`, { do: act });
      if (name === this.#own && ENDS_THE_PAGE.has(act)) {
        location.reload(); // the server says what one still may
        return;
      }
      const box = link === null ? null : this.#linkBox(name, link, team, () => this.#focus(`[data-account="${id}"]`));
      open.box.replaceChildren(...(box ? [box.element] : []));
      this.show(team);
      open.said.say(sayDone(act, name), "done");
      if (box) box.focus();
      else this.#focus(`[data-account="${id}"]`);
      this.#server.changed(this);
    });
  }

  #addForm() {
    const name = html("input", { required: true, maxlength: 64, autocomplete: "off", spellcheck: "false" });
    const role = choice([["annotator", "annotator"], ["reviewer", "reviewer"], ["lead", "lead"]]);
    const add = html("button", { class: "primary" }, "Add and make a link");
    const form = html("form", { class: "line" }, field("Name", name), field("Role", role), add);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#addSaid.during([add], async () => {
        /** @type {Changed} */
        const { name: added, link, team } = await this.#server.post("/api/team", { name: name.value, role: role.value });
        form.reset();
        this.show(team);
        this.#addSaid.say(`${added} is added.`, "done");
        const box = link === null ? null : this.#linkBox(added, link, team, () => name.focus());
        this.#add.replaceChildren(...(box ? [box.element] : []));
        box?.focus();
        this.#server.changed(this);
      });
    });
    return form;
  }

  /** @param {string} name @param {string} link @param {Team} team @param {() => void} leave */
  #linkBox(name, link, team, leave) {
    const until = team.accounts.find((account) => account.name === name)?.link_until ?? null;
    return shownOnce(`Link for ${name}`, location.origin + link, sayLink(name, until), leave);
  }
}

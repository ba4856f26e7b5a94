/** One's own account: who one is, the password, the signed-in browsers, the API tokens. */

import { html } from "../shared/dom.js";
import { Said, button, choice, field, moment, shownOnce } from "./parts.js";
import { TokenList } from "./tokens.js";
import { SCOPES, sayHours, scopesOf } from "./words.js";

const ENDS = /** @type {[string, string][]} */ ([["30", "in 30 days"], ["90", "in 90 days"], ["365", "in a year"], ["", "never"]]);

/** @typedef {import("../shared/contract.d.ts").OwnAccountPayload} OwnAccount @typedef {import("./team.js").Server} Server */

export class OwnCard {
  #server;
  #who = html("p", {});
  #until = html("p", { class: "soft" });
  #browsers = html("ul", { class: "browsers", tabindex: 0, "aria-label": "Your browsers" });
  #others;
  #tokens;
  #passwordSaid = new Said();
  #browsersSaid = new Said();
  #tokenSaid = new Said();
  #once = html("div", {});

  /** @param {Server} server @param {OwnAccount} account */
  constructor(server, account) {
    this.#server = server;
    this.#others = button("Sign out the others", () => this.#signOthersOut());
    this.#tokens = new TokenList({
      label: "Your API tokens", none: "You have no token.", hasOwners: false,
      revoke: async ({ id }) => this.#show(await server.post(`/api/account/tokens/${id}/revoke`, {})),
    });
    this.element = html("section", { class: "card", "aria-label": "Your account" },
      html("h2", {}, "Your account"), this.#who,
      html("div", { class: "halves" },
        html("div", { class: "part" }, html("h3", {}, "Change your password"), this.#passwordForm()),
        html("div", { class: "part" }, html("h3", {}, "Signed in here and elsewhere"), this.#browsers, this.#until,
          html("div", { class: "buttons" }, this.#others), this.#browsersSaid.element)),
      html("div", { class: "part" }, html("h3", {}, "API tokens"),
        html("p", { class: "soft" }, "A program that sends a token may do in your name what the token's scope allows."),
        this.#tokens.element, this.#tokenForm(account.role), this.#tokenSaid.element, this.#once));
    this.show(account);
  }

  /** @param {OwnAccount} account */
  show({ name, role, hours, idle_hours, browsers, tokens }) {
    this.#who.replaceChildren(html("b", {}, name), `, ${role}`);
    this.#until.textContent = `A browser is signed out ${sayHours(hours)} after it signed in, or after ${sayHours(idle_hours)} without use.`;
    this.#browsers.replaceChildren(...browsers.map((one) => html("li", {},
      html("span", {}, one.browser || "A browser of unknown kind"), ...(one.is_this ? [html("span", { class: "chip good" }, "this browser")] : []),
      html("span", { class: "soft" }, "last asked ", moment(one.seen_at), ", signed in ", moment(one.created_at)))));
    this.#others.disabled = browsers.length < 2;
    this.#tokens.show(tokens);
  }

  /** Something was done here: the others hear of it. @param {OwnAccount} account */
  #show(account) {
    this.show(account);
    this.#server.changed(this);
  }

  #passwordForm() {
    const old = html("input", { type: "password", autocomplete: "current-password", required: true, maxlength: 1000 });
    const chosen = html("input", { type: "password", autocomplete: "new-password", required: true, maxlength: 1000 });
    const save = html("button", { class: "primary" }, "Change password");
    const form = html("form", {}, field("Password now", old), field("New password", chosen),
      html("p", { class: "soft" }, "Your other browsers are signed out by it."), html("div", { class: "buttons" }, save), this.#passwordSaid.element);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#passwordSaid.during([save], async () => {
        this.#show(await this.#server.post("/api/account/password", { old: old.value, new: chosen.value }));
        form.reset();
        this.#passwordSaid.say("Your password is changed. Other browsers are signed out.", "done");
      });
    });
    return form;
  }

  #signOthersOut() {
    this.#browsersSaid.during([this.#others], async () => {
      const account = await this.#server.post("/api/account/others", {});
      this.#show(account);
      this.#browsersSaid.say("The others are signed out.", "done");
    }).then(() => { this.#others.disabled = this.#browsers.children.length < 2; });
  }

  /** @param {OwnAccount["role"]} role */
  #tokenForm(role) {
    const name = html("input", { required: true, maxlength: 64, placeholder: "what it is for", autocomplete: "off" });
    const scope = choice(scopesOf(role).map((one) => [one, SCOPES[one]]));
    const days = choice(ENDS);
    const make = html("button", {}, "Make a token");
    const form = html("form", { class: "line" }, field("Name", name), field("May", scope), field("Ends", days), make);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#tokenSaid.during([make], async () => {
        const wanted = { name: name.value, scope: scope.value, days: days.value ? Number(days.value) : null };
        /** @type {import("../shared/contract.d.ts").TokenMadePayload} */
        const { token, account } = await this.#server.post("/api/account/tokens", wanted);
        form.reset();
        const box = shownOnce("The new token", token, "This is shown once. Send it as “Authorization: Bearer …”.", () => name.focus());
        this.#once.replaceChildren(box.element);
        this.#show(account);
        box.focus();
      });
    });
    return form;
  }
}

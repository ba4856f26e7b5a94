/** API tokens in a table, one's own or everybody's, each with a button that revokes it after a question. */

import { html } from "../shared/dom.js";
import { Said, asking, button, moment, table } from "./parts.js";
import { SCOPES, sayEnd } from "./words.js";

/** @typedef {import("./words.js").Token} Token */

export class TokenList {
  element = html("div", { class: "tokens", tabindex: -1 });
  #said = new Said();
  #options;
  /** @type {Token[]} */
  #tokens = [];
  /** The one whose revoking is asked about. @type {Token["id"] | null} */
  #asked = null;

  /** @param {{label: string, none: string, hasOwners: boolean, revoke: (token: Token) => Promise<void>}} options none: said where there is none */
  constructor(options) {
    this.#options = options;
  }

  /** @param {Token[]} tokens */
  show(tokens) {
    this.#tokens = tokens;
    this.#asked = null;
    this.#draw();
  }

  #draw() {
    const { label, none, hasOwners } = this.#options;
    const columns = ["Name", ...(hasOwners ? ["Of"] : []), "May", "Begins with", "Made", "Last used", "Ends", "Revoke"];
    const question = this.#question();
    const rows = this.#tokens.map((token) => ({ cells: this.#cells(token), below: token.id === this.#asked ? question?.element : null }));
    this.element.replaceChildren(rows.length ? table(label, columns, rows) : html("p", { class: "soft" }, none), this.#said.element);
    question?.focus();
  }

  /** @param {Token} token */
  #cells(token) {
    const { id, name, owner, scope, begins, created_at: made, expires_at: ends, used_at: used } = token;
    return [
      name, ...(this.#options.hasOwners ? [owner] : []), SCOPES[scope], html("code", {}, `${begins}…`), moment(made), used ? moment(used) : "never",
      sayEnd(ends), button("Revoke", () => this.#ask(id), { "aria-label": `Revoke ${name} of ${owner}`, "data-token": id }),
    ];
  }

  #question() {
    const token = this.#tokens.find(({ id }) => id === this.#asked);
    if (!token) return null;
    return asking(`Revoke “${token.name}”? Programs that use it are refused at once.`, "Revoke for good",
      (pressed) => this.#revoke(token, pressed), () => this.#leave(token));
  }

  /** @param {Token} token @param {HTMLButtonElement} pressed */
  #revoke(token, pressed) {
    this.#said.during([pressed], async () => {
      await this.#options.revoke(token);
      this.#said.say(`“${token.name}” is revoked.`, "done");
      this.element.focus();
    });
  }

  /** @param {Token["id"]} id */
  #ask(id) {
    this.#said.say("");
    this.#asked = id;
    this.#draw();
  }

  /** @param {Token} token */
  #leave(token) {
    this.#asked = null;
    this.#draw();
    /** @type {HTMLButtonElement | null} */ (this.element.querySelector(`[data-token="${token.id}"]`))?.focus();
  }
}

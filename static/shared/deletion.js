/** A lead deletes an image or a person for good: a dialog says what goes, asks why, and does it. Every text enters as text. */

import { messageOf } from "./api.js";
import { html } from "./dom.js";

/**
 * @typedef {import("./contract.d.ts").DeletionPayload} Deletion @typedef {import("./contract.d.ts").DeletedPayload} Deleted
 * @typedef {{get: (path: string) => Promise<any>, post: (path: string, body: object) => Promise<any>}} Server
 */

const LONGEST_WHY = 1000;

/** Asks, and deletes where the lead says so; whether it was done. person: may be chosen instead of the whole image.
 * @param {Server} server @param {ParentNode} place @param {{image: number, person: number | null}} which @returns {Promise<boolean>} */
export async function askToDelete(server, place, which) {
  const asking = new Asking(server, which);
  place.append(asking.dialog);
  asking.dialog.showModal();
  asking.load();
  return asking.answer;
}

class Asking {
  #server;
  #which;
  /** @type {"image" | "person"} */
  #kind = "image";
  #isDone = false;
  /** @type {Deletion | null} */
  #found = null;
  #title = html("h2", { id: "deletion-title" }, "Delete for good?");
  #told = html("div", {});
  #said = html("p", { class: "error", role: "alert" });
  #why = html("textarea", { maxlength: LONGEST_WHY, rows: 2 });
  #label = html("label", { hidden: true }, "Why? These words stay; write no names.", this.#why);
  #go = html("button", { type: "button", class: "danger", disabled: true }, "Delete for good");
  #close = html("button", { type: "button" }, "Cancel");

  /** @param {Server} server @param {{image: number, person: number | null}} which */
  constructor(server, which) {
    this.#server = server;
    this.#which = which;
    this.dialog = html("dialog", { class: "deletion", "aria-labelledby": "deletion-title" }, html("style", {}, STYLE), this.#title,
      ...(which.person === null ? [] : [this.#choice()]), this.#told, this.#label, this.#said, html("div", { class: "row" }, this.#close, this.#go));
    /** @type {Promise<boolean>} */
    this.answer = new Promise((resolve) => {
      this.dialog.addEventListener("close", () => {
        this.dialog.remove();
        resolve(this.#isDone);
      });
    });
    // a page's own keys are not for this
    this.dialog.addEventListener("keydown", (event) => event.stopPropagation());
    this.#close.addEventListener("click", () => this.dialog.close());
    this.#go.addEventListener("click", () => this.#delete());
    this.#why.addEventListener("input", () => this.#enable());
  }

  #choice() {
    const radios = /** @type {const} */ (["image", "person"]).map((kind) => {
      const input = html("input", { type: "radio", name: "kind", value: kind });
      input.checked = kind === this.#kind;
      input.addEventListener("change", () => {
        this.#kind = kind;
        this.load();
      });
      return html("label", {}, input, kind === "image" ? "The whole image" : "This person alone");
    });
    return html("fieldset", {}, html("legend", {}, "What"), ...radios);
  }

  async load() {
    const kind = this.#kind;
    this.#found = null;
    this.#said.textContent = "";
    this.#told.replaceChildren(html("p", {}, "Loading what goes with it…"));
    this.#enable();
    try {
      /** @type {Deletion} */
      const found = await this.#server.get(`/api/deletion/${kind}/${this.#number()}`);
      if (kind !== this.#kind) return; // the other one was chosen meanwhile
      this.#found = found;
      this.#title.textContent = `Delete ${found.title} for good?`;
      this.#told.replaceChildren(...parts(found));
      this.#said.textContent = found.blocked ?? "";
    } catch (error) {
      this.#told.replaceChildren();
      this.#said.textContent = messageOf(error);
    }
    this.#enable();
  }

  async #delete() {
    if (!this.#found) return;
    this.#go.disabled = true;
    this.#said.textContent = "";
    try {
      /** @type {Deleted} */
      const { trouble } = await this.#server.post("/api/deletion", { kind: this.#kind, id: this.#number(), why: this.#why.value, images: this.#found.images });
      this.#isDone = true;
      if (!trouble.length) return void this.dialog.close();
      this.#told.replaceChildren(...["It is deleted.", ...trouble, "They go when the server or a worker starts."].map((text) => html("p", {}, text)));
      this.#label.remove();
      this.#go.remove();
      this.#close.textContent = "Close";
    } catch (error) {
      this.#said.textContent = `Not deleted: ${messageOf(error)}`;
      this.#enable();
    }
  }

  #number() {
    const { image, person } = this.#which;
    return this.#kind === "image" || person === null ? image : person;
  }

  #enable() {
    const may = this.#found !== null && this.#found.blocked === null;
    this.#label.hidden = !may;
    this.#go.disabled = !may || !this.#why.value.trim();
  }
}

/** @param {Deletion} found */
function parts({ goes, holds, stays }) {
  return [list("This goes", goes), list("Where it was used", holds), list("This stays", stays)].flat();
}

/** @param {string} heading @param {string[]} sentences */
function list(heading, sentences) {
  return [html("h3", {}, heading), html("ul", {}, ...sentences.map((text) => html("li", {}, text)))];
}

const STYLE = `
dialog.deletion { max-width: min(40rem, calc(100vw - 2rem)); max-height: calc(100dvh - 2rem); box-sizing: border-box; overflow: auto; padding: 1rem 1.25rem;
  border: 1px solid var(--rule, #8a97a6); border-radius: .5rem; color: inherit; background: var(--paper, Canvas); }
dialog.deletion::backdrop { background: rgb(0 0 0 / .5); }
dialog.deletion h2 { font-size: 1.1rem; margin: 0 0 .5rem; overflow-wrap: anywhere; }
dialog.deletion h3 { font-size: .9rem; margin: .75rem 0 .25rem; }
dialog.deletion ul { margin: 0; padding-left: 1.2rem; } dialog.deletion li { margin: .2rem 0; overflow-wrap: anywhere; }
dialog.deletion fieldset { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; border: 0; padding: 0; margin: 0; }
dialog.deletion fieldset legend { font-size: .9rem; font-weight: 600; padding: 0; }
dialog.deletion fieldset label { display: flex; gap: .4rem; align-items: center; margin: .3rem 0; font-weight: 400; }
dialog.deletion label[hidden] { display: none; }
dialog.deletion > label { display: block; margin-top: .75rem; font-weight: 600; }
dialog.deletion textarea { display: block; width: 100%; box-sizing: border-box; margin-top: .25rem; font: inherit; color: inherit; background: transparent;
  border: 1px solid var(--rule, #8a97a6); border-radius: .35rem; padding: .4rem; }
dialog.deletion .row { display: flex; justify-content: flex-end; gap: .5rem; margin-top: 1rem; flex-wrap: wrap; }
dialog.deletion button { font: inherit; padding: .45rem .9rem; border-radius: .35rem; border: 1px solid var(--rule, #8a97a6); background: transparent; color: inherit; cursor: pointer; }
dialog.deletion button.danger { background: #b3202b; border-color: #b3202b; color: #fff; }
dialog.deletion button:disabled { opacity: .6; cursor: default; }
dialog.deletion .error { color: var(--bad, #b3202b); }
dialog.deletion .error:empty { display: none; }
`;

/** Work, for leads: who was given which images, giving more, taking some back, and how much each person has left. */

import { html } from "../shared/dom.js";
import { NOTHING, Said, button, field, table } from "./parts.js";
import { callPiece, sayCamera, sayCameras, sayGets, sayLeft, sayPeople } from "./work_words.js";

/**
 * @typedef {import("../shared/contract.d.ts").WorkPayload} Work @typedef {import("../shared/contract.d.ts").PiecePayload} Piece
 * @typedef {import("../shared/contract.d.ts").PersonsWorkPayload} Person @typedef {import("./team.js").Server} Server
 */

const RULE = "Whoever was given work gets the images of it alone, in the queue's order. Whoever was given none gets what was given " +
  "to nobody. Where two pieces cover an image, the newer one has it. An image that is open with somebody stays theirs until they leave it.";
const PIECES = ["Images", "Given to", "To do", "Take back"];
const PEOPLE = ["Name", "Gets", "To do", "Take back"];

export class WorkCard {
  #server;
  #pieces = html("div", {});
  #left = html("div", {});
  #people = choices("Who gets them");
  #cameras = choices("Cameras");
  #part = html("input", { maxlength: 256, autocomplete: "off", spellcheck: "false", placeholder: "any" });
  #said = new Said();

  /** @param {Server} server */
  constructor(server) {
    this.#server = server;
    this.element = html("section", { class: "card", "aria-label": "Work" }, html("h2", {}, "Work"), html("p", { class: "soft" }, RULE),
      this.#pieces, html("div", { class: "part" }, html("h3", {}, "Give images"), this.#form(), this.#said.element),
      html("div", { class: "part" }, html("h3", {}, "What each has left"), this.#left));
  }

  /** Ask for it anew. */
  async load() {
    this.#show(await this.#server.get("/api/work"));
  }

  /** @param {Work} work */
  #show({ pieces, people, cameras, free }) {
    const rows = pieces.map((piece) => ({ cells: this.#cells(piece) }));
    this.#pieces.replaceChildren(rows.length ? table("Given work", PIECES, rows) : html("p", { class: "soft" },
      "Nothing is given: everybody gets every image."));
    const left = people.map((one) => ({ cells: [one.name, sayGets(one), sayLeft(one.open), one.is_given ? this.#takeAll(one) : NOTHING] }));
    this.#left.replaceChildren(table("What each has left", PEOPLE, left),
      html("p", { class: "soft" }, `${sayLeft(free)} given to nobody.`));
    offer(this.#people, people);
    this.#cameras.firstElementChild?.replaceChildren(sayCameras(cameras.length));
    offer(this.#cameras, cameras.map((one) => ({ id: one.id, name: sayCamera(one) })));
  }

  /** @param {Piece} piece */
  #cells(piece) {
    const { id, people, open, images } = piece;
    const name = callPiece(piece);
    const take = people.map((person) => button(people.length > 1 ? `From ${person.name}` : "Take back",
      () => this.#take(id, person.id), { "aria-label": `Take ${name} from ${person.name}` }));
    return [name, sayPeople(people), images ? `${open} of ${images}` : NOTHING, html("div", { class: "buttons" }, ...take)];
  }

  /** @param {Person} person */
  #takeAll({ id, name }) {
    return html("div", { class: "buttons" }, button("Take back all", () => this.#during(this.#left, "/api/work/take", id), { "aria-label": `Take all work from ${name}` }));
  }

  #form() {
    const give = html("button", { class: "primary" }, "Give");
    const form = html("form", { class: "give" }, this.#people, this.#cameras, html("div", { class: "names" }, field("Only file names with", this.#part),
      html("div", { class: "buttons" }, give)));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const wanted = { people: chosen(this.#people), cameras: chosen(this.#cameras), part: this.#part.value.trim() };
      if (!wanted.people.length) {
        this.#said.say("Choose who gets them.", "error");
        this.#people.querySelector("input")?.focus();
        return;
      }
      this.#said.during([give], async () => {
        this.#changed(await this.#server.post("/api/work", wanted));
        form.reset(); // else the next gift goes to those of this one
      });
    });
    return form;
  }

  /** @param {Piece["id"]} id @param {number} person */
  #take(id, person) {
    this.#during(this.#pieces, `/api/work/${id}/take`, person);
  }

  /** @param {HTMLElement} part whose buttons rest meanwhile @param {string} path @param {number} person */
  #during(part, path, person) {
    /** @type {NodeListOf<HTMLButtonElement>} */
    const controls = part.querySelectorAll("button");
    this.#said.during([...controls], async () => this.#changed(await this.#server.post(path, { person })));
  }

  /** @param {Work} work */
  #changed(work) {
    this.#show(work);
    this.#said.say(work.said, "done");
    this.#said.element.scrollIntoView({ block: "nearest" });
    this.#server.changed(this);
  }
}

/** @param {string} legend */
function choices(legend) {
  return html("fieldset", { class: "pick" }, html("legend", {}, legend), html("div", { class: "picks" }));
}

/** What there is to choose, and what was chosen before. @param {HTMLFieldSetElement} pick @param {{id: number, name: string}[]} found */
function offer(pick, found) {
  const before = chosen(pick);
  pick.querySelector(".picks")?.replaceChildren(...found.map(({ id, name }) => {
    const box = html("input", { type: "checkbox", value: id });
    box.checked = before.includes(id);
    return html("label", {}, box, name);
  }));
}

/** @param {HTMLFieldSetElement} pick */
function chosen(pick) {
  /** @type {NodeListOf<HTMLInputElement>} */
  const boxes = pick.querySelectorAll("input:checked");
  return [...boxes].map(({ value }) => Number(value));
}

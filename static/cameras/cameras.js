/** The cameras' page: each camera's lens circle on a frame of its own, to look at, to correct and to save. Every text enters as text. */

import { dragged, inscribed, nudged, same, shownPart, typedCircle, upArrows } from "./geometry.js";
import { FIRST_STEP_STYLE, askFirstStep, firstStepCard } from "../header/first_step.js";
import { STYLE } from "./style.js";
import { sayCounts, sayFound, sayImages, saySave, saySource, sayState } from "./words.js";

const ARROWS = 12;
const FIELDS = { x: "Centre x", y: "Centre y", radius: "Radius" };
const NEXT_ROUND = "Labelling uses a saved circle at once, training from the next round on. What a round has predicted on other crops stays as it is until then.";

class CameraLenses extends HTMLElement {
  #cameras = [];
  /** What is drawn and not saved, by camera: {lens: Circle | null}. @type {Map<number, {lens: object | null}>} */
  #drafts = new Map();
  #current = null;
  #busy = "";
  #said = null;
  #drag = null;
  #parts = null;
  #leaving = (event) => this.#drafts.size && event.preventDefault();

  async connectedCallback() {
    addEventListener("beforeunload", this.#leaving);
    if (this.shadowRoot) return;
    this.attachShadow({ mode: "open" }).append(html("style", {}, STYLE + FIRST_STEP_STYLE), html("p", { class: "soft" }, "Loading the cameras…"));
    try {
      ({ cameras: this.#cameras } = await ask("/api/cameras"));
      const step = this.#cameras.length ? null : await askFirstStep(ask);
      this.#build(step);
    } catch (error) {
      this.shadowRoot.lastChild.replaceWith(html("p", { class: "error", role: "alert" }, `Not loaded: ${error.message}`));
    }
  }

  disconnectedCallback() {
    removeEventListener("beforeunload", this.#leaving);
  }

  // --- what the page is made of ---

  #build(step) {
    if (!this.#cameras.length) {
      this.dataset.state = "empty";
      const about = html("section", { class: "card" }, html("h2", {}, "No camera yet"), html("p", { class: "soft" }, "Cameras come with their images."));
      this.shadowRoot.lastChild.replaceWith(step ? firstStepCard(step) : about);
      return;
    }
    const counts = html("p", { class: "counts" });
    const list = html("ul", { class: "cameras" });
    const work = html("section", { class: "card", "aria-label": "Lens circle" });
    this.shadowRoot.lastChild.replaceWith(html("div", { class: "page" },
      html("nav", { class: "card list", "aria-label": "Cameras" }, html("h2", {}, "Cameras"), counts, list), work));
    this.#parts = { counts, list, work };
    const first = this.#cameras.find((camera) => camera.source === "assumed") ?? this.#cameras[0];
    this.#choose(first);
  }

  #choose(camera) {
    this.#current = camera;
    this.#said = null;
    this.#drawList();
    this.#parts.work.replaceChildren(...(camera.frame ? this.#workbench(camera) : [html("p", { class: "soft" }, "This camera has no image any more.")]));
    if (camera.frame) this.#draw();
  }

  #drawList() {
    const { counts, list } = this.#parts;
    counts.textContent = sayCounts(this.#cameras);
    const top = list.scrollTop;
    const focused = this.shadowRoot.activeElement?.dataset?.camera;
    list.replaceChildren(...this.#cameras.map((camera) => {
      const unsaved = this.#isUnsaved(camera);
      const told = unsaved ? "not saved" : camera.is_fisheye ? camera.source : "no fisheye";
      const button = html("button", { type: "button", "data-camera": camera.id },
        html("span", { class: "name", title: camera.name }, camera.name), html("span", { class: `source ${unsaved ? "unsaved" : camera.source}` }, told));
      if (camera === this.#current) button.setAttribute("aria-current", "true");
      button.addEventListener("click", () => this.#choose(camera));
      return html("li", {}, button);
    }));
    list.scrollTop = top;
    if (focused) list.querySelector(`[data-camera="${focused}"]`)?.focus();
  }

  #workbench(camera) {
    const stage = this.#stage(camera);
    const fields = Object.fromEntries(Object.entries(FIELDS).map(([name, label]) => [name, this.#field(name, label)]));
    const kinds = this.#switch();
    const find = button("Find again", () => this.#find());
    const undo = button("Undo", () => this.#change(null));
    const save = button("Save", () => this.#save(), "primary wide");
    const said = html("p", { class: "said", role: "status" });
    const where = html("p", { class: "where" });
    Object.assign(this.#parts, { stage, fields, kinds, find, undo, save, said, where });
    const hint = html("p", { class: "hint" }, "Drag the rim or the centre. Arrow keys move the circle by 1 px, + and − change its radius; with Shift, 10 px.");
    return [
      html("div", { class: "head" }, html("h2", {}, camera.name), html("span", { class: "soft" }, `${sayImages(camera.images)}, shown: ${camera.frame.file_name}`)), where,
      html("div", { class: "work" }, stage.svg, html("div", { class: "side" }, kinds.element,
        html("div", { class: "fields" }, ...Object.values(fields).map(({ label }) => label)), hint,
        html("div", { class: "buttons" }, find, undo, save), said, html("p", { class: "note" }, NEXT_ROUND))),
    ];
  }

  #field(name, label) {
    const input = html("input", { type: "number", step: "any", inputmode: "decimal", "aria-label": `${label} in pixels` });
    input.addEventListener("input", () => this.#type());
    input.addEventListener("blur", () => this.#draw());
    return { input, label: html("label", {}, label, input), name };
  }

  #switch() {
    const [fisheye, plain] = ["Fisheye", "Not a fisheye"].map((label, i) => {
      const input = html("input", { type: "radio", name: "kind", value: i });
      return { input, label: html("label", {}, input, html("span", {}, label)) };
    });
    fisheye.input.addEventListener("change", () => this.#change({ lens: this.#current.lens ?? inscribed(this.#current.frame) }));
    plain.input.addEventListener("change", () => this.#change({ lens: null }));
    return { fisheye: fisheye.input, plain: plain.input, element: html("fieldset", { class: "switch", "aria-label": "What the camera is" }, fisheye.label, plain.label) };
  }

  #stage({ frame, name }) {
    const part = shownPart(frame);
    const twice = (tag) => ["under", "over"].map((style) => svg(tag, { class: style }));
    const [circles, crosses, arrows] = [twice("circle"), twice("path"), twice("path")];
    const [rim, centre] = [svg("circle", { class: "grip rim" }), svg("path", { class: "grip centre" })];
    const picture = svg("svg", {
      viewBox: `${part.x} ${part.y} ${part.width} ${part.height}`, tabindex: 0, role: "application",
      "aria-label": `Lens circle of ${name}. Arrow keys move it, plus and minus change its radius, Shift for 10 pixels.`,
    }, svg("image", { href: frame.url, x: -0.5, y: -0.5, width: frame.width, height: frame.height }),
    svg("g", { class: "arrows" }, ...arrows), svg("g", { class: "circle" }, ...circles, ...crosses), rim, centre);
    for (const [grip, what] of [[rim, "rim"], [centre, "centre"]]) grip.addEventListener("pointerdown", (event) => this.#grab(event, what));
    picture.addEventListener("pointermove", (event) => this.#pull(event));
    for (const end of ["pointerup", "pointercancel"]) picture.addEventListener(end, (event) => this.#letGo(event));
    picture.addEventListener("keydown", (event) => this.#press(event));
    return { svg: picture, circles: [...circles, rim], crosses, centre, arrows };
  }

  // --- what is shown of the state ---

  #lens(camera = this.#current) {
    const draft = this.#drafts.get(camera.id);
    return draft ? draft.lens : camera.lens;
  }

  #isUnsaved(camera) {
    return this.#drafts.has(camera.id);
  }

  #draw() {
    const { stage, fields, kinds, find, undo, save, said, where } = this.#parts;
    const [camera, lens] = [this.#current, this.#lens()];
    const unsaved = this.#isUnsaved(camera);
    stage.svg.classList.toggle("plain", !lens);
    if (lens) drawCircle(stage, lens, camera.frame);
    for (const { input, name } of Object.values(fields)) {
      input.disabled = !lens;
      input.removeAttribute("aria-invalid");
      if (input !== this.shadowRoot.activeElement) input.value = lens ? lens[name].toFixed(1) : "";
    }
    kinds.fisheye.checked = Boolean(lens);
    kinds.plain.checked = !lens;
    find.disabled = Boolean(this.#busy);
    undo.disabled = !unsaved || this.#busy === "saving";
    save.disabled = Boolean(this.#busy) || (!unsaved && camera.source === "set");
    save.textContent = saySave({ unsaved, source: camera.source });
    where.textContent = unsaved ? `Saved so far: ${saySource(camera)}` : saySource(camera);
    const { text, tone } = this.#said ?? sayState({ unsaved, saving: this.#busy === "saving", source: camera.source });
    said.textContent = text;
    said.className = `said ${tone}`;
    this.dataset.state = this.#busy || (unsaved ? "unsaved" : "saved");
  }

  /** A draft, or with null back to what is stored; what equals the stored is no draft. */
  #change(draft) {
    const camera = this.#current;
    if (draft && !same(draft.lens, camera.lens)) this.#drafts.set(camera.id, draft);
    else this.#drafts.delete(camera.id);
    this.#said = null;
    this.#drawList();
    this.#draw();
  }

  // --- what people do ---

  #grab(event, part) {
    if (event.button !== 0 || this.#drag) return;
    const { svg: picture } = this.#parts.stage;
    event.preventDefault();
    picture.focus({ preventScroll: true });
    picture.setPointerCapture(event.pointerId);
    this.#drag = { part, id: event.pointerId, from: imagePoint(picture, event), lens: this.#lens() };
  }

  #pull(event) {
    if (this.#drag?.id !== event.pointerId) return;
    const { part, from, lens } = this.#drag;
    this.#change({ lens: dragged(lens, part, from, imagePoint(this.#parts.stage.svg, event), this.#current.frame) });
  }

  #letGo(event) {
    if (this.#drag?.id === event.pointerId) this.#drag = null;
  }

  #press(event) {
    const lens = this.#lens();
    if (!lens || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = nudged(lens, event, this.#current.frame);
    if (!next) return;
    event.preventDefault();
    this.#change({ lens: next });
  }

  #type() {
    const { fields } = this.#parts;
    const typed = Object.fromEntries(Object.values(fields).map(({ name, input }) => [name, input.value]));
    const lens = typedCircle(typed, this.#current.frame);
    if (lens) return this.#change({ lens });
    const { width, height } = this.#current.frame;
    this.shadowRoot.activeElement?.setAttribute("aria-invalid", "true");
    this.#parts.said.className = "said error";
    this.#parts.said.textContent = `These numbers make no circle: the centre lies in the frame, ${width} × ${height} px, the radius is 1 px or more.`;
    return undefined;
  }

  async #find() {
    const camera = this.#current;
    await this.#during("finding", async () => {
      const { found } = await send(`/api/cameras/${camera.id}/find`, {});
      if (this.#current !== camera) return;
      if (found) this.#change({ lens: found.lens });
      this.#said = { text: sayFound(found, { isStored: !this.#isUnsaved(camera) }), tone: found ? "" : "warning" };
    });
  }

  async #save() {
    const camera = this.#current;
    const lens = this.#lens(camera);
    await this.#during("saving", async () => {
      const { camera: stored } = await send(`/api/cameras/${camera.id}/lens`, { image_id: camera.frame.id, lens });
      Object.assign(camera, stored);
      const draft = this.#drafts.get(camera.id);
      if (draft && same(draft.lens, stored.lens)) this.#drafts.delete(camera.id);
    });
  }

  async #during(what, work) {
    this.#busy = what;
    this.#said = what === "finding" ? { text: "Looking at its frames…", tone: "" } : null;
    this.#draw();
    try {
      await work();
      if (what === "saving") this.#said = null;
    } catch (error) {
      this.#said = what === "saving" ? sayState({ error: error.message }) : { text: error.message, tone: "error" };
    }
    this.#busy = "";
    this.#drawList();
    this.#draw();
  }
}

function drawCircle({ svg: picture, circles, crosses, centre, arrows }, lens, frame) {
  for (const circle of circles) set(circle, { cx: lens.x, cy: lens.y, r: lens.radius });
  const arm = 0.016 * Math.max(frame.width, frame.height);
  for (const cross of crosses) set(cross, { d: `M${lens.x - arm} ${lens.y}h${2 * arm}M${lens.x} ${lens.y - arm}v${2 * arm}` });
  set(centre, { d: `M${lens.x} ${lens.y}h0.001` });
  for (const path of arrows) set(path, { d: upArrows(lens, ARROWS).map(arrowPath).join("") });
  picture.dataset.lens = [lens.x, lens.y, lens.radius].map((v) => v.toFixed(2)).join(" ");
}

function arrowPath({ from, to }) {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const barb = (side) => `M${to.x} ${to.y}L${to.x - 0.4 * dx - side * 0.26 * dy} ${to.y - 0.4 * dy + side * 0.26 * dx}`;
  return `M${from.x} ${from.y}L${to.x} ${to.y}${barb(1)}${barb(-1)}`;
}

function imagePoint(picture, event) {
  const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(picture.getScreenCTM().inverse());
  return { x: at.x, y: at.y };
}

async function ask(address, options = {}) {
  const response = await fetch(address, options).catch(() => { throw new Error("the server cannot be reached. Try again in a moment."); });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error?.message ?? `the server answered ${response.status}. Try again in a moment.`);
  return answer;
}

/** With the token of the session there is now. */
async function send(address, content) {
  const { csrf } = await ask("/api/session");
  const headers = { "X-CSRF-Token": csrf, "Content-Type": "application/json" };
  return ask(address, { method: "POST", headers, body: JSON.stringify(content) });
}

function button(label, act, style = "") {
  const made = html("button", { type: "button", class: style }, label);
  made.addEventListener("click", act);
  return made;
}

function html(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

function svg(tag, attributes, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function fill(node, attributes, children) {
  set(node, attributes);
  node.append(...children);
  return node;
}

function set(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
}

if (!customElements.get("camera-lenses")) customElements.define("camera-lenses", CameraLenses);

/** The page needs nothing of Gradio's: the element speaks to the server itself. */
export function bind() {}

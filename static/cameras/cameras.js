/** The cameras' page: each camera's lens circle on a frame of its own, to look at, to correct and to save. Every text enters as text. */

import { dragged, inscribed, nudged, same, shownPart, typedCircle, upArrows } from "./geometry.js";
import { FIRST_STEP_STYLE, askFirstStep, firstStepCard } from "../header/first_step.js";
import { messageOf } from "../shared/api.js";
import { html, set, svg } from "../shared/dom.js";
import { STYLE } from "./style.js";
import { sayCounts, sayFound, sayImages, saySave, saySource, sayState } from "./words.js";

const ARROWS = 12;
const NEXT_ROUND = "Labelling uses a saved circle at once, training from the next round on. What a round has predicted on other crops stays as it is until then.";

/**
 * @typedef {import("./geometry.js").Circle} Circle @typedef {import("./geometry.js").Spot} Spot @typedef {import("./words.js").Camera} Camera
 * @typedef {Camera & {frame: import("../shared/contract.d.ts").FramePayload}} SeenCamera one with a frame to show its circle on
 * @typedef {{lens: Circle | null}} Draft what is drawn and not saved; no circle: no fisheye
 * @typedef {{part: "rim" | "centre", id: number, from: Spot, lens: Circle}} Drag id: the pointer's
 * @typedef {{svg: SVGSVGElement, circles: SVGElement[], crosses: SVGElement[], centre: SVGElement, arrows: SVGElement[]}} Stage
 * @typedef {{name: keyof Circle, input: HTMLInputElement, label: HTMLElement}} Field
 * @typedef {{camera: SeenCamera, stage: Stage, fields: Field[], kinds: {fisheye: HTMLInputElement, plain: HTMLInputElement},
 *   find: HTMLButtonElement, undo: HTMLButtonElement, save: HTMLButtonElement, said: HTMLElement, where: HTMLElement}} Bench
 *   what one camera's circle is worked on with
 */

class CameraLenses extends HTMLElement {
  #root = this.attachShadow({ mode: "open" });
  #page = html("p", { class: "soft" }, "Loading the cameras…");
  #counts = html("p", { class: "counts" });
  #list = html("ul", { class: "cameras" });
  #work = html("section", { class: "card", "aria-label": "Lens circle" });
  #isAsked = false;
  /** @type {Camera[]} */
  #cameras = [];
  /** By camera. @type {Map<number, Draft>} */
  #drafts = new Map();
  /** @type {Camera | null} */
  #current = null;
  /** Null where the camera has no frame. @type {Bench | null} */
  #bench = null;
  /** @type {"" | "finding" | "saving"} */
  #busy = "";
  /** @type {import("./words.js").Line | null} */
  #said = null;
  /** @type {Drag | null} */
  #drag = null;
  /** @param {BeforeUnloadEvent} event */
  #leaving = (event) => this.#drafts.size && event.preventDefault();

  async connectedCallback() {
    // Drafts of circles live in this page alone, until they are saved.
    addEventListener("beforeunload", this.#leaving);
    if (this.#isAsked) return;
    this.#isAsked = true;
    this.#root.append(html("style", {}, STYLE + FIRST_STEP_STYLE), this.#page);
    try {
      ({ cameras: this.#cameras } = await ask("/api/cameras"));
      const step = this.#cameras.length ? null : await askFirstStep(ask);
      this.#build(step);
    } catch (error) {
      this.#page.replaceWith(html("p", { class: "error", role: "alert" }, `Not loaded: ${messageOf(error)}`));
    }
  }

  disconnectedCallback() {
    removeEventListener("beforeunload", this.#leaving);
  }

  // --- what the page is made of ---

  /** @param {import("../header/first_step.js").Step | null} step */
  #build(step) {
    if (!this.#cameras.length) {
      this.dataset.state = "empty";
      const about = html("section", { class: "card" }, html("h2", {}, "No camera yet"), html("p", { class: "soft" }, "Cameras come with their images."));
      this.#page.replaceWith(step ? firstStepCard(step) : about);
      return;
    }
    this.#page.replaceWith(html("div", { class: "page" },
      html("nav", { class: "card list", "aria-label": "Cameras" }, html("h2", {}, "Cameras"), this.#counts, this.#list), this.#work));
    // One that nobody has looked at yet goes first.
    const first = this.#cameras.find((camera) => camera.source === "assumed") ?? this.#cameras[0];
    this.#choose(first);
  }

  /** @param {Camera} camera */
  #choose(camera) {
    this.#current = camera;
    this.#said = null;
    this.#drag = null;
    this.#drawList();
    if (isSeen(camera)) {
      this.#bench = this.#workbench(camera);
    } else {
      this.#bench = null;
      this.#work.replaceChildren(html("p", { class: "soft" }, "This camera has no image any more."));
    }
    this.#draw();
  }

  #drawList() {
    this.#counts.textContent = sayCounts(this.#cameras);
    // Built anew, the list would lose its place and the focus.
    const top = this.#list.scrollTop;
    const buttons = this.#cameras.map((camera) => this.#choice(camera));
    const focused = [...this.#list.querySelectorAll("button")].findIndex((one) => one === this.#root.activeElement);
    this.#list.replaceChildren(...buttons.map((one) => html("li", {}, one)));
    this.#list.scrollTop = top;
    buttons[focused]?.focus();
  }

  /** @param {Camera} camera */
  #choice(camera) {
    const unsaved = this.#isUnsaved(camera);
    const told = unsaved ? "not saved" : camera.is_fisheye ? camera.source : "no fisheye";
    const made = html("button", { type: "button", "data-camera": camera.id, "aria-current": camera === this.#current ? "true" : null },
      html("span", { class: "name", title: camera.name }, camera.name), html("span", { class: `source ${unsaved ? "unsaved" : camera.source}` }, told));
    made.addEventListener("click", () => this.#choose(camera));
    return made;
  }

  /** @param {SeenCamera} camera @returns {Bench} */
  #workbench(camera) {
    const stage = this.#stage(camera);
    const fields = [this.#field("x", "Centre x"), this.#field("y", "Centre y"), this.#field("radius", "Radius")];
    const [fisheye, plain] = [kind("Fisheye", 0), kind("Not a fisheye", 1)];
    fisheye.input.addEventListener("change", () => this.#change({ lens: camera.lens ?? inscribed(camera.frame) }));
    plain.input.addEventListener("change", () => this.#change({ lens: null }));
    const find = button("Find again", () => this.#find());
    const undo = button("Undo", () => this.#change(null));
    const save = button("Save", () => this.#save(), "primary wide");
    const said = html("p", { class: "said", role: "status" });
    const where = html("p", { class: "where" });
    const hint = html("p", { class: "hint" }, "Drag the rim or the centre. Arrow keys move the circle by 1 px, + and − change its radius; with Shift, 10 px.");
    this.#work.replaceChildren(
      html("div", { class: "head" }, html("h2", {}, camera.name), html("span", { class: "soft" }, `${sayImages(camera.images)}, shown: ${camera.frame.file_name}`)), where,
      html("div", { class: "work" }, stage.svg, html("div", { class: "side" },
        html("fieldset", { class: "switch", "aria-label": "What the camera is" }, fisheye.label, plain.label),
        html("div", { class: "fields" }, ...fields.map(({ label }) => label)), hint,
        html("div", { class: "buttons" }, find, undo, save), said, html("p", { class: "note" }, NEXT_ROUND))),
    );
    return { camera, stage, fields, kinds: { fisheye: fisheye.input, plain: plain.input }, find, undo, save, said, where };
  }

  /** @param {keyof Circle} name @param {string} label @returns {Field} */
  #field(name, label) {
    const input = html("input", { type: "number", step: "any", inputmode: "decimal", "aria-label": `${label} in pixels` });
    input.addEventListener("input", () => this.#type());
    input.addEventListener("blur", () => this.#draw());
    return { input, label: html("label", {}, label, input), name };
  }

  /** @param {SeenCamera} camera @returns {Stage} */
  #stage({ frame, name }) {
    const part = shownPart(frame);
    /** @param {"circle" | "path"} tag */
    const twice = (tag) => ["under", "over"].map((style) => svg(tag, { class: style }));
    const [circles, crosses, arrows] = [twice("circle"), twice("path"), twice("path")];
    const [rim, centre] = [svg("circle", { class: "grip rim" }), svg("path", { class: "grip centre" })];
    const picture = svg("svg", {
      viewBox: `${part.x} ${part.y} ${part.width} ${part.height}`, tabindex: 0, role: "application",
      "aria-label": `Lens circle of ${name}. Arrow keys move it, plus and minus change its radius, Shift for 10 pixels.`,
    }, svg("image", { href: frame.url, x: -0.5, y: -0.5, width: frame.width, height: frame.height }),
    svg("g", { class: "arrows" }, ...arrows), svg("g", { class: "circle" }, ...circles, ...crosses), rim, centre);
    rim.addEventListener("pointerdown", (event) => this.#grab(event, "rim"));
    centre.addEventListener("pointerdown", (event) => this.#grab(event, "centre"));
    picture.addEventListener("pointermove", (event) => this.#pull(event));
    picture.addEventListener("pointerup", (event) => this.#letGo(event));
    picture.addEventListener("pointercancel", (event) => this.#letGo(event));
    picture.addEventListener("keydown", (event) => this.#press(event));
    return { svg: picture, circles: [...circles, rim], crosses, centre, arrows };
  }

  // --- what is shown of the state ---

  /** @param {Camera} camera */
  #lens(camera) {
    const draft = this.#drafts.get(camera.id);
    return draft ? draft.lens : camera.lens;
  }

  /** @param {Camera} camera */
  #isUnsaved(camera) {
    return this.#drafts.has(camera.id);
  }

  #draw() {
    if (!this.#bench) return;
    const { camera, stage, fields, kinds, find, undo, save, said, where } = this.#bench;
    const lens = this.#lens(camera);
    const unsaved = this.#isUnsaved(camera);
    stage.svg.classList.toggle("plain", !lens);
    if (lens) drawCircle(stage, lens, camera.frame);
    for (const { input, name } of fields) {
      input.disabled = !lens;
      input.removeAttribute("aria-invalid");
      if (input !== this.#root.activeElement) input.value = lens ? lens[name].toFixed(1) : "";
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

  /** A draft, or with null back to what is stored; what equals the stored is no draft. @param {Draft | null} draft */
  #change(draft) {
    const camera = this.#current;
    if (!camera) return;
    if (draft && !same(draft.lens, camera.lens)) this.#drafts.set(camera.id, draft);
    else this.#drafts.delete(camera.id);
    this.#said = null;
    this.#drawList();
    this.#draw();
  }

  // --- what people do ---

  /** @param {PointerEvent} event @param {"rim" | "centre"} part */
  #grab(event, part) {
    const lens = this.#bench && this.#lens(this.#bench.camera);
    if (event.button !== 0 || this.#drag || !this.#bench || !lens) return;
    const { svg: picture } = this.#bench.stage;
    event.preventDefault();
    picture.focus({ preventScroll: true });
    picture.setPointerCapture(event.pointerId);
    this.#drag = { part, id: event.pointerId, from: imagePoint(picture, event), lens };
  }

  /** @param {PointerEvent} event */
  #pull(event) {
    if (!this.#bench || this.#drag?.id !== event.pointerId) return;
    const { camera, stage } = this.#bench;
    const { part, from, lens } = this.#drag;
    this.#change({ lens: dragged(lens, part, from, imagePoint(stage.svg, event), camera.frame) });
  }

  /** @param {PointerEvent} event */
  #letGo(event) {
    if (this.#drag?.id === event.pointerId) this.#drag = null;
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const lens = this.#bench && this.#lens(this.#bench.camera);
    if (!this.#bench || !lens || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = nudged(lens, event, this.#bench.camera.frame);
    if (!next) return;
    event.preventDefault();
    this.#change({ lens: next });
  }

  #type() {
    if (!this.#bench) return;
    const { camera: { frame }, fields, said } = this.#bench;
    const [x, y, radius] = fields.map(({ input }) => input.value);
    const lens = typedCircle({ x, y, radius }, frame);
    if (lens) {
      this.#change({ lens });
      return;
    }
    this.#root.activeElement?.setAttribute("aria-invalid", "true");
    said.className = "said error";
    said.textContent = `These numbers make no circle: the centre lies in the frame, ${frame.width} × ${frame.height} px, the radius is 1 px or more.`;
  }

  async #find() {
    const camera = this.#current;
    if (!camera) return;
    await this.#during("finding", async () => {
      /** @type {import("../shared/contract.d.ts").FoundPayload} */
      const { found } = await send(`/api/cameras/${camera.id}/find`, {});
      // Somebody chose another camera while the server was looking.
      if (this.#current !== camera) return;
      if (found) this.#change({ lens: found.lens });
      this.#said = { text: sayFound(found, { isStored: !this.#isUnsaved(camera) }), tone: found ? "" : "warning" };
    });
  }

  async #save() {
    if (!this.#bench) return;
    const { camera } = this.#bench;
    const lens = this.#lens(camera);
    await this.#during("saving", async () => {
      const { camera: stored } = await send(`/api/cameras/${camera.id}/lens`, { image_id: camera.frame.id, lens });
      Object.assign(camera, stored);
      const draft = this.#drafts.get(camera.id);
      // What was dragged while it was saved is a draft still.
      if (draft && same(draft.lens, stored.lens)) this.#drafts.delete(camera.id);
    });
  }

  /** @param {"finding" | "saving"} what @param {() => Promise<void>} work */
  async #during(what, work) {
    this.#busy = what;
    this.#said = what === "finding" ? { text: "Looking at its frames…", tone: "" } : null;
    this.#draw();
    try {
      await work();
      if (what === "saving") this.#said = null;
    } catch (error) {
      this.#said = what === "saving" ? sayState({ error: messageOf(error) }) : { text: messageOf(error), tone: "error" };
    }
    this.#busy = "";
    this.#drawList();
    this.#draw();
  }
}

/** @param {Camera} camera @returns {camera is SeenCamera} */
function isSeen(camera) {
  return camera.frame !== null;
}

/** @param {string} label @param {number} value */
function kind(label, value) {
  const input = html("input", { type: "radio", name: "kind", value });
  return { input, label: html("label", {}, input, html("span", {}, label)) };
}

/** @param {Stage} stage @param {Circle} lens @param {import("./geometry.js").Frame} frame */
function drawCircle({ svg: picture, circles, crosses, centre, arrows }, lens, frame) {
  for (const circle of circles) set(circle, { cx: lens.x, cy: lens.y, r: lens.radius });
  const arm = 0.016 * Math.max(frame.width, frame.height);
  for (const cross of crosses) set(cross, { d: `M${lens.x - arm} ${lens.y}h${2 * arm}M${lens.x} ${lens.y - arm}v${2 * arm}` });
  // With round caps a line of almost no length is a dot, as wide as its stroke on any zoom.
  set(centre, { d: `M${lens.x} ${lens.y}h0.001` });
  for (const path of arrows) set(path, { d: upArrows(lens, ARROWS).map(arrowPath).join("") });
  picture.dataset.lens = [lens.x, lens.y, lens.radius].map((v) => v.toFixed(2)).join(" ");
}

/** @param {{from: Spot, to: Spot}} arrow */
function arrowPath({ from, to }) {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  /** @param {1 | -1} side */
  const barb = (side) => `M${to.x} ${to.y}L${to.x - 0.4 * dx - side * 0.26 * dy} ${to.y - 0.4 * dy + side * 0.26 * dx}`;
  return `M${from.x} ${from.y}L${to.x} ${to.y}${barb(1)}${barb(-1)}`;
}

/** Where a pointer is, in the frame's pixels. @param {SVGSVGElement} picture @param {PointerEvent} event @returns {Spot} */
function imagePoint(picture, event) {
  // Through the drawing's own matrix: it is scaled to its place on the page, with a margin around the frame.
  const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(picture.getScreenCTM()?.inverse());
  return { x: at.x, y: at.y };
}

/** @param {string} address @param {RequestInit} [options] @returns {Promise<any>} */
async function ask(address, options = {}) {
  const response = await fetch(address, options).catch(() => { throw new Error("the server cannot be reached. Try again in a moment."); });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error?.message ?? `the server answered ${response.status}. Try again in a moment.`);
  return answer;
}

/** With the token of the session there is now. @param {string} address @param {object} content @returns {Promise<any>} */
async function send(address, content) {
  const { csrf } = await ask("/api/session");
  const headers = { "X-CSRF-Token": csrf, "Content-Type": "application/json" };
  return ask(address, { method: "POST", headers, body: JSON.stringify(content) });
}

/** @param {string} label @param {() => void} act */
function button(label, act, style = "") {
  const made = html("button", { type: "button", class: style }, label);
  made.addEventListener("click", act);
  return made;
}

if (!customElements.get("camera-lenses")) customElements.define("camera-lenses", CameraLenses);

/** The page needs nothing of Gradio's: the element speaks to the server itself. */
export function bind() {}

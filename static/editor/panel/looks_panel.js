/** The popover "View": what is drawn, and how. Shows looks; says which others were chosen; keeps nothing. */

import { GHOSTS, ghostOf } from "../canvas/draw_ghosts.js";
import { commandFor, keyFor } from "../input/keys.js";
import { CHOICES, DEFAULTS, GHOST_KINDS, LIMITS, TONE_FIELDS, withDefaults, withGhost } from "./looks.js";
import { make } from "../../shared/dom.js";

/**
 * @typedef {import("./looks.js").GhostKind} GhostKind
 * @typedef {import("./looks.js").NumberField} NumberField @typedef {import("./looks.js").ChoiceField} ChoiceField
 * @typedef {import("./looks.js").SwitchField} SwitchField
 */
/** @typedef {import("./looks.js").Looks} Looks @typedef {import("../input/keys.js").Binding} Binding */

/** @type {Record<ChoiceField, Record<string, string>>} */
const CHOICE_NAMES = {
  rings: { title: "Rings", flags: "Flags", all: "All scores", none: "None" },
  names: { title: "Names", selected: "Selected", all: "All", none: "None" },
};

const SLIDERS = { dots: "Dots", limbs: "Lines", opacity: "Opacity", brightness: "Brightness", contrast: "Contrast", gamma: "Gamma" };
/** @type {{field: SwitchField, text: string, command?: string}[]} */
const SWITCHES = [{ field: "others", text: "Other persons" }, { field: "loupe", text: "Loupe", command: "loupe" }];
/** @type {NumberField[]} */
const SIZES = ["dots", "limbs", "opacity"];

/** Keys that go on to the editor from here, since what they do is seen here; arrows and digits move what is chosen. */
const GOES_ON = /^(ghost|loupe|view-settings)/;

const EDGE_PX = 8;

/** One popover, built once. It stands over everything, beside the button that opened it; on a phone, at the bottom. */
export class LooksPanel {
  #element;
  #change;
  #leave;
  #keys;
  /** @type {Looks} */
  #looks = { ...DEFAULTS };
  /** @type {HTMLElement | null} */
  #opener = null;
  /** @type {((looks: Looks) => void)[]} each brings one control up to date */
  #fitted = [];

  /**
   * @param {HTMLElement} home @param {{change: (looks: Looks) => void, leave: () => void, keys: () => Binding[]}} wiring
   *   leave: where the focus goes when the popover is closed by the keyboard; keys: those that hold now
   */
  constructor(home, { change, leave, keys }) {
    this.#change = change;
    this.#leave = leave;
    this.#keys = keys;
    this.#element = this.#build();
    home.append(this.#element);
    this.show({ ...DEFAULTS });
    this.#element.addEventListener("keydown", (event) => this.#keyDown(event));
  }

  get isOpen() {
    return this.#element.matches(":popover-open");
  }

  /** Bring every control up to date. @param {Looks} looks */
  show(looks) {
    this.#looks = looks;
    for (const fit of this.#fitted) fit(looks);
  }

  /** Say which ghosts there are of a person. @param {import("../desk/desk.js").Person | null} person */
  showPerson(person) {
    for (const kind of GHOST_KINDS) {
      const row = this.#element.querySelector(`[data-ghost="${kind}"]`);
      row?.toggleAttribute("data-none", person !== null && ghostOf(person, kind) === null);
    }
  }

  /** Write the keys that hold now beside what they switch. */
  showKeys() {
    for (const kbd of this.#element.querySelectorAll("kbd")) {
      kbd.textContent = keyFor(kbd.dataset.of ?? "", this.#keys());
      kbd.hidden = !kbd.textContent;
    }
  }

  /** Open or close. @param {HTMLElement} opener the button it stands under */
  toggle(opener) {
    if (this.isOpen) return this.close();
    this.#opener = opener;
    this.#element.showPopover();
    opener.setAttribute("aria-expanded", "true");
    this.#place(opener.getBoundingClientRect());
    this.#element.querySelector("input")?.focus();
    return document.addEventListener("pointerdown", this.#pressed, true);
  }

  /** @returns {boolean} whether it was open */
  close() {
    if (!this.isOpen) return false;
    const root = /** @type {ShadowRoot | Document} */ (this.#element.getRootNode());
    const hadFocus = this.#element.contains(root.activeElement);
    this.#element.hidePopover();
    this.#opener?.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", this.#pressed, true);
    if (hadFocus) this.#leave();
    return true;
  }

  /** @param {KeyboardEvent} event */
  /** @param {PointerEvent} event */
  #pressed = (event) => {
    const path = event.composedPath();
    if (!path.some((one) => one === this.#element || one === this.#opener)) this.close();
  };

  /** Under the opener, and rather to its left: the person is in the stage's middle. On a phone the style sheet has the word.
   * @param {DOMRect} opener */
  #place({ right, bottom }) {
    this.#element.style.setProperty("--left", `${Math.max(right - this.#element.offsetWidth, EDGE_PX)}px`);
    this.#element.style.setProperty("--top", `${bottom + 6}px`);
  }

  /** @param {KeyboardEvent} event */
  #keyDown(event) {
    if (event.key !== "Escape") {
      if (!GOES_ON.test(commandFor(event, this.#keys()) ?? "")) event.stopPropagation();
      return;
    }
    event.stopPropagation();
    event.preventDefault();
    this.close();
  }

  // ------------------------------------------------------------------------------------------ building

  #build() {
    const close = make("button", { className: "step", textContent: "✕", onclick: () => this.close() });
    close.setAttribute("aria-label", "Close");
    const head = make("div", { className: "dialog-head" }, [make("h3", { textContent: "View" }), close]);
    const reset = this.#button("Everything as at first", () => this.#change({ ...DEFAULTS }));
    const element = make("div", { className: "looks" }, [
      head,
      section("Ghosts", GHOST_KINDS.map((kind) => this.#ghost(kind))),
      section("Pose", [this.#choice("rings"), this.#choice("names"), ...SIZES.map((name) => this.#slider(name))]),
      make("div", { className: "switches" }, SWITCHES.map((one) => this.#switch(one))),
      section("Picture", TONE_FIELDS.map((name) => this.#slider(name)), "Changes what you see, never what is stored."),
      make("div", { className: "row" }, [this.#button("Picture as taken", () => this.#set(withDefaults(this.#looks, TONE_FIELDS))), reset]),
    ]);
    element.setAttribute("popover", "manual");
    element.setAttribute("role", "dialog");
    element.setAttribute("aria-label", "View");
    return element;
  }

  /** @param {Looks} looks */
  #set(looks) {
    this.#change(looks);
  }

  /** @param {GhostKind} kind */
  #ghost(kind) {
    const { name, letter, colour, dash } = GHOSTS[kind];
    const box = make("input", { type: "checkbox", className: "switch" });
    box.addEventListener("change", () => this.#set(withGhost(this.#looks, kind, box.checked)));
    this.#fitted.push((looks) => (box.checked = looks.ghosts[kind]));
    const text = make("span", { textContent: name }, [make("small", { textContent: " none of this person" })]);
    const row = make("label", { className: "line" }, [box, swatch(letter, colour, dash), text, kbdOf(`ghost-${kind}`)]);
    row.dataset.ghost = kind;
    return row;
  }

  /** @param {typeof SWITCHES[number]} what */
  #switch({ field, text, command }) {
    const box = make("input", { type: "checkbox", className: "switch" });
    box.addEventListener("change", () => this.#set({ ...this.#looks, [field]: box.checked }));
    this.#fitted.push((looks) => (box.checked = looks[field]));
    return make("label", { className: "line" }, [box, make("span", { textContent: text }), ...(command ? [kbdOf(command)] : [])]);
  }

  /** @param {ChoiceField} name */
  #choice(name) {
    const { title, ...names } = CHOICE_NAMES[name];
    const options = CHOICES[name].map((value) => {
      const box = make("input", { type: "radio", name: `looks-${name}`, value });
      box.addEventListener("change", () => this.#set({ ...this.#looks, [name]: value }));
      this.#fitted.push((looks) => (box.checked = looks[name] === value));
      return make("label", {}, [box, make("span", { textContent: names[value] })]);
    });
    const group = make("div", { className: "segments" }, options);
    group.setAttribute("role", "radiogroup");
    group.setAttribute("aria-label", title);
    return make("div", { className: "line" }, [make("span", { className: "name", textContent: title }), group]);
  }

  /** @param {NumberField} name */
  #slider(name) {
    const { least, most, step } = LIMITS[name];
    const range = make("input", { type: "range", min: String(least), max: String(most), step: String(step) });
    const value = make("output");
    const back = this.#button("↺", () => this.#set(withDefaults(this.#looks, [name])));
    back.className = "back";
    back.setAttribute("aria-label", `${SLIDERS[name]} as at first`);
    range.addEventListener("input", () => this.#set({ ...this.#looks, [name]: Number(range.value) }));
    this.#fitted.push((looks) => {
      range.value = String(looks[name]);
      value.textContent = inWords(name, looks[name]);
      range.setAttribute("aria-valuetext", value.textContent);
      back.toggleAttribute("data-idle", looks[name] === DEFAULTS[name]);
    });
    return make("div", { className: "line" }, [
      make("label", {}, [make("span", { className: "name", textContent: SLIDERS[name] }), range]), value, back,
    ]);
  }

  /** @param {string} text @param {() => void} act */
  #button(text, act) {
    return make("button", { type: "button", textContent: text, onclick: act });
  }
}

/** @param {string} title @param {HTMLElement[]} parts */
function section(title, parts, note = "") {
  const notes = note ? [make("p", { className: "empty", textContent: note })] : [];
  return make("section", {}, [make("h2", { textContent: title }), ...parts, ...notes]);
}

/** @param {string} command */
function kbdOf(command) {
  const kbd = make("kbd");
  kbd.dataset.of = command;
  return kbd;
}

/** A ghost's line as it is on the image, on the image's dark ground. @param {string} letter @param {string} colour @param {number[]} dash */
function swatch(letter, colour, dash) {
  const canvas = make("span", { className: "swatch" });
  canvas.innerHTML = `<svg viewBox="0 0 56 20" aria-hidden="true"><path d="M2 10H36" stroke="${colour}" stroke-width="2"
    stroke-dasharray="${dash.join(" ")}"/><circle cx="46" cy="10" r="7.500" fill="none" stroke="${colour}" stroke-width="1.250"/>
    <text x="46" y="13.700" text-anchor="middle" fill="${colour}">${letter}</text></svg>`;
  return canvas;
}

/** @param {NumberField} name @param {number} value */
function inWords(name, value) {
  if (name === "opacity" || SIZES.includes(name)) return `${Math.round(100 * value)} %`;
  if (name === "gamma") return value.toFixed(2);
  const percent = Math.round(100 * value);
  return percent > 0 ? `+${percent}` : String(percent).replace("-", "−");
}

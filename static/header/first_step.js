/** What to do first in a home where there is nothing to work on yet: one card for every page. Every text enters as text. */

import { html } from "../shared/dom.js";

/** @typedef {import("../shared/contract.d.ts").StepPayload} Step as /api/first-step tells of it */

/** @param {Step} step @returns {HTMLElement} */
export function firstStepCard({ title, text, command, link }) {
  const card = html("section", { class: "card first-step", "aria-label": title }, html("h2", {}, title), html("p", {}, text));
  if (command) card.append(html("pre", { tabindex: "0", "aria-label": "Command" }, html("code", {}, command)));
  if (link && link.href !== location.pathname) card.append(html("p", {}, html("a", { href: link.href }, link.text)));
  return card;
}

/** How the home stands, as the server tells. @param {(path: string) => Promise<any>} get @returns {Promise<Step | null>} null
 * where nothing is missing, or where that cannot be told */
export async function askFirstStep(get) {
  const { step } = await get("/api/first-step").catch(() => ({ step: null }));
  return step ?? null;
}

/** For the style sheet of whoever shows the card. */
export const FIRST_STEP_STYLE = `
.first-step { display: grid; grid-template-columns: minmax(0, 1fr); gap: 10px; justify-items: start; text-align: left; }
.first-step h2 { font-size: 16px; font-weight: 650; }
.first-step pre { margin: 0; max-width: 100%; padding: 9px 12px; border-radius: 6px; background: var(--sunk, #e6eaf0); color: inherit; white-space: pre-wrap; overflow-wrap: anywhere; user-select: all; -webkit-user-select: all; }
.first-step pre code { font: 12.5px ui-monospace, monospace; padding: 0; background: none; }
.first-step pre:focus-visible, .first-step a:focus-visible { outline: 3px solid var(--accent, #1d5fc4); outline-offset: 2px; }
.first-step a { display: inline-flex; align-items: center; font-weight: 600; font-size: 13px; padding: 7px 14px; border-radius: 8px; text-decoration: none; color: inherit; border: 1px solid var(--edge, #8a97a6); }
@media (pointer: coarse) { .first-step a { min-height: 44px; } }
`;

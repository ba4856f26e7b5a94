/** How the contact sheet looks; the colours are the page's theme's (static/theme.css), the pose's are the editor's. */

import { COLOURS } from "../editor/canvas/strokes.js";
import { POSE_STYLE } from "./pose.js";

export const STYLE = `
:host {
  display: block; padding: 20px clamp(12px, 2vw, 40px) 48px; font: 14px/1.5 system-ui, sans-serif; color: var(--text);
  --text: var(--body-text-color, #18212c); --quiet: var(--body-text-color-subdued, #4f5d6d);
  --paper: var(--background-fill-primary, #fff); --ground: var(--background-fill-secondary, #f4f6f9);
  --rule: var(--border-color-primary, #d9dfe7); --tint: var(--accent, #1d5fc4); --rim: var(--edge, #8a97a6);
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
h1, h2, p, ul { margin: 0; padding: 0; }
ul { list-style: none; }
button, input, select { font: inherit; color: inherit; }
:focus-visible { outline: 3px solid var(--tint); outline-offset: 2px; }
.soft { color: var(--quiet); }

.title { display: flex; flex-wrap: wrap; align-items: baseline; gap: 2px 14px; }
h1 { font-size: 20px; line-height: 1.3; font-weight: 650; letter-spacing: -.01em; }
.title p { font-size: 13px; color: var(--quiet); text-wrap: pretty; }

.recent { display: flex; align-items: center; gap: 4px 12px; margin-top: 14px; min-width: 0; }
.recent h2 { flex: none; font-size: 12px; font-weight: 600; color: var(--quiet); }
.recent ul { display: flex; gap: 8px; overflow-x: auto; scrollbar-width: none; padding: 3px 28px 3px 3px; min-width: 0; mask-image: linear-gradient(to right, #000 calc(100% - 28px), transparent); }
.recent a {
  display: grid; padding: 4px 12px 5px; border: 1px solid var(--rule); border-radius: 8px; background: var(--paper); color: inherit;
  text-decoration: none; white-space: nowrap; line-height: 1.35;
}
.recent a:hover { border-color: var(--rim); background: var(--ground); }
.recent b { font-size: 13px; font-weight: 600; max-width: 22ch; overflow: hidden; text-overflow: ellipsis; }
.recent small { font-size: 12px; color: var(--quiet); }

.toolbar {
  position: sticky; top: 0; z-index: 2; display: flex; flex-wrap: wrap; align-items: end; gap: 10px 14px; margin: 14px -4px 0; padding: 10px 4px 12px;
  background: var(--body-background-fill, #f4f6f9); border-bottom: 1px solid var(--rule);
}
.field { display: grid; gap: 3px; font-size: 12px; font-weight: 600; color: var(--quiet); min-width: 0; }
.field :is(select, input) {
  height: 36px; min-width: 0; padding: 0 10px; border: 1px solid var(--rim); border-radius: 8px; background: var(--paper);
  color: var(--text); font-size: 14px; font-weight: 400;
}
.field select { max-width: 210px; }
.field.search { flex: 1 1 190px; max-width: 340px; }
.field input::placeholder { color: var(--quiet); opacity: 1; }
fieldset { border: 0; margin: 0; padding: 0; min-width: 0; }
legend { padding: 0 0 3px; font-size: 12px; line-height: 1.5; font-weight: 600; color: var(--quiet); }
.segments { display: flex; height: 36px; padding: 2px; border: 1px solid var(--rim); border-radius: 8px; background: var(--paper); }
.segments label { position: relative; }
.segments input { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0; cursor: pointer; }
.segments span { display: grid; place-items: center; height: 100%; padding: 0 11px; border-radius: 6px; font-size: 13px; font-weight: 550; white-space: nowrap; }
.segments label:hover input:not(:checked) + span { background: var(--ground); }
.segments input:checked + span { background: #1d5fc4; color: #fff; }
.segments input:focus-visible + span { outline: 3px solid var(--tint); outline-offset: 1px; }
.clear, .more button, .card button, .card a {
  height: 36px; padding: 0 14px; border: 1px solid var(--rim); border-radius: 8px; background: none; color: inherit; font-size: 13px; font-weight: 600;
  cursor: pointer; text-decoration: none; display: inline-grid; place-items: center;
}
:is(.clear, .more button, .card button, .card a):hover:not(:disabled) { background: var(--ground); }
.more button:disabled { opacity: .55; cursor: default; }
.count { margin-left: auto; line-height: 36px; font-size: 13px; font-weight: 600; font-variant-numeric: tabular-nums; white-space: nowrap; }

.body { transition: opacity .2s; }
.body[aria-busy="true"] { opacity: .5; transition-delay: .15s; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(clamp(150px, 9.6vw, 236px), 1fr)); gap: 14px 12px; margin-top: 16px; }
.grid .delete { justify-self: end; margin-top: 2px; padding: 4px 8px; font: inherit; font-size: 12px; color: var(--quiet); background: none; border: 0; border-radius: 6px; cursor: pointer; }
.grid .delete:hover, .grid .delete:focus-visible { color: var(--bad, #b3202b); text-decoration: underline; }
.grid li { display: grid; grid-template-rows: 1fr auto; min-width: 0; content-visibility: auto; contain-intrinsic-size: auto 176px auto 280px; }
.tile {
  display: grid; grid-template-rows: auto 1fr; min-width: 0; overflow: hidden; border: 1px solid var(--rule); border-radius: 10px; background: var(--paper);
  color: inherit; text-decoration: none; position: relative;
}
.tile:hover { border-color: var(--rim); }
.tile:focus-visible { outline-offset: -3px; } .tile:focus-visible::after { content: ""; position: absolute; inset: 0; border: 3px solid var(--tint); border-radius: inherit; pointer-events: none; }
.crop { position: relative; display: block; aspect-ratio: 1; background: #12151b; overflow: hidden; }
.crop :is(img, svg) { position: absolute; inset: 0; width: 100%; height: 100%; display: block; }
.crop img { object-fit: cover; }
.tile:not([data-state="open"]) .crop img { filter: saturate(.55) brightness(.8); }
.tile[data-state="not_a_person"] svg { display: none; }
.gone { position: absolute; inset: 8px 8px auto; color: #cfd7e3; font-size: 12px; line-height: 1.35; }
${POSE_STYLE}.badge {
  position: absolute; bottom: 7px; left: 7px; max-width: calc(100% - 14px); padding: 1px 8px; border-radius: 99px; font-size: 12px; font-weight: 600;
  line-height: 1.5; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; background: rgba(12, 15, 20, .86); color: #e9edf4;
}
.badge[data-state="accepted"] { color: ${COLOURS.done}; }
.badge.flags { color: ${COLOURS.flag}; }
.badge.held { top: 7px; bottom: auto; font-weight: 500; }
.text { display: grid; grid-template-columns: minmax(0, 1fr); align-content: start; padding: 8px 10px 10px; line-height: 1.35; }
.text > * { min-width: 0; }
.score { display: flex; align-items: center; gap: 8px; margin-bottom: 3px; }
.score b { font-size: 13px; font-weight: 650; font-variant-numeric: tabular-nums; }
.score[data-none] .meter { display: none; }
.score[data-none] b { font-weight: 400; color: var(--quiet); }
.meter { flex: 1; height: 4px; border-radius: 99px; background: var(--sunk, #e6eaf0); overflow: hidden; }
.meter i { display: block; height: 100%; border-radius: 99px; background: color-mix(in srgb, var(--text) 66%, var(--paper)); }
.name, .text .soft { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.name { font-size: 13px; font-weight: 600; }
.text .soft, .about { font-size: 12px; }
.about { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; margin-top: 4px; padding-top: 4px; border-top: 1px solid var(--rule); }

.checks { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 14px; margin-top: 12px; font-size: 13px; }
.checks a { color: var(--tint); }
.checks[hidden], .field[hidden] { display: none; }
:is(.checks button, .right) {
  height: 32px; padding: 0 12px; border: 1px solid var(--rim); border-radius: 8px; background: var(--paper); color: inherit; font-size: 13px; font-weight: 600; cursor: pointer;
}
:is(.checks button, .right):hover:not(:disabled) { background: var(--ground); }
.checks button:disabled { opacity: .55; cursor: default; }
.right { justify-self: start; align-self: start; margin-top: 6px; }
.more { display: grid; justify-items: center; gap: 12px; padding: 24px 0 0; }
.more:empty { padding: 0; }
.card { max-width: 560px; margin: 40px auto 0; padding: 24px; text-align: center; background: var(--paper); border: 1px solid var(--rule); border-radius: 10px; display: grid; gap: 10px; justify-items: center; }
.card h2 { font-size: 16px; font-weight: 650; text-wrap: balance; }
.card p { color: var(--quiet); text-wrap: pretty; }
.card[role="alert"] { border-color: var(--bad, #b3202b); }
.card .row { display: flex; flex-wrap: wrap; gap: 8px; justify-content: center; }
.ghost .crop { background: var(--sunk, #e6eaf0); } .ghost .text { height: 74px; }
.ghost { animation: breathe 1.6s ease-in-out infinite alternate; }
@keyframes breathe { from { opacity: .85; } to { opacity: .4; } }
:host([data-bare]) :is(.toolbar, .title p) { display: none; }
.live { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

@media (max-width: 760px) {
  .toolbar { position: static; } .count { line-height: 1.5; align-self: center; }
  .segments { height: auto; flex-wrap: wrap; } .segments label { flex: 1 1 auto; } .segments span { height: 32px; padding: 0 9px; }
  .field { flex: 1 1 130px; } .field select { max-width: none; } .field.search { max-width: none; flex-basis: 100%; }
  .grid { grid-template-columns: repeat(auto-fill, minmax(142px, 1fr)); gap: 10px; }
  .recent { display: grid; }
}
@media (pointer: coarse) {
  .segments { height: auto; } .segments span { height: 44px; }  .field :is(select, input), .clear, .more button, .card button, .card a, .checks button, .right { height: 44px; } .checks a { line-height: 44px; }
  .recent a { min-height: 44px; }
}
@media (prefers-reduced-motion: reduce) { .ghost { animation: none; } }
`;

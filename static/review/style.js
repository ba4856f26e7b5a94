/** How the page Review looks; the colours are the page's theme's (static/theme.css). */

export const STYLE = `
:host {
  display: block; font: 14px/1.5 system-ui, sans-serif; color: var(--text);
  --text: var(--body-text-color, #18212c); --quiet: var(--body-text-color-subdued, #4f5d6d);
  --paper: var(--background-fill-primary, #fff); --ground: var(--background-fill-secondary, #f4f6f9);
  --rule: var(--border-color-primary, #d9dfe7); --tint: var(--accent, #1d5fc4); --rim: var(--edge, #8a97a6);
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
h2, p, dl, dd { margin: 0; padding: 0; }
h2 { font-size: 15px; font-weight: 650; }
button, input, select { font: inherit; color: inherit; }
:focus-visible { outline: 3px solid var(--tint); outline-offset: 2px; }
.soft { color: var(--quiet); font-size: 13px; overflow-wrap: anywhere; }
a { color: var(--tint); }
kbd { font: 600 11px/1 system-ui, sans-serif; padding: 2px 5px; border-radius: 4px; border: 1px solid color-mix(in srgb, currentColor 30%, transparent); white-space: nowrap; }
.live { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
:host([data-bare]) :is(.toolbar, .work) { display: none; }

.toolbar { display: flex; flex-wrap: wrap; align-items: end; gap: 8px 14px; padding: 10px 16px; border-bottom: 1px solid var(--rule); background: var(--paper); }
.field { display: grid; gap: 3px; font-size: 12px; font-weight: 600; color: var(--quiet); min-width: 0; }
.field :is(select, input) {
  height: 36px; min-width: 0; padding: 0 10px; border: 1px solid var(--rim); border-radius: 8px; background: var(--paper); color: var(--text);
  font-size: 14px; font-weight: 400;
}
.field select { max-width: 210px; } .field input[type=number] { width: 110px; }
.what { flex: 1 1 220px; padding-bottom: 8px; } .count { padding-bottom: 8px; font-size: 13px; font-weight: 600; font-variant-numeric: tabular-nums; }

.work { display: grid; grid-template-columns: minmax(0, 1fr) 300px; height: max(460px, calc(100dvh - var(--top, 0px) - 76px)); background: var(--paper); border-bottom: 1px solid var(--rule); }
.left { position: relative; min-height: 0; }
.stage {
  position: absolute; inset: 0; overflow: hidden; background: #12151b; touch-action: none; cursor: grab; user-select: none; -webkit-user-select: none; outline: none;
}
.stage:focus-visible::after { content: ""; position: absolute; inset: 0; border: 2px solid #7db4ff; pointer-events: none; }
.stage[data-cursor=point] { cursor: pointer; } .stage[data-cursor=moving] { cursor: none; } .stage[data-cursor=cross] { cursor: crosshair; }
canvas { position: absolute; inset: 0; width: 100%; height: 100%; pointer-events: none; }
canvas.loupe { inset: auto; left: 0; top: 0; width: 160px; height: 160px; }
.over { position: absolute; inset: 0; display: grid; place-content: center; justify-items: center; text-align: center; gap: 10px; padding: 24px; color: #e9edf4; background: rgba(18, 21, 27, .9); cursor: default; }
.over h2 { font-size: 19px; } .over p { max-width: 46ch; color: #b6c0cf; text-wrap: pretty; }
.over button { border: 1px solid #5b6575; background: #2a323f; color: #fff; border-radius: 8px; padding: 7px 14px; font-weight: 600; cursor: pointer; }
.notice { position: absolute; left: 50%; top: 12px; translate: -50% 0; width: max-content; max-width: calc(100% - 24px); padding: 8px 12px; border-radius: 9px; border: 1px solid #ff9d2e; background: rgba(18, 22, 29, .95); color: #eef2f8; font-size: 13px; }

.panel { display: flex; flex-direction: column; gap: 14px; padding: 14px 16px; border-left: 1px solid var(--rule); min-height: 0; overflow-y: auto; }
.about { display: grid; gap: 4px; justify-items: start; } .about b { font-size: 16px; font-weight: 650; overflow-wrap: anywhere; }
.about p { overflow-wrap: anywhere; } .about a { font-size: 13px; }
:is(.earlier, .suspected) { padding: 6px 10px; border-left: 3px solid var(--warn, #8a5300); background: var(--ground); font-size: 13px; }
.actions { display: grid; gap: 8px; }
:is(.actions, .back, .card) button {
  min-height: 40px; padding: 0 14px; border: 1px solid var(--rim); border-radius: 8px; background: none; font-weight: 600; cursor: pointer;
}
:is(.actions, .back, .card) button:hover:not(:disabled, .primary) { background: var(--ground); }
button:disabled { opacity: .5; cursor: default; }
button.primary { background: #1d5fc4 !important; border-color: #1d5fc4 !important; color: #fff; min-height: 48px !important; font-size: 15px; }
button.primary:hover:not(:disabled) { background: #164c9f !important; }
.actions .slim { min-height: 32px; font-weight: 500; border-color: transparent; justify-self: start; padding: 0 8px; margin-left: -8px; }
.back { display: grid; gap: 10px; padding-top: 12px; border-top: 1px solid var(--rule); }
.reasons { display: grid; gap: 4px; } .back .reason { text-align: left; min-height: 32px; font-weight: 450; font-size: 13px; border-color: var(--rule); padding: 3px 8px; }
.back .row { display: flex; gap: 8px; flex-wrap: wrap; } .back .row button { min-height: 40px !important; font-size: 14px; }
.keys { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 5px 10px; font-size: 12.5px; color: var(--quiet); align-items: baseline; margin-top: auto; }

.below { padding: 20px 16px 48px; max-width: 1100px; margin: 0 auto; }
.card { display: grid; grid-template-columns: minmax(0, 1fr); gap: 10px; padding: 16px 18px; border: 1px solid var(--rule); border-radius: 10px; background: var(--paper); }
.card .head { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 4px 16px; } .card .head a { font-size: 13px; }
.card .line { display: flex; flex-wrap: wrap; align-items: end; gap: 10px; } .card .line button { min-height: 36px; }
.said:empty { display: none; } .said { font-size: 13px; } .said.error { color: var(--bad, #b3202b); } .said.done { color: var(--good, #17693f); }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 7px 12px 7px 0; border-bottom: 1px solid var(--rule); font-weight: 400; overflow-wrap: anywhere; }
thead th { font-size: 12px; font-weight: 600; color: var(--quiet); } tbody th { font-weight: 600; } td.nothing { color: var(--quiet); }

@media (max-width: 760px) {
  .work { grid-template-columns: minmax(0, 1fr); grid-template-rows: minmax(300px, 52dvh) auto; height: auto; }
  .panel { border-left: 0; border-top: 1px solid var(--rule); overflow: visible; } .keys { display: none; }
  .actions { grid-template-columns: 1fr 1fr; } .actions .slim { grid-column: span 2; }
  .toolbar { padding: 8px 10px; } .toolbar .field { flex: 1 1 130px; } .field select { max-width: none; }
  .what { flex-basis: 100%; padding: 0; } .count { padding: 0; } .panel { padding: 12px 10px; } .below { padding: 14px 10px 32px; }
  thead { display: none; } tbody tr { display: grid; grid-template-columns: 1fr; padding: 8px 0; border-bottom: 1px solid var(--rule); }
  th, td { border: 0; padding: 1px 0; } td::before { content: attr(data-column) ": "; color: var(--quiet); font-size: 12.5px; }
}
@media (pointer: coarse) { .back .row button { min-height: 44px !important; } :is(button, .field select, .field input, .panel a, .head a) { min-height: 44px !important; } .panel a, .head a { display: inline-flex; align-items: center; } }
`;

/** How the editor looks. Colours come from the page's theme where it has one (Gradio's variables), else from here. */

export const STYLE = `
:host {
  display: block; height: auto !important; min-width: 0;
  --text: var(--body-text-color, #1b2330);
  --quiet: var(--body-text-color-subdued, #566072);
  --paper: var(--background-fill-primary, #ffffff);
  --sunk: var(--background-fill-secondary, #f4f6f9);
  --line: var(--border-color-primary, #dde2ea);
  --accent: #1f66d1;
  --accent-ink: #ffffff;
  --left: color-mix(in srgb, #1787e0 82%, var(--text));
  --right: color-mix(in srgb, #e07a00 72%, var(--text));
  --warn: #ffe14a;
  --bad: #d6293e;
  --radius: 8px;
  --stage: #12151b;
  color: var(--text);
  font: 14px/1.4 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  outline: none;
}
@media (prefers-color-scheme: dark) {
  :host {
    --text: var(--body-text-color, #e7ebf2);
    --quiet: var(--body-text-color-subdued, #9aa5b6);
    --paper: var(--background-fill-primary, #1a1f28);
    --sunk: var(--background-fill-secondary, #222834);
    --line: var(--border-color-primary, #323a48);
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
button { font: inherit; color: inherit; cursor: pointer; touch-action: manipulation; }
button:disabled { cursor: default; opacity: .45; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
kbd {
  font: 600 11px/1 system-ui, sans-serif; padding: 3px 5px; border-radius: 4px; white-space: nowrap;
  border: 1px solid color-mix(in srgb, currentColor 28%, transparent); color: inherit; opacity: .82;
}
:is(.primary, .slim, [aria-pressed="true"]) kbd { opacity: 1; }
h2 { font-size: 12px; font-weight: 650; color: var(--quiet); margin: 0 0 6px; display: flex; align-items: center; justify-content: space-between; gap: 8px; }
h2 b { color: var(--text); font-size: 13px; }

.editor {
  display: grid; grid-template: auto minmax(0, 1fr) / minmax(0, 1fr) 328px;
  grid-template-areas: "bar panel" "stage panel";
  height: max(520px, calc(100dvh - var(--editor-top, 0px)));
  background: var(--paper); border: 1px solid var(--line); border-radius: var(--radius); overflow: hidden;
}

/* ------------------------------------------------------------------ bar */
.bar {
  grid-area: bar; display: flex; align-items: center; gap: 2px; padding: 5px 8px; min-width: 0;
  background: #1b2029; color: #e9edf4; border-bottom: 1px solid #2b323e;
}
.where { display: flex; flex-direction: column; min-width: 0; margin: 0 10px 0 4px; line-height: 1.25; flex: none; max-width: 28%; }
.where b, .where span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.where b { font-weight: 600; font-size: 13px; }
.where span { color: #a3aebf; font-size: 12px; }
.sent-back { flex: none; border: 1px solid #7db4ff; background: transparent; color: #cfe3ff; border-radius: 6px; min-height: 28px; padding: 0 9px; margin-right: 6px; font-size: 12.5px; font-weight: 600; white-space: nowrap; }
.sent-back:hover { background: #2f4a73; color: #fff; } .sent-back:focus-visible { outline-color: #7db4ff; }
.bar .gap { flex: 1; }
.bar .rule { width: 1px; height: 20px; background: #39414f; margin: 0 5px; flex: none; }
.tool {
  flex: none; width: 34px; height: 34px; display: grid; place-items: center; padding: 0;
  border: 0; border-radius: 6px; background: transparent; color: #d3dae6;
}
@media (hover: hover) { .tool:hover:not(:disabled, [aria-pressed="true"]) { background: #2c3441; color: #fff; } }
.tool[aria-pressed="true"] { background: #2f4a73; color: #fff; }
.tool:focus-visible { outline-color: #7db4ff; outline-offset: -2px; }
.tool svg { width: 19px; height: 19px; fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
.status {
  flex: 0 1 auto; min-width: 0; display: flex; align-items: center; gap: 7px; font-size: 12.5px; color: #cfd7e3; padding: 0 6px; max-width: 46%;
}
.status span { overflow: hidden; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; line-height: 1.25; }
.status i { flex: none; width: 9px; height: 9px; border-radius: 50%; background: #62c47f; }
.status[data-state="saving"] i { background: transparent; border: 2px solid #7db4ff; border-top-color: transparent; animation: turn .8s linear infinite; }
.status[data-state="draft"] i { background: transparent; border: 2px solid #c6cedb; }
.status[data-state="unsaved"] { color: #ffd9a8; }
.status[data-state="unsaved"] i { background: #ff9d2e; border-radius: 2px; transform: rotate(45deg); }
.status[data-quiet] i { visibility: hidden; }
.status button { border: 1px solid #5b6575; background: transparent; border-radius: 5px; padding: 2px 8px; white-space: nowrap; color: inherit; }
@keyframes turn { to { transform: rotate(1turn); } }

.tools { display: contents; }

/* ---------------------------------------------------------------- stage */
.stage {
  grid-area: stage; position: relative; overflow: hidden; background: var(--stage);
  background-image: radial-gradient(#1c212a 1px, transparent 1px); background-size: 22px 22px;
  touch-action: none; cursor: grab; user-select: none; -webkit-user-select: none; outline: none;
}
.stage:focus-visible::after { content: ""; position: absolute; inset: 0; border: 2px solid #7db4ff; pointer-events: none; }
.stage[data-cursor="point"] { cursor: pointer; }
.stage[data-cursor="moving"] { cursor: none; }
.stage[data-cursor="cross"] { cursor: crosshair; }
.stage[data-cursor="all"] { cursor: move; } .stage[data-cursor="size"] { cursor: nwse-resize; } .stage[data-cursor="turn"] { cursor: alias; }
canvas { position: absolute; inset: 0; width: 100%; height: 100%; pointer-events: none; }
.hint, .notice {
  position: absolute; left: 50%; transform: translateX(-50%); max-width: calc(100% - 24px); width: max-content;
  background: rgba(18, 22, 29, .93); color: #eef2f8; border: 1px solid #3a4352; border-radius: 9px; padding: 8px 12px;
  font-size: 13px; display: flex; gap: 12px; align-items: center; box-shadow: 0 6px 22px rgba(0, 0, 0, .35);
}
.hint { bottom: 14px; pointer-events: none; }
.banner {
  grid-area: stage; align-self: start; position: relative; height: var(--banner); display: flex; gap: 10px; align-items: center;
  padding: 0 14px; font-size: 13.5px; line-height: 1.3; background: #2b3546; color: #eef2f8; border-bottom: 2px solid #7db4ff;
}
.banner span { flex: 1; min-width: 0; font-weight: 560; overflow: hidden; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow-wrap: anywhere; }
.editor { --banner: 48px; }
.editor:has(> .banner:not([hidden])) .stage { margin-top: var(--banner); }
@media (max-width: 760px) { .editor { --banner: 76px; } .banner span { font-size: 13px; } }
@media (pointer: coarse) { .banner button { min-height: 44px; } }
.card pre { margin: 0; max-width: min(100%, 76ch); padding: 9px 12px; border-radius: 6px; background: #0c0f14; border: 1px solid #3a4352; font: 12.5px ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; user-select: all; -webkit-user-select: all; text-align: left; }
.notice { top: 12px; z-index: 2; cursor: default; }
.notice[data-kind="problem"] { border-color: #ff9d2e; }
.notice button, .banner button, .card button, .card a {
  border: 1px solid #5b6575; background: #2a323f; color: #fff; border-radius: 6px; padding: 5px 11px; white-space: nowrap; text-decoration: none;
}
.card {
  position: absolute; inset: 0; display: grid; place-content: center; justify-items: center; text-align: center; gap: 12px;
  color: #e9edf4; padding: 24px; background: rgba(18, 21, 27, .88); cursor: default; z-index: 1;
}
.card h3 { margin: 0; font-size: 19px; font-weight: 620; text-wrap: balance; }
.card p { margin: 0; max-width: 46ch; color: #b6c0cf; text-wrap: pretty; }
.card .row { display: flex; gap: 8px; flex-wrap: wrap; justify-content: center; }
.card .primary { background: var(--accent); border-color: var(--accent); }
.spinner { width: 30px; height: 30px; border-radius: 50%; border: 3px solid #39414f; border-top-color: #7db4ff; animation: turn .9s linear infinite; }

/* ---------------------------------------------------------------- panel */
.panel { grid-area: panel; display: flex; flex-direction: column; min-height: 0; border-left: 1px solid var(--line); background: var(--paper); }
.scroll { flex: 1; min-height: 0; overflow-y: auto; scrollbar-width: thin; scrollbar-color: color-mix(in srgb, var(--quiet) 60%, transparent) transparent; display: flex; flex-direction: column; }
.scroll section { flex: none; }
.scroll .to-look-at { flex: 1 1 230px; min-height: 128px; display: flex; flex-direction: column; } .to-look-at > * { flex: none; }
.scroll .everybody { flex: 0 9 auto; min-height: 106px; display: flex; flex-direction: column; }
:is(.everybody, .to-look-at) h2 b { font-weight: 500; font-size: 12px; color: var(--quiet); }
.editor[data-bare] { grid-template: auto minmax(0, 1fr) / minmax(0, 1fr); grid-template-areas: "bar" "stage"; }
.editor[data-bare] .panel { display: none; }
.panel section { padding: 10px 14px; border-bottom: 1px solid var(--line); }
.panel section:last-child { border-bottom: 0; }
.panel .who { position: sticky; top: 0; z-index: 2; background: var(--paper); }
[inert] button { opacity: .45; }
.person-head { display: flex; align-items: center; gap: 8px; }
@media (pointer: fine) { .person-head { gap: 5px; } .person-head .step { width: 27px; } }
.person-head b { font-size: 16px; font-weight: 650; }
.person-head .gap { flex: 1; } .person-head b { flex: none; } .person-head .soft { min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: 12.5px; color: var(--quiet); font-variant-numeric: tabular-nums; }
.step { flex: none; width: 30px; height: 30px; border: 1px solid var(--line); border-radius: 6px; background: var(--paper); padding: 0; font-size: 15px; line-height: 1; }
.step svg { width: 17px; height: 17px; fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; vertical-align: -3px; }
.scroll:has(> .history:not([hidden])) > section:not(.who, .history) { display: none; }
.scroll .history { overflow-y: auto; min-height: 0; flex: 1; }
.history .dialog-head { margin-bottom: 4px; } .history .dialog-head h2 { margin: 0; }
.history ol { list-style: none; margin: 0; padding: 0; }
.history li { padding: 9px 0; border-top: 1px solid var(--line); font-size: 13px; overflow-wrap: anywhere; }
.history p { margin: 0 0 4px; } .history .soft { color: var(--quiet); font-size: 12.5px; }
.history .counts { margin-left: 8px; font-size: 12px; font-weight: 600; padding: 1px 7px; border-radius: 99px; background: var(--sunk); }
.history .row { display: flex; gap: 8px; }
.history .row button, .problem .row button { border: 1px solid var(--quiet); border-radius: 6px; background: var(--paper); padding: 4px 12px; min-height: 28px; }
.history .row button:hover:not([aria-pressed="true"]) { background: var(--sunk); } .history .row [aria-pressed="true"] { background: var(--accent); color: var(--accent-ink); border-color: var(--accent); }
.problem .row { display: flex; gap: 8px; } .problem .row button { flex: 1; }
@media (pointer: coarse) { .history .row button { min-height: 44px; } }
.step:hover { background: var(--sunk); }
.score { font-size: 12.5px; color: var(--quiet); font-variant-numeric: tabular-nums; margin-top: 2px; }
.review { margin: 10px 0 0; padding: 8px 10px; border-left: 4px solid #b08a00; border-radius: 4px; background: var(--sunk); font-size: 13.5px; font-weight: 550; overflow-wrap: anywhere; }
.problem {
  margin-top: 10px; padding: 8px 10px; border-radius: 6px; border: 1px solid var(--bad); font-size: 13px;
  background: color-mix(in srgb, var(--bad) 9%, var(--paper));
}
.problem button { display: block; margin-top: 6px; padding: 4px 10px; border: 1px solid var(--quiet); border-radius: 6px; background: var(--paper); }
.legend { margin: 0 0 6px; font-size: 12.5px; line-height: 1.35; color: var(--quiet); text-wrap: pretty; }
.flags { display: flex; flex-direction: column; gap: 2px; overflow-y: auto; scrollbar-width: thin; scrollbar-color: color-mix(in srgb, var(--quiet) 60%, transparent) transparent; }
.to-look-at .flags { flex: 0 1 auto; min-height: 58px; }
[data-decided] .legend { visibility: hidden; } [data-decided] .flag { color: var(--quiet); background: transparent; }
[data-decided] .flag i { visibility: hidden; }
.flag {
  flex: none; display: flex; gap: 9px; align-items: baseline; text-align: left; width: 100%; padding: 3px 8px; border-radius: 6px;
  border: 1px solid transparent; background: var(--sunk); font-size: 13px; line-height: 1.35;
}
.flag i { flex: none; width: 12px; height: 12px; border-radius: 50%; border: 2px dashed #b08a00; transform: translateY(2px); }
.flag[data-touched] i { border: 0; }
.flag[data-touched] i::before { content: "✓"; font: 700 13px/12px system-ui; color: var(--quiet); }
.flag span { min-width: 0; text-wrap: pretty; } .flag b { font-weight: 600; }
.flag:not([aria-current="true"], .swap) span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.flag[aria-current="true"] { border-color: var(--accent); }
.whole { margin: 0 0 2px; font-weight: 600; font-size: 13px; }
.flag:hover { border-color: var(--line); }
.empty { color: var(--quiet); font-size: 13px; margin: 0; }

.grid { display: grid; grid-template-columns: minmax(0, 1fr) 82px 82px; gap: 2px 6px; align-items: center; font-size: 13px; }
.grid .head { font-size: 12px; font-weight: 600; text-align: center; }
.grid .head.left { color: var(--left); }
.grid .head.right { color: var(--right); }
.grid .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.cell {
  height: 24px; border-radius: 5px; border: 1px solid var(--line); background: var(--paper); padding: 0 6px;
  display: flex; align-items: center; justify-content: center; gap: 6px; font-size: 12px; position: relative;
}
.cell.wide { grid-column: span 2; }
.cell:hover { background: var(--sunk); }
.cell[data-side="right"] i { border-radius: 1px; } .cell[data-side="middle"] i { border-radius: 1px; transform: rotate(45deg) scale(.86); }
.cell i { width: 11px; height: 11px; border-radius: 50%; border: 2px solid var(--side); background: var(--side); flex: none; }
.cell[data-visibility="1"] i { background: transparent; }
.cell[data-visibility="0"] i { border-style: dotted; background: transparent; border-color: var(--quiet); }
.cell[data-visibility="0"] { color: var(--quiet); border-style: dashed; }
.cell[data-side="left"] { --side: #1787e0; } .cell[data-side="right"] { --side: #e98300; } .cell[data-side="middle"] { --side: var(--quiet); }
.cell[aria-current="true"] { outline: 2px solid var(--accent); outline-offset: -1px; background: color-mix(in srgb, var(--accent) 10%, var(--paper)); }
.cell[data-flagged="seen"]::after { background: transparent !important; }
.cell[data-flagged]::after { content: ""; position: absolute; top: calc(50% - 4px); left: 2px; width: 8px; height: 8px; border-radius: 50%; background: #ffd21f; border: 1px solid #8f7200; }

.visibility { display: flex; border: 1px solid var(--line); border-radius: 7px; overflow: hidden; grid-column: span 2; }
.flag-walk { display: none; grid-column: span 2; justify-content: space-between; align-items: center; font-weight: 550; }
.visibility button { flex: 1; border: 0; background: var(--paper); padding: 5px 4px; font-size: 13px; display: flex; gap: 6px; justify-content: center; align-items: center; }
.visibility button + button { border-left: 1px solid var(--line); }
.visibility button:hover:not(:disabled, [aria-pressed="true"]) { background: var(--sunk); }
.visibility button[aria-pressed="true"] { background: var(--accent); color: var(--accent-ink); }

.pose-tools { display: grid; grid-template-columns: repeat(auto-fit, minmax(40px, 1fr)); gap: 4px; margin-top: 8px; }
.pose-tools .tool { width: 100%; height: 32px; border: 1px solid var(--line); border-radius: 7px; background: var(--paper); color: var(--text); }
.pose-tools .tool:hover:not(:disabled) { background: var(--sunk); color: var(--text); }
.pose-tools .tool:focus-visible { outline-color: var(--accent); }
.flag.swap { border-style: dashed; border-color: var(--accent); }

.persons { display: flex; flex-direction: column; gap: 3px; flex: 0 1 auto; min-height: 0; max-height: 250px; overflow-y: auto; scrollbar-width: thin; scrollbar-color: color-mix(in srgb, var(--quiet) 60%, transparent) transparent; padding: 2px; margin: -2px; }
.person {
  flex: none; display: grid; grid-template-columns: 26px 1fr auto; gap: 8px; align-items: center; padding: 4px 8px 4px 4px; border-radius: 6px;
  border: 1px solid transparent; background: transparent; text-align: left; font-size: 13px; min-height: 32px;
}
.person:hover { background: var(--sunk); }
.person[aria-current="true"] { border-color: var(--accent); background: color-mix(in srgb, var(--accent) 8%, var(--paper)); }
.person .number { width: 24px; height: 24px; border-radius: 5px; background: var(--sunk); display: grid; place-items: center; font-weight: 650; font-size: 12px; }
.person[aria-current="true"] .number { background: var(--accent); color: var(--accent-ink); }
.person .meter { width: 56px; height: 5px; border-radius: 3px; background: var(--line); overflow: hidden; }
.person .meter i { display: block; height: 100%; background: color-mix(in srgb, var(--text) 62%, var(--paper)); }
.person:not([data-state="open"]) { color: var(--quiet); }

.actions { padding: 12px 14px; border-top: 1px solid var(--line); display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 8px; background: var(--paper); position: relative; }
.action {
  border: 1px solid var(--line); background: var(--paper); border-radius: 7px; padding: 0 10px; min-height: 38px; display: flex;
  align-items: center; justify-content: center; gap: 8px; font-weight: 550; font-size: 13.5px; white-space: nowrap;
}
.action:hover:not(:disabled) { background: var(--sunk); }
.action.primary { grid-column: span 2; min-height: 44px; background: var(--accent); border-color: var(--accent); color: var(--accent-ink); font-weight: 650; font-size: 15px; }
.action.primary:hover:not(:disabled) { background: color-mix(in srgb, var(--accent) 88%, #000); }
.slims { grid-column: span 2; display: flex; justify-content: space-between; gap: 4px; margin: 0 -6px; }
.slims .action { padding: 0 6px; gap: 6px; }
.action.slim { min-height: 30px; font-weight: 500; font-size: 13px; color: var(--quiet); border-color: transparent; }
.menu {
  position: absolute; right: 14px; bottom: 14px; width: min(330px, calc(100% - 28px)); background: var(--paper); color: var(--text); cursor: default; border: 1px solid var(--line);
  border-radius: 9px; padding: 6px; display: grid; gap: 2px; box-shadow: 0 12px 34px rgba(0, 0, 0, .28); z-index: 3;
}
.menu div { display: grid; gap: 2px; max-height: min(46dvh, 420px); overflow-y: auto; }
.menu span { min-width: 0; overflow-wrap: anywhere; }
.menu small { display: block; font-size: 12px; color: var(--quiet); }
.menu form { display: grid; grid-template-columns: 1fr auto; gap: 8px; align-items: end; padding: 4px; }
.menu label { display: grid; gap: 4px; font-size: 13px; }
.menu input { font: inherit; color: inherit; min-width: 0; padding: 8px 10px; border: 1px solid var(--quiet); border-radius: 6px; background: var(--paper); }
.menu form .primary { background: var(--accent); color: var(--accent-ink); font-weight: 600; }
.menu form .primary:hover { background: color-mix(in srgb, var(--accent) 88%, #000); }
.menu p { margin: 4px 8px 6px; font-size: 13px; color: var(--quiet); }
.menu button { display: flex; justify-content: space-between; align-items: center; border: 0; background: transparent; border-radius: 6px; padding: 8px 10px; text-align: left; }
.menu button:hover, .menu button:focus-visible { background: var(--sunk); } .menu button:focus-visible { outline-offset: -2px; }

dialog { border: 1px solid var(--line); border-radius: 12px; background: var(--paper); color: var(--text); padding: 20px 22px; max-width: min(820px, calc(100vw - 24px)); max-height: calc(100dvh - 40px); }
dialog::backdrop { background: rgba(10, 12, 16, .55); }
.dialog-head { display: flex; justify-content: space-between; align-items: center; margin-bottom: 12px; }
dialog > .close { position: absolute; top: 16px; right: 20px; } .keys-head { padding-right: 46px; }
.dialog-head h3 { margin: 0; font-size: 17px; }
.sheet { columns: 2; column-gap: 34px; font-size: 13px; }
.sheet div { break-inside: avoid; margin-bottom: 14px; }
.sheet dl { display: grid; grid-template-columns: minmax(120px, 1fr) minmax(0, auto); gap: 5px 14px; margin: 0; }
.sheet dd { margin: 0; display: flex; flex-wrap: wrap; gap: 4px; justify-content: flex-end; align-items: center; }
.how { margin: 0; padding: 0 0 4px 18px; font-size: 13px; line-height: 1.45; }
.how li { margin: 0 0 5px; text-wrap: pretty; }
dialog > h3 { margin: 0 0 10px; font-size: 15px; }
canvas.loupe { inset: 0 auto auto 0; width: 132px; height: 132px; }
.filters { position: absolute; }

.looks {
  position: fixed; inset: auto; left: var(--left, 8px); top: var(--top, 56px); margin: 0; width: min(344px, calc(100vw - 16px));
  max-height: calc(100dvh - var(--top, 56px) - 8px); overflow-y: auto; scrollbar-width: thin; scrollbar-color: color-mix(in srgb, var(--quiet) 60%, transparent) transparent; padding: 12px 14px 14px;
  border: 1px solid var(--line); border-radius: 11px; background: var(--paper); color: var(--text); font-size: 13px;
  box-shadow: 0 14px 40px rgba(0, 0, 0, .32);
}
.looks .dialog-head { margin-bottom: 6px; }
.looks section { padding: 0 0 10px; margin-bottom: 10px; border-bottom: 1px solid var(--line); }
.looks .empty { font-size: 12px; margin-top: 2px; }
.looks .switches { display: grid; padding-bottom: 10px; margin-bottom: 10px; border-bottom: 1px solid var(--line); }
.line { display: flex; align-items: center; gap: 8px; min-height: 28px; }
label.line { cursor: pointer; } .line small { display: none; color: var(--quiet); } .line[data-none] small { display: inline; }
.line > span:not(.swatch, .name), .line > .segments { flex: 1; }
.line > label { display: flex; align-items: center; gap: 8px; flex: 1; min-width: 0; }
.line .name { flex: none; width: 74px; color: var(--text); }
.line input[type="range"] { flex: 1; min-width: 0; accent-color: var(--accent); height: 22px; margin: 0; }
.line output { width: 46px; text-align: right; font-variant-numeric: tabular-nums; color: var(--quiet); }
.back { border: 0; background: transparent; width: 26px; height: 26px; padding: 0; border-radius: 6px; color: var(--quiet); font-size: 15px; line-height: 1; }
.back:hover { background: var(--sunk); color: var(--text); } .back[data-idle] { opacity: .3; }
.swatch { display: inline-flex; width: 60px; height: 22px; border-radius: 6px; background: var(--stage); padding: 1px 2px; }
.swatch svg { width: 56px; height: 20px; } .swatch text { font: 700 10px system-ui, sans-serif; }
.switch { appearance: none; flex: none; width: 32px; height: 18px; margin: 0; border-radius: 9px; background: color-mix(in srgb, var(--quiet) 72%, var(--paper)); position: relative; cursor: pointer; }
.switch::after { content: ""; position: absolute; top: 2px; left: 2px; width: 14px; height: 14px; border-radius: 50%; background: #fff; }
.switch:checked { background: var(--accent); } .switch:checked::after { left: 16px; }
.segments { display: flex; padding: 2px; margin: 2px 0; border-radius: 7px; background: var(--sunk); border: 1px solid var(--line); }
.segments label { flex: 1; position: relative; }
.segments input { position: absolute; inset: 0; opacity: 0; margin: 0; cursor: pointer; }
.segments span { display: block; text-align: center; padding: 3px 4px; border-radius: 5px; white-space: nowrap; }
.segments input:checked + span { background: var(--accent); color: var(--accent-ink); font-weight: 600; }
.segments input:focus-visible + span { outline: 2px solid var(--accent); outline-offset: 2px; }
.looks > .row { display: flex; gap: 8px; } .looks > .row button { flex: 1; border: 1px solid var(--line); background: var(--paper); border-radius: 7px; min-height: 32px; }
.looks > .row button:hover { background: var(--sunk); }

.keys-head { display: flex; gap: 8px; align-items: center; margin-bottom: 10px; }
.keys-head h3 { margin: 0; flex: 1; font-size: 15px; }
.keys-head .action { min-height: 32px; }
.told { margin: 0 0 12px; padding: 8px 10px; border-radius: 7px; background: var(--sunk); font-size: 13px; min-height: 36px; position: sticky; top: -1px; z-index: 1; box-shadow: 0 6px 10px -6px rgba(0, 0, 0, .35); }
.sheet i { font-style: normal; color: var(--quiet); }
.sheet .key-row { display: flex; gap: 2px; align-items: center; margin: 0 -6px; }
.key-row > button:first-child { flex: 1; min-width: 0; display: flex; justify-content: space-between; align-items: center; gap: 10px; text-align: left; border: 1px solid transparent; background: transparent; border-radius: 6px; padding: 3px 6px; min-height: 28px; }
.key-row > button:first-child:hover:not(:disabled) { background: var(--sunk); }
.key-row .back[data-idle] { visibility: hidden; }
.key-row > button:disabled { opacity: .65; }
.key-row span + span { display: flex; gap: 4px; flex: none; }
.key-row [data-waits] { border-color: var(--accent); background: var(--sunk); }
.live { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

@media (min-width: 2600px) { .editor { grid-template-columns: minmax(0, 1fr) 460px; } .bar, .panel, .hint, .notice, .card, dialog { zoom: 1.4; } }
@media (max-width: 1100px) { .where { max-width: 150px; } .tool { width: 31px; } .bar .rule { margin: 0 2px; } .status { padding: 0 2px; } }
@media (max-height: 980px) and (min-width: 761px) and (pointer: fine) {
  .panel section { padding: 7px 14px; } .cell { height: 22px; } .grid { gap: 1px 6px; } .pose-tools .tool { height: 30px; }
}
@media (max-height: 820px) and (min-width: 761px) and (pointer: fine) {
  .panel section { padding: 6px 14px; } .legend { display: none; } .scroll .to-look-at { min-height: 96px; } .scroll .everybody { min-height: 80px; } .grid { gap: 1px 6px; } .cell { height: 20px; }
  .pose-tools .tool { height: 28px; } .actions { padding: 8px 14px; gap: 6px; } .action { min-height: 32px; } .action.primary { min-height: 38px; } .action.slim { min-height: 26px; }
}
@media (max-width: 760px) {
  .editor { grid-template: auto 46dvh auto / minmax(0, 1fr); grid-template-areas: "bar" "stage" "panel"; height: auto; border-radius: 0; border-inline: 0; overflow: visible; }
  .bar { flex-wrap: wrap; padding: 4px 6px; row-gap: 0; }
  .where { flex: 1 1 0; max-width: none; order: -3; } .sent-back { order: -2; } .status { order: -1; max-width: 58%; } .bar .gap { display: none; } .bar .rule { margin: 0 1px; }
  .tools { display: flex; flex-wrap: wrap; align-items: center; flex: 0 0 100%; min-width: 0; }
  .tool { flex: 1 1 26px; min-width: 24px; height: 40px; }
  .panel { border-left: 0; border-top: 1px solid var(--line); }
  .scroll { overflow: visible; } .scroll .everybody { flex: none; } .persons { flex: none; max-height: 50dvh; } .scroll .to-look-at { flex: none; min-height: 0; } .to-look-at .flags { max-height: 150px; }
  .editor[data-bare] { grid-template: auto minmax(54dvh, 1fr) / minmax(0, 1fr); grid-template-areas: "bar" "stage"; }
  .panel .who { position: static; }
  .actions { position: sticky; bottom: 0; order: -1; z-index: 2; border-top: 0; border-bottom: 1px solid var(--line); }
  .sheet { columns: 1; } .sheet dl { grid-template-columns: 1fr 1fr; } .sheet dd { flex-wrap: wrap; }
  .notice { flex-wrap: wrap; }
  .looks { left: 0; right: 0; top: auto; bottom: 0; width: auto; max-height: 62dvh; border-radius: 14px 14px 0 0; border-width: 1px 0 0; padding-bottom: calc(14px + env(safe-area-inset-bottom)); }
}
@media (pointer: coarse) {
  .line { min-height: 44px; } .back { width: 44px; height: 44px; } .segments span { padding: 13px 4px; } .line input[type="range"] { height: 44px; }
  .key-row > button:first-child { min-height: 44px; } .looks > .row button { min-height: 44px; } .looks kbd { display: none; }
  .sent-back { min-height: 44px; } .actions kbd, .visibility kbd { display: none; } .flag-walk { display: flex; } .flag-walk[hidden] { display: none !important; }
  .tool, .pose-tools .tool { height: 44px; } .tool { width: 44px; } .pose-tools { grid-template-columns: repeat(auto-fit, minmax(44px, 1fr)); } .cell { height: 44px; } .keys-head .action { min-height: 44px; } .step { width: 44px; height: 44px; }
  .visibility button, .menu button, .problem button, .flag { min-height: 44px; } .flag { align-items: center; } .flag i { transform: none; } .action, .action.slim { min-height: 44px; } .person { min-height: 44px; }
}
@media (pointer: coarse) and (max-width: 1280px) {
  .bar { flex-wrap: wrap; row-gap: 0; } .bar :is(.gap, .rule) { display: none; }
  .where { flex: 1 1 0; max-width: none; order: -3; } .sent-back { order: -2; } .status { order: -1; max-width: 58%; }
  .tools { display: grid; grid-template-columns: repeat(auto-fill, minmax(44px, 1fr)); flex: 0 0 100%; } .tool { width: auto; }
}
@media (prefers-reduced-motion: reduce) { * { animation-duration: 3s !important; } }
`;

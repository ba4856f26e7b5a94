/** How the cameras' page looks; the colours are the page's theme's (static/theme.css). */

export const STYLE = `
:host { display: block; max-width: 1240px; margin: 0 auto; padding: 24px 20px 48px; color: var(--body-text-color, #18212c); font: 14px/1.5 system-ui, sans-serif; }
* { box-sizing: border-box; }
h2 { font-size: 14px; font-weight: 650; margin: 0; overflow-wrap: anywhere; }
p { margin: 0; }
.soft { color: var(--body-text-color-subdued, #4f5d6d); }
.page { display: grid; grid-template-columns: 260px minmax(0, 1fr); gap: 16px; align-items: start; }
.card { background: var(--background-fill-primary, #fff); border: 1px solid var(--border-color-primary, #d9dfe7); border-radius: 10px; padding: 16px 18px; min-width: 0; }

.list { padding: 16px 0 8px; }
.list h2 { padding: 0 18px; }
.list .counts { padding: 0 18px 10px; font-size: 13px; color: var(--body-text-color-subdued, #4f5d6d); }
.cameras { list-style: none; margin: 0; padding: 0; max-height: min(70vh, 720px); overflow-y: auto; }
.cameras button { display: flex; align-items: center; gap: 10px; width: 100%; padding: 8px 18px; border: 0; border-left: 3px solid transparent; background: none; color: inherit; font: inherit; text-align: left; cursor: pointer; }
.cameras button:hover { background: var(--background-fill-secondary, #f4f6f9); }
.cameras button[aria-current] { border-left-color: var(--accent, #1d5fc4); background: var(--background-fill-secondary, #f4f6f9); font-weight: 600; }
.cameras .name { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.source { font-size: 12px; font-weight: 600; padding: 1px 8px; border-radius: 99px; white-space: nowrap; color: var(--tone); background: color-mix(in srgb, var(--tone) 12%, transparent); --tone: var(--body-text-color-subdued, #4f5d6d); }
.source.found { --tone: var(--accent, #1d5fc4); }
.source.set { --tone: var(--good, #17693f); }
.source.unsaved { --tone: var(--bad, #b3202b); }

.head { display: flex; flex-wrap: wrap; align-items: baseline; gap: 2px 10px; margin-bottom: 4px; }
.head .soft { font-size: 13px; }
.where { margin-bottom: 12px; font-size: 13px; color: var(--body-text-color-subdued, #4f5d6d); }
.work { display: grid; grid-template-columns: minmax(0, 1fr) 232px; gap: 18px; align-items: start; }
svg { display: block; width: 100%; height: auto; max-height: min(72vh, 760px); border-radius: 8px; background: var(--sunk, #e6eaf0); user-select: none; -webkit-user-select: none; }
svg:focus-visible { outline: 3px solid var(--accent, #1d5fc4); outline-offset: 2px; }
svg * { vector-effect: non-scaling-stroke; }
.under { fill: none; stroke: rgb(0 0 0 / .65); stroke-width: 4.5; stroke-linecap: round; stroke-linejoin: round; }
.over { fill: none; stroke: #ffd34d; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.arrows .over { stroke: #fff; stroke-width: 1.8; }
.arrows .under { stroke-width: 3.8; }
.grip { fill: none; stroke: transparent; touch-action: none; }
.grip.rim { stroke-width: 40; pointer-events: stroke; cursor: nesw-resize; }
.grip.centre { stroke-width: 48; stroke-linecap: round; pointer-events: stroke; cursor: move; }
svg.plain .circle, svg.plain .arrows, svg.plain .grip { display: none; }

.side { display: grid; gap: 14px; }
.switch { display: grid; grid-template-columns: 1fr 1fr; border: 1px solid var(--edge, #8a97a6); border-radius: 8px; overflow: hidden; margin: 0; padding: 0; }
.switch label { position: relative; }
.switch input { position: absolute; inset: 0; opacity: 0; margin: 0; cursor: pointer; }
.switch span { display: block; padding: 7px 4px; text-align: center; font-size: 13px; font-weight: 600; }
.switch input:checked + span { background: #1d5fc4; color: #fff; }
.switch input:focus-visible + span { outline: 3px solid var(--accent, #1d5fc4); outline-offset: -4px; }
.switch input:checked:focus-visible + span { outline-color: #fff; }
.fields { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 8px; }
.fields label { font-size: 12px; font-weight: 600; color: var(--body-text-color-subdued, #4f5d6d); }
.fields input { width: 100%; font: 14px/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums; color: inherit; background: var(--input-background-fill, #fff); border: 1px solid var(--edge, #8a97a6); border-radius: 8px; padding: 6px 8px; appearance: textfield; }
.fields input::-webkit-inner-spin-button { display: none; }
.fields input[aria-invalid="true"] { border-color: var(--bad, #b3202b); }
.hint { font-size: 12px; color: var(--body-text-color-subdued, #4f5d6d); }
.buttons { display: grid; grid-template-columns: 1fr 1fr; gap: 8px; }
.buttons .wide { grid-column: 1 / -1; }
.side button { font: inherit; font-size: 13px; font-weight: 600; padding: 8px 12px; border-radius: 8px; border: 1px solid var(--edge, #8a97a6); background: none; color: inherit; cursor: pointer; }
.side button:hover:not(:disabled) { background: var(--background-fill-secondary, #f4f6f9); }
.side button.primary { background: #1d5fc4; border-color: #1d5fc4; color: #fff; }
.side button.primary:hover:not(:disabled) { background: #164c9f; }
.side button:disabled { opacity: .5; cursor: default; }
button:focus-visible, .fields input:focus-visible { outline: 3px solid var(--accent, #1d5fc4); outline-offset: 2px; }
.cameras button:focus-visible { outline-offset: -3px; }
.said { min-height: 21px; font-size: 13px; }
.error { color: var(--bad, #b3202b); overflow-wrap: anywhere; } .done { color: var(--good, #17693f); } .warning { font-weight: 600; }
.note { border-top: 1px solid var(--border-color-primary, #d9dfe7); padding-top: 12px; font-size: 13px; color: var(--body-text-color-subdued, #4f5d6d); }
code { font: 12px ui-monospace, monospace; background: var(--sunk, #e6eaf0); padding: 1px 5px; border-radius: 4px; overflow-wrap: anywhere; }

@media (max-width: 900px) { .page { grid-template-columns: minmax(0, 1fr); } .cameras { max-height: 168px; } }
@media (max-width: 700px) { .work { grid-template-columns: minmax(0, 1fr); } }
@media (max-width: 480px) { :host { padding: 14px 10px 32px; } .card { padding: 12px 14px; } .list { padding: 12px 0 6px; } .list h2, .list .counts { padding-left: 14px; padding-right: 14px; } .cameras button { padding: 8px 14px; } .side button { padding: 10px 12px; } }
@media (pointer: coarse) { .cameras button, .side button { min-height: 44px; } .switch span { padding-block: 12px; } .fields input { min-height: 44px; } }
`;

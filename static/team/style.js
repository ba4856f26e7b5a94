/** How the team's page looks; the colours are the page's theme's (static/theme.css). */

export const STYLE = `
:host { display: block; max-width: 1240px; margin: 0 auto; padding: 24px 20px 48px; color: var(--body-text-color, #18212c); font: 14px/1.5 system-ui, sans-serif; }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
h2 { font-size: 14px; font-weight: 650; margin: 0; }
h3 { font-size: 13px; font-weight: 650; margin: 0; }
p { margin: 0; }
.soft { color: var(--body-text-color-subdued, #4f5d6d); font-weight: 400; }
p.soft { font-size: 13px; }
.page { display: grid; grid-template-columns: minmax(0, 1fr); gap: 16px; }
.card { display: grid; grid-template-columns: minmax(0, 1fr); gap: 10px; background: var(--background-fill-primary, #fff); border: 1px solid var(--border-color-primary, #d9dfe7); border-radius: 10px; padding: 16px 18px; }
.card > *, .part > * { min-width: 0; overflow-wrap: anywhere; }
.head { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 12px; }
.head h2 { flex: 1 0 auto; }
.head .field { grid-template-columns: auto minmax(0, 1fr); align-items: center; gap: 8px; }
.part { display: grid; grid-template-columns: minmax(0, 1fr); gap: 10px; align-content: start; border-top: 1px solid var(--border-color-primary, #d9dfe7); padding-top: 14px; margin-top: 6px; }
.halves { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0 32px; }
.halves form { display: grid; grid-template-columns: minmax(0, 1fr); gap: 10px; max-width: 24rem; }

table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
thead th { text-align: left; font-size: 12px; font-weight: 600; color: var(--body-text-color-subdued, #4f5d6d); white-space: nowrap; }
th, td { padding: 7px 16px 7px 0; border-bottom: 1px solid var(--border-color-primary, #d9dfe7); vertical-align: middle; text-align: left; overflow-wrap: anywhere; }
tbody th { font-weight: 600; }
th:last-child, td:last-child { padding-right: 0; text-align: right; }
.lines th:last-child, .lines td:last-child, .below td:last-child { text-align: left; }
.lines tbody th { font-weight: 400; white-space: nowrap; }
tbody tr:last-child > *, tr:has(+ .below) > * { border-bottom: 0; }
time { white-space: nowrap; }
code { font: 12px ui-monospace, monospace; background: var(--sunk, #e6eaf0); padding: 1px 5px; border-radius: 4px; }
.chip { display: inline-block; font-size: 12px; font-weight: 600; padding: 1px 8px; border-radius: 99px; color: var(--tone); background: color-mix(in srgb, var(--tone) 12%, transparent); --tone: var(--body-text-color-subdued, #4f5d6d); }
.chip.good { --tone: var(--good, #17693f); } .chip.waits { --tone: var(--accent, #1d5fc4); } .chip.bad { --tone: var(--bad, #b3202b); }

.browsers { list-style: none; margin: -4px; padding: 4px; display: grid; gap: 8px; max-height: 260px; overflow-y: auto; }
.browsers li { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 8px; }
.browsers .soft { flex-basis: 100%; font-size: 13px; }

.line { display: flex; flex-wrap: wrap; align-items: end; gap: 10px; }
.line > .field { flex: 0 1 13rem; } .line > input { flex: 1 1 16rem; }
.field { display: grid; gap: 3px; font-size: 12px; font-weight: 600; color: var(--body-text-color-subdued, #4f5d6d); min-width: 0; }
input, select { width: 100%; min-width: 0; height: 36px; font: 14px/1.5 system-ui, sans-serif; color: var(--body-text-color, #18212c); background: var(--input-background-fill, #fff); border: 1px solid var(--edge, #8a97a6); border-radius: 8px; padding: 0 10px; }
input::placeholder { color: var(--body-text-color-subdued, #4f5d6d); opacity: 1; }
.commands, .copied { display: grid; grid-template-columns: minmax(0, 1fr); gap: 8px; }
:is(.once, .copied) input { font: 13px ui-monospace, monospace; }
.give { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 16px; align-items: start; }
.pick { min-width: 0; margin: 0; border: 1px solid var(--edge, #8a97a6); border-radius: 8px; padding: 2px 10px 6px; }
.pick legend { font-size: 12px; font-weight: 600; color: var(--body-text-color-subdued, #4f5d6d); padding: 0 4px; }
/* A shadow at an edge beyond which there is more; the half row says so as well. */
.picks {
  --sheet: var(--background-fill-primary, #fff); --shade: color-mix(in srgb, var(--body-text-color, #18212c) 30%, transparent);
  max-height: 256px; overflow-y: auto; display: grid; scrollbar-width: thin;
  background: linear-gradient(var(--sheet) 35%, transparent) top / 100% 36px local, linear-gradient(transparent, var(--sheet) 65%) bottom / 100% 36px local,
    radial-gradient(farthest-side at 50% 0, var(--shade), transparent) top / 100% 10px scroll, radial-gradient(farthest-side at 50% 100%, var(--shade), transparent) bottom / 100% 10px scroll;
  background-repeat: no-repeat;
}
.picks label { position: relative; display: flex; align-items: center; min-height: 30px; padding-left: 28px; border-radius: 6px; overflow-wrap: anywhere; }
.picks input { position: absolute; inset: 0; width: 100%; height: 100%; min-height: 0; margin: 0; opacity: 0; cursor: pointer; }
.picks label::before { content: ""; position: absolute; left: 4px; display: grid; place-content: center; width: 17px; height: 17px; border: 1.5px solid var(--edge, #8a97a6); border-radius: 4px; font: 700 12px/1 system-ui; }
.picks label:has(:checked)::before { content: "✓"; background: #1d5fc4; border-color: #1d5fc4; color: #fff; }
.picks label:hover { background: var(--background-fill-secondary, #f4f6f9); } .picks label:has(:focus-visible) { outline: 3px solid var(--accent, #1d5fc4); outline-offset: -3px; }
.names { display: grid; gap: 10px; }
.each { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 320px), 1fr)); gap: 18px 28px; }
.each figure { margin: 0; min-width: 0; display: grid; grid-template-columns: minmax(0, 1fr); gap: 4px; align-content: start; }
.each figure:has(details[open]) { grid-column: 1 / -1; } .each figure:has(details[open]) .plot { max-width: 420px; }
figcaption { font-weight: 600; overflow-wrap: anywhere; }
.plot { display: block; width: 100%; height: auto; overflow: visible; }
.plot .grid { stroke: var(--border-color-primary, #d9dfe7); stroke-width: 1; vector-effect: non-scaling-stroke; }
.plot .tick { fill: var(--body-text-color-subdued, #4f5d6d); font: 11px system-ui, sans-serif; font-variant-numeric: tabular-nums; }
.plot .bar-of { fill: var(--accent, #1d5fc4); } .plot .reach { stroke: var(--body-text-color, #18212c); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
summary { cursor: pointer; min-height: 34px; display: list-item; line-height: 34px; font-size: 13px; font-weight: 600; }
td .buttons { justify-content: flex-end; }
.buttons { display: flex; flex-wrap: wrap; gap: 8px; }
.buttons:not(:has(> :not([hidden]))) { display: none; }
button, a.button { display: inline-flex; align-items: center; justify-content: center; min-height: 34px; font: 600 13px/1.4 system-ui, sans-serif; padding: 0 14px; border-radius: 8px; border: 1px solid var(--edge, #8a97a6); background: none; color: inherit; text-decoration: none; cursor: pointer; }
.line > button { min-height: 36px; }
button:hover:enabled, a.button:hover { background: var(--background-fill-secondary, #f4f6f9); }
button.primary { background: #1d5fc4; border-color: #1d5fc4; color: #fff; }
button.primary:hover:enabled { background: #164c9f; }
button.grave { border-color: var(--bad, #b3202b); color: var(--bad, #b3202b); }
button:disabled { opacity: .55; cursor: default; }
:focus-visible { outline: 3px solid var(--accent, #1d5fc4); outline-offset: 2px; }
.menu, .asking, .once { display: grid; grid-template-columns: minmax(0, 1fr); gap: 10px; }
.menu > div:empty, .card div:empty { display: none; }
.once { background: var(--background-fill-secondary, #f4f6f9); border: 1px solid var(--border-color-primary, #d9dfe7); border-left: 4px solid var(--accent, #1d5fc4); border-radius: 8px; padding: 12px 14px; }
.asking { border-left: 4px solid var(--bad, #b3202b); padding: 2px 0 2px 12px; }
.tokens { display: grid; grid-template-columns: minmax(0, 1fr); gap: 8px; }
.said { font-size: 13px; } .said:empty, .page > p:empty { display: none; }
.error { color: var(--bad, #b3202b); overflow-wrap: anywhere; } .done { color: var(--good, #17693f); }

@media (max-width: 760px) {
  .halves, .give { grid-template-columns: minmax(0, 1fr); gap: 16px; }
  td .buttons { justify-content: flex-start; } td:has(> .buttons)::before { content: none !important; }
  table, tbody, tr, tbody th, td { display: block; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tbody tr { display: grid; grid-template-columns: minmax(0, 1fr) auto; column-gap: 12px; padding: 10px 0; border-bottom: 1px solid var(--border-color-primary, #d9dfe7); }
  tbody tr:last-child { border-bottom: 0; }
  tbody th, td { grid-column: 1; padding: 1px 0; border-bottom: 0; }
  th:last-child, td:last-child { text-align: left; }
  td[data-column]::before { content: attr(data-column) ": "; color: var(--body-text-color-subdued, #4f5d6d); font-size: 13px; }
  td[data-column]:has(> button) { grid-area: 1 / 2 / span 7; } td:has(> button)::before, td:has(> .chip)::before { content: none !important; }
  tr.below td { grid-column: 1 / -1; }
  tr:has(+ .below) { border-bottom: 0; padding-bottom: 0; }
  td.nothing { display: none; }
  .lines tbody tr { display: block; padding: 7px 0; } .lines tbody th, .lines td { display: inline; } .lines td.nothing { display: none; }
  .lines td[data-column]::before { content: " · "; }
}
@media (max-width: 480px) { :host { padding: 14px 10px 32px; } .card { padding: 12px 14px; } .line > .field, form.line > button { flex: 1 1 100%; } .once .line > button { flex: 1 1 0; } }
@media (pointer: coarse) { .picks label { min-height: 44px; } button, a.button, .line > button, input, select { min-height: 44px; height: auto; } summary { min-height: 44px; line-height: 44px; } }
`;

/** How the lead's parts look; the colours are the page's theme's (static/theme.css). */

export const STYLE = `
:host { display: grid; grid-template-columns: minmax(0, 1fr); color: var(--body-text-color, #18212c); font: 14px/1.5 system-ui, sans-serif; }
* { box-sizing: border-box; }
h2 { font-size: 14px; font-weight: 650; margin: 0; }
p { margin: 0; }
.soft { color: var(--body-text-color-subdued, #4f5d6d); }
.card { background: var(--background-fill-primary, #fff); border: 1px solid var(--border-color-primary, #d9dfe7); border-radius: 10px; padding: 16px 18px; }
.stack { display: grid; grid-template-columns: minmax(0, 1fr); align-content: start; gap: 16px; }

.counts { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 16px; }
.count b { display: block; font-size: 26px; line-height: 1.2; font-weight: 650; font-variant-numeric: tabular-nums; letter-spacing: -.01em; }
.unit, .about { color: var(--body-text-color-subdued, #4f5d6d); font-weight: 400; }
.unit { font-size: 14px; letter-spacing: 0; }
.count .what { font-weight: 600; font-size: 13px; color: var(--body-text-color-subdued, #4f5d6d); }
.count .more { font-size: 13px; }
.count progress { margin-top: 10px; }

.head { display: flex; align-items: center; gap: 10px; margin-bottom: 10px; min-width: 0; }
.head h2 { flex: 1; }
.state { display: inline-flex; align-items: center; gap: 6px; font-size: 12px; font-weight: 600; padding: 2px 9px; border-radius: 99px; white-space: nowrap;
  color: var(--tone); background: color-mix(in srgb, var(--tone) 12%, transparent); --tone: var(--body-text-color-subdued, #4f5d6d); }
.state.published { --tone: var(--good, #17693f); }
.state.kept { --tone: var(--warn, #8a5300); }
.state.failed { --tone: var(--bad, #b3202b); }
.state.running, .state.queued { --tone: var(--accent, #1d5fc4); }
progress { appearance: none; display: block; width: 100%; height: 6px; border: 0; border-radius: 99px; overflow: hidden; background: var(--sunk, #e6eaf0); }
progress::-webkit-progress-bar { background: var(--sunk, #e6eaf0); }
progress::-webkit-progress-value { background: var(--accent, #1d5fc4); border-radius: 99px; }
progress::-moz-progress-bar { background: var(--accent, #1d5fc4); border-radius: 99px; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(124px, 1fr)); gap: 12px 18px; margin: 14px 0 0; }
dt { font-size: 12px; color: var(--body-text-color-subdued, #4f5d6d); }
dd { margin: 0; font-weight: 600; font-variant-numeric: tabular-nums; }
p.more { margin-top: 12px; font-size: 13px; }
.error, .warning { overflow-wrap: anywhere; }
.error { color: var(--bad, #b3202b); }
.done { color: var(--good, #17693f); }
.warning { margin-top: 8px; font-size: 13px; }

.charts { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 16px; }
.chart { margin: 0; }
figcaption { display: flex; align-items: center; gap: 12px; margin-bottom: 6px; }
figcaption h2 { flex: 1; }
.legend { display: flex; gap: 12px; font-size: 12px; font-weight: 600; }
.key { display: inline-flex; align-items: center; gap: 5px; }
.key::before { content: ""; width: 12px; height: 3px; border-radius: 2px; background: var(--line); }
.A { --line: var(--teacher-a, #0b7f63); } .B { --line: var(--teacher-b, #8a3fc0); } .C, .only { --line: var(--accent, #1d5fc4); }
svg { display: block; width: 100%; height: auto; overflow: visible; }
.grid { stroke: var(--border-color-primary, #d9dfe7); stroke-width: 1; vector-effect: non-scaling-stroke; }
.tick { fill: var(--body-text-color-subdued, #4f5d6d); font: 11px system-ui, sans-serif; font-variant-numeric: tabular-nums; }
polyline.series { fill: none; stroke: var(--line); stroke-width: 1.8; stroke-linejoin: round; vector-effect: non-scaling-stroke; }
polyline.C { stroke-width: 2.6; }
circle.series { fill: var(--line); }
.empty { color: var(--body-text-color-subdued, #4f5d6d); padding: 36px 12px 44px; text-align: center; }

.sources { list-style: none; margin: 12px 0 0; padding: 0; display: grid; gap: 8px; }
.sources li { display: grid; grid-template-columns: minmax(0, 15rem) minmax(3rem, 1fr) auto; align-items: center; gap: 4px 14px; padding: 8px 0 0;
  border-top: 1px solid var(--border-color-primary, #d9dfe7); }
.sources .name { line-height: 1.7; overflow-wrap: anywhere; } .in-use .name { font-weight: 650; }
.sources .figure { font-variant-numeric: tabular-nums; white-space: nowrap; }
.sources button { grid-column: 1 / -1; justify-self: start; }
.sources.narrow li { grid-template-columns: minmax(0, 1fr) auto; } .narrow .figure { white-space: normal; text-align: right; } .narrow .track { grid-column: 1 / -1; margin: 4px 0; }
.track { position: relative; height: 6px; border-radius: 99px; background: var(--sunk, #e6eaf0); }
.range, .by-chance, .mean { position: absolute; top: 0; height: 6px; border-radius: 99px; }
.range { background: color-mix(in srgb, var(--accent, #1d5fc4) 45%, transparent); }
.by-chance { background: color-mix(in srgb, var(--body-text-color-subdued, #4f5d6d) 35%, transparent); }
.sources .wide { grid-column: 1 / -1; font-size: 13px; }
.mean { width: 4px; top: -3px; height: 12px; margin-left: -2px; background: var(--accent, #1d5fc4); }

.spared { display: grid; grid-template-columns: minmax(0, auto) minmax(3rem, 1fr) auto; align-items: center; gap: 2px 14px; margin-top: 12px; font-size: 13px; }
.spared > .soft { grid-column: 1 / -1; }
.spared .figure { font-variant-numeric: tabular-nums; font-weight: 600; }
.bar { display: block; height: 6px; border-radius: 99px; background: var(--edge, #8a97a6); }
.bar.now { background: var(--accent, #1d5fc4); }

.curve { display: block; width: 100%; height: auto; margin-top: 12px; border-radius: 6px; background: #fff; }
progress.more { margin-top: 12px; }
.scroll { overflow-x: auto; margin: 0 -18px; padding: 0 18px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th { text-align: left; font-size: 12px; font-weight: 600; color: var(--body-text-color-subdued, #4f5d6d); white-space: nowrap; }
th, td { padding: 7px 16px 7px 0; border-bottom: 1px solid var(--border-color-primary, #d9dfe7); vertical-align: top; }
th:last-child, td:last-child { padding-right: 0; }
tbody tr:last-child td { border-bottom: 0; }
tr.why td { padding-top: 0; } tr.has-why td { border-bottom: 0; }
td.nowrap { white-space: nowrap; } td.reasons { min-width: 18rem; }
.better { color: var(--good, #17693f); } .worse { color: var(--bad, #b3202b); }
.exports { display: flex; flex-wrap: wrap; gap: 10px; margin-top: 12px; }
a.button { font-weight: 600; font-size: 13px; padding: 7px 14px; border-radius: 8px; text-decoration: none; color: inherit; border: 1px solid var(--edge, #8a97a6); }
a.button:hover { background: var(--background-fill-secondary, #f4f6f9); }
a.button:focus-visible { outline: 3px solid var(--accent, #1d5fc4); outline-offset: 2px; }
.exports button, .sources button { font: inherit; font-weight: 600; font-size: 13px; padding: 7px 14px; border-radius: 8px; color: inherit; background: none; border: 1px solid var(--edge, #8a97a6); cursor: pointer; }
.exports button:hover:enabled, .sources button:hover:enabled { background: var(--background-fill-secondary, #f4f6f9); }
.exports button:disabled, .sources button:disabled { cursor: default; opacity: .55; }
.exports button:focus-visible, .sources button:focus-visible, input:focus-visible { outline: 3px solid var(--accent, #1d5fc4); outline-offset: 2px; }
input[type="file"] { font: inherit; font-size: 13px; color: inherit; max-width: 100%; min-width: 0; }
.run { display: grid; grid-template-columns: minmax(0, 1fr); gap: 8px; margin-top: 12px; font-size: 13px; }
.run:empty, p:empty { display: none; }
section .exports { align-items: center; }
code { font: 12px ui-monospace, monospace; background: var(--sunk, #e6eaf0); padding: 1px 5px; border-radius: 4px; overflow-wrap: anywhere; }
pre { margin: 8px 0 0; padding: 8px 10px; border-radius: 6px; background: var(--sunk, #e6eaf0); overflow-x: auto; user-select: all; white-space: pre-wrap; }
pre code { padding: 0; background: none; }
pre:focus-visible { outline: 3px solid var(--accent, #1d5fc4); outline-offset: 2px; }
.story { list-style: none; margin: 12px 0 0; padding: 0; display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 4px 12px; font-size: 13px; max-height: 240px; overflow-y: auto; }
.story li { display: contents; }
.story time { color: var(--body-text-color-subdued, #4f5d6d); font-variant-numeric: tabular-nums; white-space: nowrap; }
.story span { overflow-wrap: anywhere; }
.story + details { margin-top: 12px; }
summary { cursor: pointer; font-size: 13px; }
.head select { font: inherit; font-size: 13px; color: inherit; background: var(--sunk, #e6eaf0); border: 1px solid var(--border-color-primary, #d9dfe7); border-radius: 6px; padding: 4px 8px; }
.quiet { display: flex; align-items: center; gap: 8px; font-size: 13px; color: var(--body-text-color-subdued, #4f5d6d); }
.dot { width: 8px; height: 8px; border-radius: 99px; background: var(--good, #17693f); }
.workers { list-style: none; margin: 10px 0 0; padding: 0; display: grid; gap: 8px; }
.workers li { display: grid; grid-template-columns: 8px minmax(0, 1fr); gap: 0 10px; align-items: baseline; }
.workers span { overflow-wrap: anywhere; }
.workers .soft { grid-column: 2; font-size: 13px; }
.workers .waits .dot { background: none; box-shadow: inset 0 0 0 2px var(--good, #17693f); }
.workers .silent .dot, .workers .lost .dot { background: var(--bad, #b3202b); }
.workers .ended .dot { background: var(--edge, #8a97a6); }
.missing { border-color: var(--bad, #b3202b); border-left-width: 4px; overflow-wrap: anywhere; }
@media (max-width: 900px) { .counts { grid-template-columns: repeat(2, minmax(0, 1fr)); } .charts { grid-template-columns: minmax(0, 1fr); } }
@media (max-width: 480px) { .sources li { grid-template-columns: minmax(0, 1fr) auto; } .sources .track { grid-column: 1 / -1; grid-row: 2; }
  .counts { gap: 10px; } .card { padding: 12px 14px; } .scroll { margin: 0 -14px; padding: 0 14px; } }
@media (pointer: coarse) { a.button, .exports button, .sources button, input[type="file"] { min-height: 44px; padding-block: 11px; } }
`;

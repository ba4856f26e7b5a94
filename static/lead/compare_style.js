/** How two rounds side by side look, beside what all of the lead's cards share. */

export const COMPARE_STYLE = `
.pair { flex-wrap: wrap; }
.pair h2 { flex: 1 1 auto; }
.whom { margin-top: 20px; }
.wins { font-weight: 600; }
.halves { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 8px 36px; margin-top: 12px; }
.halves th[scope="row"] { font-weight: 400; padding-right: 12px; }
.pair select { min-width: 0; max-width: 100%; }
.rounds th { white-space: normal; } .halves tbody tr:last-child th { border-bottom: 0; }
.rounds { table-layout: fixed; overflow-wrap: anywhere; } .rounds thead :first-child { width: 6.5rem; }
.keypoints td { white-space: nowrap; }
.keypoints :is(th, td) { padding-block: 3px; }
.keypoints thead th { white-space: normal; }
.keypoints .better .difference, .keypoints .worse .difference { font-weight: 650; }
.difference span + span { color: var(--body-text-color-subdued, #4f5d6d); font-weight: 400; margin-left: 8px; }
.people ul { list-style: none; margin: 10px 0 0; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 340px), 1fr)); gap: 16px; }
.people li { min-width: 0; }
.crops { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 6px; }
.people figure { margin: 0; min-width: 0; }
.crop { position: relative; display: block; aspect-ratio: 1; background: #12151b; overflow: hidden; border-radius: 6px; }
.crop :is(img, svg) { position: absolute; inset: 0; width: 100%; height: 100%; display: block; }
.people figcaption { display: block; margin: 3px 0 0; font-size: 12px; font-variant-numeric: tabular-nums; }
.people a { display: block; font-size: 12px; color: var(--body-text-color-subdued, #4f5d6d); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.people a:focus-visible { outline: 3px solid var(--accent, #1d5fc4); outline-offset: 2px; }
@media (max-width: 900px) { .halves { grid-template-columns: minmax(0, 1fr); } }
@media (max-width: 480px) { .pair h2 { flex-basis: 100%; } .difference span { display: block; } .difference span + span { margin-left: 0; } .keypoints :is(th, td) { padding-right: 10px; } }
@media (pointer: coarse) { .people a { padding-block: 10px; } }
`;

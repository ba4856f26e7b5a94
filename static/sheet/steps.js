/** Where an arrow key leads among tiles in rows. Pure, no DOM. */

/** @param {number} index of the tile the focus is on @param {string} key as in KeyboardEvent.key
 * @param {{count: number, columns: number}} grid @returns {number | null} the tile to go to; null where the key leads nowhere */
export function stepTo(index, key, { count, columns }) {
  const last = count - 1;
  const to = { ArrowLeft: index - 1, ArrowRight: index + 1, ArrowUp: index - columns, ArrowDown: index + columns, Home: 0, End: last }[key];
  if (to === undefined || to < 0) return null;
  if (to <= last) return to;
  // Below the last whole row: the last tile, unless that is in this row already.
  return key === "ArrowDown" && Math.floor(index / columns) < Math.floor(last / columns) ? last : null;
}

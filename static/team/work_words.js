/** Work in words: pure, no DOM. */

/** @typedef {import("../shared/contract.d.ts").PiecePayload} Piece */

/** What a piece of work is called. @param {Pick<Piece, "camera" | "part">} piece */
export function callPiece({ camera, part }) {
  const where = camera === null ? "every camera" : camera || "the images without a camera";
  return part ? `${where}, names with “${part}”` : where;
}

/** Whose it is. @param {Piece["people"]} people */
export function sayPeople(people) {
  return people.map(({ name, is_disabled }) => (is_disabled ? `${name} (disabled: nobody gets it)` : name)).join(", ");
}

/** @param {number} images that are open */
export function sayLeft(images) {
  return images === 1 ? "1 open image" : `${images} open images`;
}

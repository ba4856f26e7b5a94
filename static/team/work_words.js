/** Work in words: pure, no DOM. */

/**
 * @typedef {import("../shared/contract.d.ts").PiecePayload} Piece @typedef {import("../shared/contract.d.ts").WorkCameraPayload} Camera
 * @typedef {import("../shared/contract.d.ts").PersonsWorkPayload} Person
 */

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

/** What the queue deals somebody. @param {Pick<Person, "is_given">} person */
export function sayGets({ is_given }) {
  return is_given ? "own work" : "what was given to nobody";
}

/** A camera to choose, with what is open there. @param {Pick<Camera, "name" | "open">} camera */
export function sayCamera({ name, open }) {
  return `${name || "without a camera"}, ${open ? `${open} open` : "nothing open"}`;
}

/** @param {number} count of cameras */
export function sayCameras(count) {
  return `Cameras (none chosen: all ${count})`;
}

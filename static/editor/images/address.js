/** The image that the page's address asks for. */

/** @typedef {{imageId: number, personId: number | null}} Asked */

/** Which image and person an address asks for. @param {{search: string}} address @returns {Asked | null} */
export function askedFor({ search }) {
  const asked = new URLSearchParams(search);
  /** @param {string} name */
  const numberOf = (name) => (/^\d{1,9}$/.test(asked.get(name) ?? "") ? Number(asked.get(name)) : null);
  const imageId = numberOf("image");
  return imageId === null ? null : { imageId, personId: numberOf("person") };
}

/** The page's address names the image that was asked for, as long as it is the one on the desk. @param {number} imageId */
export function keepAddress(imageId) {
  const asked = askedFor(location);
  if (asked && asked.imageId !== imageId) history.replaceState(history.state, "", location.pathname);
}

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

/** The page's address names the image that was asked for, as long as it is the one on the desk, and the person, as long as
 * they are the selected one: who loads the page anew goes on where they are. @param {number} imageId
 * @param {number | string | null} [personId] who is selected; not given where nobody has chosen yet */
export function keepAddress(imageId, personId = undefined) {
  const asked = askedFor(location);
  if (!asked) return;
  const isPersons = asked.personId === null || personId === undefined || asked.personId === personId;
  if (asked.imageId !== imageId) history.replaceState(history.state, "", location.pathname);
  else if (!isPersons) history.replaceState(history.state, "", `${location.pathname}?image=${imageId}`);
}

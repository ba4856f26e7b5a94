/**
 * The panel brought up to date: only what differs is touched. It is shown again after every change, and an attribute or
 * a text that is set, even to what it was, costs the browser a style or a screen reader a word.
 */

/** @type {WeakMap<Element, string>} what each part was built for */
const built = new WeakMap();

/** @param {Element} element @param {string} name @param {string} value */
export function setAttribute(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** @param {Element} element @param {string} text */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Build a part again only when what it shows has changed.
 * @template {Element} T @param {T} element @param {string} signature all that it shows @param {(element: T) => void} build */
export function buildOnce(element, signature, build) {
  if (built.get(element) === signature) return;
  built.set(element, signature);
  build(element);
}

/** Whether a row of a list is not in sight. @param {Element} list @param {Element} row */
export function isOutside(list, row) {
  const [whole, part] = [list.getBoundingClientRect(), row.getBoundingClientRect()];
  return part.top >= whole.bottom || part.bottom <= whole.top;
}

/** Scrolls the list alone; scrollIntoView would move the panel and the page as well. @param {Element} list @param {Element} row */
export function scrollTo(list, row) {
  const [whole, part] = [list.getBoundingClientRect(), row.getBoundingClientRect()];
  if (part.top < whole.top) list.scrollTop -= whole.top - part.top;
  else if (part.bottom > whole.bottom) list.scrollTop += part.bottom - whole.bottom;
}

/** An element with what it is known to be and to hold; words go in as text, never as markup. */

/** @param {string} tag @param {object} [known] its properties @param {(Node | string)[]} [children] @returns {HTMLElement} */
export function make(tag, known = {}, children = []) {
  const element = Object.assign(document.createElement(tag), known);
  element.append(...children);
  return element;
}

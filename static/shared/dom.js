/** DOM nodes with what they hold. Strings enter as text, never as markup. */

const SVG = "http://www.w3.org/2000/svg";

/** @typedef {Record<string, string | number | boolean | null>} Attributes those that are null are left out */

/** An element by its properties. @template {keyof HTMLElementTagNameMap} Tag @param {Tag} tag
 * @param {Partial<HTMLElementTagNameMap[Tag]>} [known] @param {(Node | string)[]} [children] @returns {HTMLElementTagNameMap[Tag]} */
export function make(tag, known = {}, children = []) {
  const element = Object.assign(document.createElement(tag), known);
  element.append(...children);
  return element;
}

/** An element by its attributes. @template {keyof HTMLElementTagNameMap} Tag @param {Tag} tag @param {Attributes} [attributes]
 * @param {...(Node | string)} children @returns {HTMLElementTagNameMap[Tag]} */
export function html(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** The same inside a drawing. @template {keyof SVGElementTagNameMap} Tag @param {Tag} tag @param {Attributes} [attributes]
 * @param {...(Node | string)} children @returns {SVGElementTagNameMap[Tag]} */
export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** Other attributes for a node that is there. @param {Element} node @param {Attributes} attributes */
export function set(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) if (value !== null) node.setAttribute(name, String(value));
}

/** @template {Element} Made @param {Made} node @param {Attributes} attributes @param {(Node | string)[]} children */
function fill(node, attributes, children) {
  set(node, attributes);
  node.append(...children);
  return node;
}

/** What Gradio hands to the script of a part: the element it is in, and the value that the server sets. */

/** @template Value @typedef {{element: HTMLElement, props: {value: Value}, watch: (name: string, then: () => void) => void}} Host */

/** Show the value, now and whenever there is another, in the first part of those tags.
 * @template Value @param {string} tags as in a style sheet @param {Host<Value>} host */
export function showIn(tags, { element, props, watch }) {
  /** @type {(HTMLElement & {show: (value: Value) => void}) | null} */
  const part = element.querySelector(tags);
  if (!part) return;
  watch("value", () => part.show(props.value));
  part.show(props.value);
}

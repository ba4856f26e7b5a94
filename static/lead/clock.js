/** When the parts of the page that Gradio shows are asked for again. Shows nothing itself. */

import { Pace } from "./pace.js";

const OFTEN_MS = 1_500;

/** @typedef {{props: {value: {goes_on: boolean} | null}, trigger: (event: string) => void, watch: (name: string, then: () => void) => void}} Clock
 *   value: whether something goes on, as the last answer said */

/** @param {Clock} host */
export function bind({ props, trigger, watch }) {
  const pace = new Pace(() => trigger("submit"), OFTEN_MS);
  watch("value", () => (pace.goesOn = props.value?.goes_on ?? true));
  pace.start();
}

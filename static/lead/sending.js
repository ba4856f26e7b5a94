/** What the lead's cards send themselves: a file or JSON as the body of a request. */

import { acted } from "./pace.js";

/** @param {string} address @param {File | string} file @param {string} type of its content
 * @returns {Promise<any>} the answer. Throws an Error with the server's words. */
export async function send(address, file, type) {
  const { csrf } = await answerOf(await fetch("/api/session"));
  const headers = { "X-CSRF-Token": csrf, "Content-Type": type };
  const answer = await answerOf(await fetch(address, { method: "POST", headers, body: file }));
  acted();
  return answer;
}

/** @param {Response} response @returns {Promise<any>} */
async function answerOf(response) {
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error?.message ?? `the server answered ${response.status}. Try again in a moment.`);
  return answer;
}

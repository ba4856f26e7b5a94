/** The bar on top of each page: who is signed in, the pages they may open, and signing out. */

/** Fill in what only the session knows. @param {{element: HTMLElement}} host */
export async function bind({ element }) {
  const answered = await fetch("/api/session");
  if (!answered.ok) return;
  /** @type {import("../shared/contract.d.ts").SessionPayload} */
  const { user } = await answered.json();
  const [who, button] = [element.querySelector(".who"), element.querySelector("button")];
  /** @type {NodeListOf<HTMLElement>} */
  const links = element.querySelectorAll("[data-role]");
  if (who) who.textContent = user.name;
  for (const link of links) link.hidden = !link.dataset.role?.split(" ").includes(user.role);
  button?.addEventListener("click", signOut);
}

/** With the token of the session there is now: the one of when the page was opened may have been replaced since. */
async function signOut() {
  const answered = await fetch("/api/session");
  if (!answered.ok) return location.assign("/login");
  const { csrf } = await answered.json();
  await fetch("/logout", { method: "POST", headers: { "X-CSRF-Token": csrf }, redirect: "manual" });
  return location.assign("/login");
}

/** The bar on top of each page: who is signed in, the pages they may open, and signing out. */

/** Fill in what only the session knows. @param {{element: HTMLElement}} host */
export async function bind({ element }) {
  const answered = await fetch("/api/session");
  if (!answered.ok) return;
  const { user } = await answered.json();
  element.querySelector(".who").textContent = user.name;
  for (const link of element.querySelectorAll("[data-role]")) link.hidden = link.dataset.role !== user.role;
  element.querySelector("button").addEventListener("click", signOut);
}

/** With the token of the session there is now: the one of when the page was opened may have been replaced since. */
async function signOut() {
  const answered = await fetch("/api/session");
  if (!answered.ok) return location.assign("/login");
  const { csrf } = await answered.json();
  await fetch("/logout", { method: "POST", headers: { "X-CSRF-Token": csrf }, redirect: "manual" });
  return location.assign("/login");
}

/** The bar on top of each page: who is signed in, the pages they may open, and signing out. */

/** Fill in what only the session knows. @param {{element: HTMLElement}} host */
export async function bind({ element }) {
  const answered = await fetch("/api/session");
  if (!answered.ok) return;
  const { user, csrf } = await answered.json();
  element.querySelector(".who").textContent = user.name;
  for (const link of element.querySelectorAll("[data-role]")) link.hidden = link.dataset.role !== user.role;
  element.querySelector("button").addEventListener("click", () => signOut(csrf));
}

/** @param {string} csrf */
async function signOut(csrf) {
  await fetch("/logout", { method: "POST", headers: { "X-CSRF-Token": csrf }, redirect: "manual" });
  location.assign("/login");
}

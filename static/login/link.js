/** The pages behind one-time links: the key comes out of the address, where the next look into its history finds none. */

const key = /** @type {HTMLInputElement} */ (document.getElementById("key"));
const [password, show] = /** @type {HTMLInputElement[]} */ ([document.getElementById("password"), document.getElementById("show")]);

// A newer link opened where this page stands already changes nothing but the part behind '#'.
addEventListener("hashchange", takeKey);
takeKey();
password.form?.addEventListener("submit", refuseShort);
if (password.form) password.form.noValidate = true; // a browser's own words go away by themselves
show.addEventListener("change", () => {
  password.type = show.checked ? "text" : "password";
});

/** @param {SubmitEvent} event */
function refuseShort(event) {
  const problem = /** @type {HTMLElement} */ (document.getElementById("too-short"));
  problem.hidden = password.value.length >= password.minLength;
  if (problem.hidden) return;
  event.preventDefault();
  problem.textContent = `The password has ${password.value.length} characters; wanted ${password.minLength} or more. Nothing was sent.`;
  password.focus();
}

function takeKey() {
  const given = location.hash.slice(1);
  if (given) {
    key.value = given;
    history.replaceState(null, "", location.pathname);
  }
  document.getElementById("no-key")?.toggleAttribute("hidden", Boolean(key.value));
}

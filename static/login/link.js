/** The pages behind one-time links: the key comes out of the address, where the next look into its history finds none. */

const key = /** @type {HTMLInputElement} */ (document.getElementById("key"));
const [password, show] = /** @type {HTMLInputElement[]} */ ([document.getElementById("password"), document.getElementById("show")]);

// A newer link opened where this page stands already changes nothing but the part behind '#'.
addEventListener("hashchange", takeKey);
takeKey();
show.addEventListener("change", () => {
  password.type = show.checked ? "text" : "password";
});

function takeKey() {
  const given = location.hash.slice(1);
  if (given) {
    key.value = given;
    history.replaceState(null, "", location.pathname);
  }
  document.getElementById("no-key")?.toggleAttribute("hidden", Boolean(key.value));
}

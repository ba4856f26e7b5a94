/** Accounts, tokens and the log in words: pure, no DOM. */

/**
 * @typedef {import("../shared/contract.d.ts").AccountPayload} Account
 * @typedef {import("../shared/contract.d.ts").TokenPayload} Token
 * @typedef {import("../shared/contract.d.ts").LogEntryPayload} LogEntry
 * @typedef {import("../shared/contract.d.ts").ChangeAccountMessage["do"]} Change
 * @typedef {{locale?: string, now?: Date}} Here locale: the browser's own where none is said
 * @typedef {{act: Change, label: string, question: string | null, yes: string}} Offer what can be done to an account; question:
 *   what is asked before
 */

const DAY_MS = 86_400_000;

/** @type {Account["role"][]} */
export const ROLES = ["annotator", "reviewer", "lead"];

/** The server's words as a sentence of their own. @param {string} text */
export function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A moment, shorter the nearer it is. @param {string} at @param {Here} [here] */
export function sayWhen(at, { locale, now = new Date() } = {}) {
  const moment = new Date(at);
  const time = moment.toLocaleTimeString(locale, { timeStyle: "short" });
  if (moment.toDateString() === now.toDateString()) return time;
  const year = moment.getFullYear() === now.getFullYear() ? {} : /** @type {const} */ ({ year: "numeric" });
  return `${moment.toLocaleDateString(locale, { day: "numeric", month: "short", ...year })}, ${time}`;
}

/** Whether somebody can sign in to it, and what else waits. @param {Pick<Account, "state" | "link_until">} account @param {Here} [here] */
export function sayState({ state, link_until }, here) {
  switch (state) {
    case "active": return link_until ? `active, a link waits until ${sayWhen(link_until, here)}` : "active";
    case "invited": return link_until ? `invited until ${sayWhen(link_until, here)}` : "invited";
    case "no_password": return "no password: make a link";
    case "disabled": return "disabled";
  }
}

/** @param {number} browsers that are signed in */
export function sayBrowsers(browsers) {
  if (!browsers) return "nowhere";
  return browsers === 1 ? "1 browser" : `${browsers} browsers`;
}

/** What can be done to an account, the usual first. @param {Account} account @param {string} own the name of whoever asks @returns {Offer[]} */
export function offers({ name, role, state, sessions }, own) {
  const isOwn = name === own;
  if (state === "disabled") return [{ act: "enable", label: "Enable", question: null, yes: "" }];
  /** @type {Offer[]} */
  const found = [{ act: "new_link", label: state === "active" ? "Reset password by a link" : "New link", question: null, yes: "" }];
  for (const other of ROLES.filter((one) => one !== role)) {
    const a = other === "annotator" ? "an annotator" : `a ${other}`;
    const question = isOwn && role === "lead" ? `You will be ${a} from now on, and another lead must make you a lead again.` : null;
    found.push({ act: /** @type {Change} */ (`make_${other}`), label: `Make ${other}`, question, yes: `Make me ${a}` });
  }
  if (sessions) {
    const question = isOwn ? "This browser is signed out too, and you sign in again." : null;
    found.push({ act: "sign_out", label: "Sign out everywhere", question, yes: "Sign me out everywhere" });
  }
  const who = isOwn ? "You are signed out at once, and your labels stay." : `Disable ${name}? They are signed out at once, their labels stay.`;
  found.push({ act: "disable", label: "Disable", question: who, yes: isOwn ? "Disable my account" : `Disable ${name}` });
  return found;
}

/** What was done to an account. @param {Change} act @param {string} name */
export function sayDone(act, name) {
  switch (act) {
    case "make_lead": return `${name} is a lead now.`;
    case "make_reviewer": return `${name} is a reviewer now.`;
    case "make_annotator": return `${name} is an annotator now.`;
    case "sign_out": return `${name} is signed out everywhere.`;
    case "disable": return `${name} is disabled and signed out.`;
    case "enable": return `${name} is enabled, with the password from before.`;
    case "new_link": return `Links made for ${name} before open no more.`;
  }
}

/** What to do with a link that was just made. @param {string} name @param {string | null} until @param {Date} [now] */
export function sayLink(name, until, now = new Date()) {
  const days = until ? Math.round((Date.parse(until) - now.getTime()) / DAY_MS) : 0;
  const within = days > 0 ? ` within ${days === 1 ? "1 day" : `${days} days`}` : "";
  return `It opens once${within}. Send it to ${name}, who chooses the password. It is shown once.`;
}

/** @param {number} hours */
export function sayHours(hours) {
  return hours === 1 ? "1 hour" : `${Number(hours.toFixed(2))} hours`;
}

/** @type {Record<Token["scope"], string>} */
export const SCOPES = { read: "look, change nothing", label: "look and label", lead: "all that a lead may" };

/** The scopes that a role can give to its tokens. @param {Account["role"]} role @returns {Token["scope"][]} */
export function scopesOf(role) {
  return role === "lead" ? ["read", "label", "lead"] : ["read", "label"];
}

/** @param {string | null} at when a token ends @param {Here} [here] */
export function sayEnd(at, here = {}) {
  if (at === null) return "never";
  const over = Date.parse(at) <= (here.now ?? new Date()).getTime();
  return over ? `over since ${sayWhen(at, here)}` : sayWhen(at, here);
}

/** A number that a field does not take. @param {string} name @param {string} found "" where it is none @param {number} min @param {number} max */
export function sayOutside(name, found, min, max) {
  return `${name}: ${found || "no number"} was given; wanted one from ${min} to ${max}. Nothing was saved.`;
}

/** Who did something, and how if not on a page. @param {Pick<LogEntry, "via">} entry */
export function sayVia({ via }) {
  if (via === "page") return "";
  if (via === "command" || via === "link") return `by a ${via}`;
  return via.startsWith("token ") ? `by the token “${via.slice(6)}”` : `by ${via}`;
}

/** What else the log knows, as words. @param {LogEntry["details"]} details */
export function sayDetails(details) {
  return Object.entries(details).map(([name, value]) => {
    const isShare = SHARES.has(name) || (name === "before" && "twice" in details);
    return `${NAMES[name] ?? name.replaceAll("_", " ")}: ${isShare && typeof value === "number" ? sayPart(value) : sayValue(value)}`;
  }).join(", ");
}

/** What the log's short names mean. @type {Record<string, string>} */
const NAMES = { wrong: "one keypoint put wrong", empty: "without their start", twice: "labelled twice", share: "reviewed", first: "of everybody new the first" };
const SHARES = new Set(["wrong", "empty", "twice", "share"]);

/** @param {number} share from 0 to 1 */
function sayPart(share) {
  return `${Number((100 * share).toFixed(2))} %`;
}

/** @param {unknown} value @returns {string} */
function sayValue(value) {
  if (value === null) return "none";
  if (Array.isArray(value)) return value.map(sayValue).join(", ") || "none";
  if (typeof value === "object") return `(${sayDetails(/** @type {LogEntry["details"]} */ (value)) || "none"})`;
  return value === true ? "yes" : value === false ? "no" : String(value);
}

/** Whom the log can be narrowed to: everybody who is here, and whoever else it tells of, by name.
 * @param {Pick<Account, "name">[]} accounts @param {Pick<LogEntry, "actor">[]} entries */
export function actorsOf(accounts, entries) {
  const names = new Set([...accounts.map(({ name }) => name), ...entries.map(({ actor }) => actor)]);
  return [...names].sort((one, other) => one.localeCompare(other));
}

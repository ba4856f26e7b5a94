/** Backups, for leads: when the last one was made, and the commands that make one and restore it. */

import { html } from "../shared/dom.js";
import { copied, moment } from "./parts.js";

/** @typedef {import("../shared/contract.d.ts").BackupPayload} Backup */

const WHAT = "Everything of this home in one file: labels with their history, accounts, images, rounds. It is made while everybody works on.";
const WITHOUT = "The home's images lie in a bucket and are not in the file: copy the bucket by its own means as well.";
const RESTORE = "To restore, make a new home of that file, in an empty folder. This home stays as it is:";

export class BackupCard {
  #server;
  #last = html("p", { class: "soft" });
  #commands = html("div", { class: "commands" });
  element = html("section", { class: "card", "aria-label": "Backup" }, html("h2", {}, "Backup"), html("p", {}, WHAT), this.#last, this.#commands);

  /** @param {import("./team.js").Server} server */
  constructor(server) {
    this.#server = server;
  }

  /** Ask for it anew. */
  async load() {
    /** @type {Backup} */
    const { last, backup, restore, has_images: hasImages } = await this.#server.get("/api/team/backup");
    this.#last.replaceChildren(...(last ? ["The last one was made ", moment(last), "."] : ["None is noted here yet."]));
    this.#commands.replaceChildren(
      html("p", {}, html("a", { class: "button", href: "/api/team/backup/file", download: "" }, "Download a backup"), " It holds the accounts' password hashes: keep it where that is wanted."),
      ...(hasImages ? [] : [html("p", { class: "soft" }, WITHOUT)]),
      html("p", { class: "soft" }, "Or on the server's machine, in the folder of the program:"), copied("Back this home up", backup),
      html("p", { class: "soft" }, RESTORE), copied("Restore it", restore));
  }
}

/** The annotator's last images, to go back to one of them. */

import { recentInWords } from "../words.js";

/**
 * Offer them in the menu; picked, one is opened.
 * @param {{api: import("../../shared/api.js").Api, work: import("../work.js").Work, panel: import("../panel/panel.js").Panel}} parts
 * @param {{open: (imageId: number) => void, failed: (error: unknown) => void}} ways
 */
export async function offerRecent({ api, work, panel }, { open, failed }) {
  try {
    const { sheet } = work;
    /** @type {import("../../shared/contract.d.ts").RecentPayload} */
    const { images } = await api.get("/api/recent?limit=10");
    if (sheet !== work.sheet || panel.refs.help.open) return; // the annotator went on meanwhile
    if (!images.length) return void panel.notices.explain("You have not decided about anybody yet.");
    panel.menu.open("My last images", images.map((image) => ({
      text: image.file_name, detail: recentInWords(image, Date.now()),
      act: () => {
        panel.refs.stage.focus();
        open(image.id);
      },
    })));
  } catch (error) {
    failed(error);
  }
}

/** What reviewers corrected of one's own labels: told once in this browser, with the way to see it. */

import { Preference } from "../keeping/preference.js";

/** @typedef {import("../../shared/contract.d.ts").ReviewedPayload} Reviewed */

/** The newest correction that was told, by its number. @param {() => Storage} storage @returns {Preference<number>} */
export function lastTold(storage) {
  return new Preference(storage, "pose-editor/corrected", { read: (text) => Number(text) || 0, write: String });
}

/** @param {Reviewed[]} news the newest first, one at least */
export function correctedInWords(news) {
  const [{ reviewer, comment }] = news;
  const by = new Set(news.map((one) => one.reviewer)).size > 1 ? "Reviewers" : reviewer;
  const who = news.length === 1 ? "a person of yours" : `${news.length} persons of yours`;
  return `${by} corrected ${who}${news.length === 1 && comment ? `: ${comment}` : "."}`;
}

/**
 * Tell what is new, and offer to look at the newest.
 * @param {{api: import("../../shared/api.js").Api, notices: import("../panel/notices.js").Notices, told: Preference<number>}} parts
 * @param {(imageId: number) => void} see
 */
export async function tellCorrected({ api, notices, told }, see) {
  /** @type {import("../../shared/contract.d.ts").OwnReviewsPayload} */
  const { reviews } = await api.get("/api/review/own").catch(() => ({ reviews: [] })); // beside the work, which goes on without
  const news = reviews.filter(({ id, corrected }) => corrected !== null && id > told.value);
  if (!news.length) return;
  told.set(Math.max(...news.map(({ id }) => id)));
  const text = correctedInWords(news);
  if (notices.isShown) return notices.tellToo(text);
  const [{ image_id: imageId }] = news;
  notices.show({
    kind: "news", text, button: "Close", act: () => notices.close(), other: "Look at it",
    actOther: () => {
      notices.close();
      see(imageId);
    },
  });
}

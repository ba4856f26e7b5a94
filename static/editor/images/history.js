/** The history of the selected person, asked for and shown; one of its labels seen on the image, or brought back. Knows no DOM. */

import { messageOf } from "../../shared/api.js";
import { NOT_SAVED_YET, RESTORED, SAVED_ANEW } from "../panel/history_words.js";

/**
 * @typedef {import("../../shared/contract.d.ts").HistoryPayload} History
 * @typedef {object} Parts
 * @property {Pick<import("../../shared/api.js").Api, "get">} api
 * @property {Pick<import("../work.js").Work, "sheet" | "person" | "desk" | "isLooking">} work
 * @property {{history: Pick<import("../panel/history_panel.js").HistoryPanel, "open" | "close">, refs: Record<string, any>}} panel
 * @property {Pick<import("../panel/notices.js").Notices, "tell" | "explain">} notices
 * @property {Pick<import("../panel/drawing.js").Drawing, "lay">} drawing
 * @property {Pick<import("../server/decisions.js").Decisions, "restore">} decisions
 */

/** Show it, or put it away. @param {Parts} parts */
export async function toggleHistory({ api, work, panel, notices, drawing, decisions }) {
  if (panel.history.close()) return panel.refs.stage.focus();
  const { sheet, person } = work;
  if (!sheet || !person) return undefined;
  if (typeof person.id !== "number") return notices.explain(NOT_SAVED_YET);
  try {
    /** @type {History} */
    const history = await api.get(`/api/persons/${person.id}/history`);
    if (sheet !== work.sheet || person.key !== work.person?.key) return undefined; // the annotator went on meanwhile
    panel.history.open(history, work.desk.skeleton, {
      mayRestore: !work.isLooking && history.stays === null,
      show: (label) => drawing.lay(label && { imageId: sheet.desk.imageId, key: person.key, xyv: label.xyv, letter: String(label.revision) }),
      restore: ({ revision, xyv, started_from: startedFrom }) => {
        if (sheet !== work.sheet || person.key !== work.person?.key) return;
        const isAccepted = work.person?.state === "accepted";
        decisions.restore({ xyv, from: "label", prediction_id: startedFrom, model: null, undecided: [], revision });
        notices.explain(isAccepted ? `Label ${revision} counts again, ${SAVED_ANEW}` : `Label ${revision} is back on the image: ${RESTORED}`);
      },
      leave: () => panel.refs.stage.focus(),
    });
  } catch (error) {
    notices.tell(messageOf(error));
  }
  return undefined;
}

/** Everybody whom nobody can label, skipped at once by a lead who sees one of them: asked first, and taken back at once. */

import { messageOf } from "../../shared/api.js";
import { SKIP_ALL } from "../words.js";

/**
 * @typedef {import("../../shared/contract.d.ts").UnlabelablePayload} Unlabelable
 * @typedef {{api: import("../../shared/api.js").Api, panel: import("../panel/panel.js").Panel,
 *   notices: import("../panel/notices.js").Notices}} Parts
 */

const PATH = "/api/unlabelable";

/** Say how many they are, and ask. @param {Parts} parts */
export async function offerSkippingAll(parts) {
  const { api, panel, notices } = parts;
  const leave = { text: SKIP_ALL.leave, act: () => panel.refs.stage.focus() };
  const isShown = panel.menu.open(SKIP_ALL.looking, [leave], panel.refs.skip);
  try {
    /** @type {Unlabelable | null} */
    const found = await api.get(`${PATH}?anew=1`);
    if (!isShown()) return; // the lead went on meanwhile
    const { title, skip, back } = SKIP_ALL.question(found);
    panel.menu.open(title, [
      leave, // first: a press of Enter that was meant for the image skips nobody
      ...(skip ? [{ text: skip, act: () => void change(parts, "skip") }] : []),
      ...(back ? [{ text: back, act: () => void change(parts, "take back") }] : []),
    ], panel.refs.skip);
  } catch (error) {
    if (isShown()) panel.menu.close();
    notices.tell(SKIP_ALL.failed(messageOf(error)));
  }
}

/** @param {Parts} parts @param {"skip" | "take back"} what */
async function change(parts, what) {
  const { api, panel, notices } = parts;
  panel.refs.stage.focus();
  try {
    /** @type {Unlabelable} */
    const now = await api.post(PATH, { do: what });
    const back = what === "skip" && now.take_back;
    notices.show({
      kind: "news", text: now.done, button: "OK", act: () => notices.close(),
      ...(back && { other: back, actOther: () => void change(parts, "take back") }),
    });
    notices.say(now.done);
  } catch (error) {
    notices.tell(SKIP_ALL.failed(messageOf(error)));
  }
}

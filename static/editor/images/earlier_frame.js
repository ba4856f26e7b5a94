/** The pose of the same person in the camera's frame before, copied. Knows no DOM. */

import { messageOf } from "../../shared/api.js";
import { personOf } from "../desk/desk.js";
import { samePerson } from "../desk/matching.js";
import { copyFrom } from "../desk/reposing.js";
import * as words from "../words.js";

/**
 * Copy it to the selected open person. It is asked for once an image.
 * @param {{api: import("../../shared/api.js").Api, work: import("../work.js").Work,
 *   notices: import("../panel/notices.js").Notices}} parts
 */
export async function copyFromEarlier({ api, work, notices }) {
  const { sheet, person } = work;
  if (!sheet || person?.state !== "open") return;
  const earlier = await ask(api, sheet);
  if (sheet !== work.sheet || !isAsBefore(personOf(sheet.desk), person)) return;
  if ("problem" in earlier) return void notices.tell(earlier.problem);
  if (earlier.file_name === null || !earlier.persons.length) return void notices.explain(words.NOBODY_BEFORE);
  const same = samePerson(person.box, earlier.persons);
  if (!same) return void notices.explain(words.nobodyNear(earlier.file_name));
  work.edit(copyFrom(sheet.desk, same));
  notices.explain(words.copiedInWords(earlier.file_name));
}

/** The frame before, or what went wrong; then the next press asks again.
 * @param {import("../../shared/api.js").Api} api @param {import("./conveyor.js").Sheet} sheet
 * @returns {Promise<import("./conveyor.js").Previous | {problem: string}>} */
async function ask(api, sheet) {
  try {
    sheet.previous ??= api.get(`/api/images/${sheet.desk.imageId}/previous`);
    return await sheet.previous;
  } catch (error) {
    sheet.previous = null;
    return { problem: messageOf(error) };
  }
}

/** Whether the same person is selected, open and not moved since.
 * @param {import("../desk/desk.js").Person | null} now @param {import("../desk/desk.js").Person} before */
function isAsBefore(now, before) {
  return now?.key === before.key && now.state === "open" && now.pose === before.pose;
}

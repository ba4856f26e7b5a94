/** The pose of the same person in the camera's frame before, copied. Knows no DOM. */

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
  if (!work.isOpen) return;
  sheet.previous ??= api.get(`/api/images/${sheet.desk.imageId}/previous`);
  const earlier = await sheet.previous.catch((error) => ({ problem: error.message }));
  if (earlier.problem) sheet.previous = null; // the next press asks again
  if (sheet !== work.sheet || !isAsBefore(personOf(sheet.desk), person)) return;
  if (earlier.problem) return void notices.tell(earlier.problem);
  if (!earlier.persons.length) return void notices.explain(words.NOBODY_BEFORE);
  const found = samePerson(work.person.box, earlier.persons);
  if (!found) return void notices.explain(words.nobodyNear(earlier.file_name));
  work.edit(copyFrom(sheet.desk, found));
  notices.explain(words.copiedInWords(earlier.file_name));
}

/** Whether the same person is selected, open and not moved since. */
function isAsBefore(now, before) {
  return now?.key === before.key && now.state === "open" && now.pose === before.pose;
}

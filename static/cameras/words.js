/** Cameras and their lens circles in words: pure, no DOM. */

/** @typedef {import("../shared/contract.d.ts").CameraPayload} Camera */

const SOURCES = ["assumed", "found", "set"];

/** Where a camera's circle comes from. @param {Camera} camera */
export function saySource({ is_fisheye, source, arc_degrees }) {
  if (!is_fisheye) return "A lead said: not a fisheye. Its images are upright as they are.";
  if (source === "set") return "Set by a lead.";
  if (source === "found") return `Found in its frames${arc_degrees ? `: ${Math.round(arc_degrees)}° of the rim are seen` : ""}.`;
  return "Assumed: the circle inscribed in the frame, since no rim was found. Look whether it is right.";
}

/** What a search found. @param {{arc_degrees: number} | null} found @param {{isStored: boolean}} state whether that is what is stored */
export function sayFound(found, { isStored }) {
  if (!found) return "No rim is to be seen in its frames; the circle stays as it is.";
  if (isStored) return "Found where it was.";
  return `Found: ${Math.round(found.arc_degrees)}° of the rim are seen. Save it if it is right.`;
}

/** @typedef {{text: string, tone: "" | "error" | "done" | "warning"}} Line one sentence, and its tone */

/** @param {{unsaved?: boolean, saving?: boolean, source?: string, error?: string}} state @returns {Line} */
export function sayState({ unsaved, saving, source, error }) {
  if (error) return { text: `Not saved: ${error}`, tone: "error" };
  if (saving) return { text: "Saving…", tone: "" };
  if (unsaved) return { text: "Not saved yet.", tone: "warning" };
  return source === "set" ? { text: "Saved.", tone: "done" } : { text: "Nobody has confirmed it yet.", tone: "" };
}

/** What the button that saves is called. @param {{unsaved: boolean, source: string}} state */
export function saySave({ unsaved, source }) {
  return unsaved || source === "set" ? "Save" : "Confirm";
}

/** @param {number} images */
export function sayImages(images) {
  return images === 1 ? "1 image" : `${images.toLocaleString("en")} images`;
}

/** How many cameras have their circle from where. @param {Pick<Camera, "source">[]} cameras */
export function sayCounts(cameras) {
  const counted = SOURCES.map((source) => ({ source, count: cameras.filter((camera) => camera.source === source).length }));
  const told = counted.filter(({ count }) => count).map(({ source, count }) => `${count} ${source}`).join(", ");
  return `${cameras.length === 1 ? "1 camera" : `${cameras.length} cameras`}${told ? `: ${told}` : ""}`;
}

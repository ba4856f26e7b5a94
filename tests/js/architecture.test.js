import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const STATIC = fileURLToPath(new URL("../../static/", import.meta.url));
const LONGEST = 500;
/** What makes or paints elements is tried in tests/browser (ADR 0012); a style sheet is looked at. */
const IN_A_BROWSER = [
  /[/_]style\.js$/,
  /^cameras\/cameras\.js$/,
  /^editor\/(editor|wiring|showing|in_page)\.js$/,
  /^editor\/canvas\/(draw|draw_tool|stage|strokes|tone)\.js$/,
  /^editor\/panel\/(flag_list|history_panel|key_dialog|keypoint_grid|looks_panel|markup|menu|panel|person_list|updating)\.js$/,
  /^header\/first_step\.js$/,
  /^lead\/(asking_card|board|chart|choice|clock|compare|labels|order|prelabel|simulation|spared|starts|story|unlabelable|validation|workers)\.js$/,
  /^login\/link\.js$/,
  /^shared\/(deletion|dom)\.js$/,
  /^review\/(back_form|canvas|results_card|review)\.js$/,
  /^sheet\/(checks|pose|sheet|tile)\.js$/,
  /^team\/(agreement_card|backup_card|figures_card|figures_plot|log_card|own_card|parts|probes_card|team|team_card|tokens|work_card)\.js$/,
];

/** Every script of the pages with the scripts it imports, from static/. */
const SCRIPTS = new Map(readdirSync(STATIC, { recursive: true }).filter((name) => name.endsWith(".js")).map((name) => {
  const text = readFileSync(join(STATIC, name), "utf8");
  const imports = [...text.matchAll(/^import\b[^;]*?from "([^"]+)"/gms)].map(([, path]) => relative(STATIC, join(STATIC, dirname(name), path)));
  return [name, { text, imports }];
}));
const names = [...SCRIPTS.keys()];

test("what a script imports is there", () => {
  const missing = names.flatMap((name) => SCRIPTS.get(name).imports.filter((path) => !SCRIPTS.has(path)).map((path) => `${name}: ${path}`));
  assert.deepEqual(missing, []);
  assert.ok(SCRIPTS.get("editor/editor.js").imports.length > 0);
});

test("no script imports itself, through whichever others", () => {
  const done = new Set();
  const cycleFrom = (name, path) => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    if (done.has(name)) return null;
    for (const next of SCRIPTS.get(name).imports) {
      const cycle = cycleFrom(next, [...path, name]);
      if (cycle) return cycle;
    }
    done.add(name);
    return null;
  };
  for (const name of names) assert.equal(cycleFrom(name, []), null);
});

test("the desk knows nothing but itself and geometry", () => {
  const desk = names.filter((name) => name.startsWith("editor/desk/"));
  const beyond = desk.flatMap((name) => SCRIPTS.get(name).imports.filter((path) => path !== "editor/geometry.js" && !path.startsWith("editor/desk/")));
  assert.deepEqual(beyond, []);
});

test("rooms of the editor do not know what wires them", () => {
  const wiring = ["editor/editor.js", "editor/wiring.js", "editor/showing.js", "editor/in_page.js", "editor/commands.js"];
  const rooms = names.filter((name) => /^editor\/\w+\//.test(name));
  assert.deepEqual(rooms.filter((name) => SCRIPTS.get(name).imports.some((path) => wiring.includes(path))), []);
});

test("no script is longer than can be read in one go", () => {
  assert.deepEqual(names.filter((name) => SCRIPTS.get(name).text.split("\n").length > LONGEST), []);
});

test("every script that needs no browser has its test at the same place", () => {
  const here = fileURLToPath(new URL("./", import.meta.url));
  const isTested = (name) => existsSync(join(here, name.replace(/\.js$/, ".test.js")));
  const isShown = (name) => IN_A_BROWSER.some((pattern) => pattern.test(name));
  assert.deepEqual(names.filter((name) => !isShown(name) && !isTested(name)), []);
  assert.deepEqual(names.filter((name) => isShown(name) && isTested(name)), []);
});

import assert from "node:assert/strict";
import { test } from "node:test";

import { drawnAt, overviewOf } from "../../../../static/editor/canvas/overview.js";

test("the reduced copy is drawn where it has as many pixels as the screen shows, else the picture itself", () => {
  const sheet = { picture: { width: 4096 }, overview: { width: 1600 } };
  assert.equal(drawnAt(sheet, 900), sheet.overview);
  assert.equal(drawnAt(sheet, 1601), sheet.picture);
  assert.equal(drawnAt({ picture: sheet.picture }, 900), sheet.picture);
  assert.equal(drawnAt({ picture: null, overview: null }, 900), null);
});

test("a picture of ordinary size needs none", async () => {
  assert.equal(await overviewOf({ width: 1280, height: 960 }), null);
  assert.equal(await overviewOf(null), null);
});

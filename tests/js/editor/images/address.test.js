import assert from "node:assert/strict";
import { test } from "node:test";

import { askedFor } from "../../../../static/editor/images/address.js";

test("an address asks for an image, and for a person in it", () => {
  assert.deepEqual(askedFor({ search: "?image=12&person=7" }), { imageId: 12, personId: 7 });
  assert.deepEqual(askedFor({ search: "?image=12" }), { imageId: 12, personId: null });
});

test("what is no number asks for nothing", () => {
  for (const search of ["", "?person=7", "?image=", "?image=-1", "?image=1e3", "?image=12345678901"]) assert.equal(askedFor({ search }), null, search);
  assert.deepEqual(askedFor({ search: "?image=3&person=x" }), { imageId: 3, personId: null });
});

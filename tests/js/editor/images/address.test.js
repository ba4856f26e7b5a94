import assert from "node:assert/strict";
import { test } from "node:test";

import { askedFor, keepAddress } from "../../../../static/editor/images/address.js";

test("an address asks for an image, and for a person in it", () => {
  assert.deepEqual(askedFor({ search: "?image=12&person=7" }), { imageId: 12, personId: 7 });
  assert.deepEqual(askedFor({ search: "?image=12" }), { imageId: 12, personId: null });
});

test("what is no number asks for nothing", () => {
  for (const search of ["", "?person=7", "?image=", "?image=-1", "?image=1e3", "?image=12345678901"]) assert.equal(askedFor({ search }), null, search);
  assert.deepEqual(askedFor({ search: "?image=3&person=x" }), { imageId: 3, personId: null });
});

test("the address names image and person for as long as they are the ones at hand", () => {
  /** The address after these steps, each an image and who is selected in it. */
  const after = (...steps) => {
    const location = { search: "?image=12&person=7", pathname: "/annotate/" };
    const replaceState = (_state, _title, address) => (location.search = address.slice("/annotate/".length));
    Object.assign(globalThis, { location, history: { state: null, replaceState } });
    for (const step of steps) keepAddress(...step);
    return location.search;
  };
  assert.equal(after([12], [12, 7]), "?image=12&person=7", "nobody has gone on");
  assert.equal(after([12, 8]), "?image=12", "another person is selected");
  assert.equal(after([12, 8], [12, 7]), "?image=12", "and back again");
  assert.equal(after([13, 7]), "");
});

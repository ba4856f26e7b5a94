import assert from "node:assert/strict";
import { test } from "node:test";

import { showIn } from "../../../static/lead/host.js";

test("a part shows the value there is, and each one after it", () => {
  const shown = [];
  const watches = [];
  const host = {
    element: { querySelector: (tags) => (tags === "lead-round" ? { show: (value) => shown.push(value) } : null) },
    props: { value: 1 }, watch: (name, then) => watches.push([name, then]),
  };
  showIn("lead-round", host);
  host.props.value = 2;
  watches[0][1]();
  assert.deepEqual([shown, watches[0][0]], [[1, 2], "value"]);
});

test("where the part is not in the page nothing is shown", () => {
  showIn("lead-round", { element: { querySelector: () => null }, props: { value: 1 }, watch: () => assert.fail("nothing to watch for") });
});

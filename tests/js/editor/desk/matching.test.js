import assert from "node:assert/strict";
import { test } from "node:test";

import { around, cornersOf, isInside } from "../../../../static/editor/geometry.js";
import { overlap, samePerson } from "../../../../static/editor/desk/matching.js";
import { numbersFrom } from "../../chance.js";

const box = (x, y, width = 100, height = 100, angle = 0) => ({ x, y, width, height, angle });
const person = (id, where) => ({ id, box: where, xyv: [], from: "label" });

test("boxes overlap by what they share of both", () => {
  assert.equal(overlap(box(0, 0), box(0, 0)), 1);
  assert.equal(overlap(box(0, 0), box(50, 0)), 1 / 3);
  assert.equal(overlap(box(0, 0), box(100, 0)), 0);
  assert.equal(overlap(box(0, 0), box(300, 300)), 0);
  assert.ok(Math.abs(overlap(box(0, 40, 100, 20, 90), box(40, 0, 20, 100)) - 1) < 1e-9, "turned by 90 degrees");
});

test("the overlap is what counting pixels gives, either way round", () => {
  const chance = numbersFrom(21);
  for (let i = 0; i < 20; i += 1) {
    const some = () => box(chance() * 60, chance() * 60, 10 + chance() * 60, 10 + chance() * 60, chance() * 360 - 180);
    const [one, two] = [some(), some()];
    const upright = [one, two].map((each) => {
      const { left, top, right, bottom } = around(cornersOf(each));
      return box(left, top, right - left, bottom - top);
    });
    let [shared, either] = [0, 0];
    for (let x = -60; x < 200; x += 0.5) {
      for (let y = -60; y < 200; y += 0.5) {
        const [a, b] = upright.map((each) => isInside(each, { x, y }));
        shared += a && b;
        either += a || b;
      }
    }
    assert.ok(Math.abs(overlap(one, two) - shared / either) < 0.03);
    assert.equal(overlap(one, two), overlap(two, one));
  }
});

test("who overlaps most is the same person, even if another's middle is nearer", () => {
  const still = person(1, box(10, 0));
  const near = person(2, box(45, 45, 10, 10));
  assert.equal(samePerson(box(0, 0), [near, still]), still);
  assert.equal(samePerson(box(0, 0), [person(3, box(60, 0)), still]), still);
});

test("without an overlap it is who stands nearest, not farther than people walk", () => {
  const small = box(0, 0, 30, 40); // a diagonal of 50 px, so 37.5 px are near enough
  const [at37, at38] = [person(1, box(37, 0, 30, 40)), person(2, box(-38, 0, 30, 40))];
  assert.equal(samePerson(small, [at38, at37]), at37);
  assert.equal(samePerson(small, [at38]), null);
  assert.equal(samePerson(small, []), null);
});

test("a small overlap counts no more than standing near", () => {
  const touching = person(1, box(90, 0));
  const nearer = person(2, box(0, -85, 20, 20));
  assert.ok(overlap(box(0, 0), touching.box) < 0.1);
  assert.equal(samePerson(box(0, 0), [touching]), touching, "near enough all the same");
  assert.equal(samePerson(box(0, 0, 20, 20), [touching, nearer]), null);
});

test("of equals the first is found", () => {
  const [one, two] = [person(1, box(0, 0)), person(2, box(0, 0))];
  assert.equal(samePerson(box(0, 0), [one, two]), one);
});

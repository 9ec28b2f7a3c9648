import { expect, test } from "vitest";
import { canonicalJson } from "../../src/ir/canonical.ts";

test("the example of RFC 8785, section 3.2.2", () => {
  const value: unknown = JSON.parse(String.raw`{
    "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
    "literals": [null, true, false]
  }`);
  expect(canonicalJson(value)).toBe(
    String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
  );
});

test("members are sorted by UTF-16 code units, as in RFC 8785, section 3.2.3", () => {
  const names = ["\u20ac", "\r", "\ufb33", "1", "\ud83d\ude00", "\u0080", "\u00f6"];
  const text = canonicalJson(Object.fromEntries(names.map((name) => [name, 0])));
  expect(Object.keys(JSON.parse(text) as object).filter((name) => name !== "1")).toEqual([
    "\r",
    "\u0080",
    "\u00f6",
    "\u20ac",
    "\ud83d\ude00",
    "\ufb33",
  ]);
  expect(text.indexOf('"\\r"')).toBeLessThan(text.indexOf('"1"'));
});

test("minus zero is zero, and a member that is undefined is not there", () => {
  expect(canonicalJson({ zero: -0, nothing: undefined })).toBe('{"zero":0}');
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, "\ud800", undefined, () => 0])(
  "%s has no canonical form",
  (value) => {
    expect(() => canonicalJson([value])).toThrow();
  },
);

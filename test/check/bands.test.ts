/** What the selectors of bands hold of a model. */
import { describe, expect, it } from "vitest";
import { codesOf, extentsOf, showExtent } from "./compiled.ts";

// Trainable, counted from 0: stem, block/a/conv, block/b/conv, code, head; at depths 0%, 25%, 50%, 75%, 100%.
const MODEL = `
  model {
    layer "stem" kind conv2d units 4
    layer "relu" kind re_lu
    layer "block/a/conv" kind conv2d units 8
    layer "block/a/pool" kind max_pooling2d
    layer "block/b/conv" kind conv2d units 8
    layer "code" kind dense units 10
    layer "head" kind dense units 2
  }
`;

function held(declarations: string, band = "b"): string {
  return showExtent(extentsOf(MODEL + declarations), band);
}

describe("one selector", () => {
  it.each([
    ["by name", 'layers "code"', "code"],
    ["several names, in the order of the model", 'layers "head", "stem"', "stem head"],
    ["`*` stays within a part", 'layers "block/*"', undefined],
    ["`*` in the middle", 'layers "block/*/conv"', "block/a/conv block/b/conv"],
    ["`**` goes across parts", 'layers "block/**"', "block/a/conv block/b/conv"],
    ["`**/` may be nothing", 'layers "**/code"', "code"],
    ["`?` is one character", 'layers "?ode"', "code"],
    ["dots are themselves", 'layers "c.de"', undefined],
    ["layers without parameters fall out", 'layers "**"', "stem block/a/conv block/b/conv code head"],
    ["units, both ends included", 'layers "code" units 2..5', "code[2..5]"],
    ["units, the upper end excluded", 'layers "code" units 2..<5', "code[2..4]"],
    ["one unit", 'layers "code" units 9..9', "code[9..9]"],
    ["all units are the whole layer", 'layers "code" units 0..9', "code"],
    ["units of several layers", 'layers "block/**" units 0..3', "block/a/conv[0..3] block/b/conv[0..3]"],
    ["positions, among trainable layers", "layers 0..1", "stem block/a/conv"],
    ["positions, the upper end excluded", "layers 3..<5", "code head"],
    ["a single position", "layers 3..3", "code"],
    ["the first", "first 2 layers", "stem block/a/conv"],
    ["the last", "last 1 layers", "head"],
    ["as many as there are", "last 5 layers", "stem block/a/conv block/b/conv code head"],
    ["a kind", "kind conv2d", "stem block/a/conv block/b/conv"],
    ["another kind", "kind dense", "code head"],
    ["everything", "all", "stem block/a/conv block/b/conv code head"],
    ["depth is half-open", "depth 0%..50%", "stem block/a/conv"],
    ["depth goes on where the last ended", "depth 50%..75%", "block/b/conv"],
    ["depth to 100% is closed", "depth 50%..100%", "block/b/conv code head"],
    ["the very last", "depth 100%..100%", "head"],
    ["all of the depth", "depth 0%..100%", "stem block/a/conv block/b/conv code head"],
    ["depth with a point", "depth 24.5%..25.5%", "block/a/conv"],
  ])("%s", (_, selector, expected) => {
    if (expected === undefined) expect(codesOf(`${MODEL} band b = ${selector}`)).toEqual(["GOV4001"]);
    else expect(held(`band b = ${selector}`)).toBe(expected);
  });

  it.each([2, 3, 4, 7, 10])("cuts the depth into %i parts that hold every layer once", (parts) => {
    const cuts = Array.from({ length: parts }, (_, part) => {
      const [low, high] = [(100 * part) / parts, (100 * (part + 1)) / parts];
      return `band part_${String(part)} = depth ${String(low)}%..${String(high)}%`;
    });
    const layers = Array.from({ length: 11 }, (_, index) => `layer "l${String(index)}" kind dense units 2`);
    const extents = extentsOf(`model { ${layers.join(" ")} } ${cuts.join("\n")}`);
    const found = cuts.flatMap((_, part) =>
      (extents.get(`part_${String(part)}`) ?? []).map(({ layer }) => layer),
    );
    expect(found).toEqual(layers.map((_, index) => `l${String(index)}`));
  });
});

describe("set algebra", () => {
  it.each([
    ["union", 'layers "code" | layers "stem"', "stem code"],
    ["union of slices that meet", 'layers "code" units 0..4 | layers "code" units 5..9', "code"],
    ["union of slices that overlap", 'layers "code" units 0..4 | layers "code" units 3..7', "code[0..7]"],
    ["union of slices apart", 'layers "code" units 0..1 | layers "code" units 8..9', "code[0..1,8..9]"],
    ["intersection of slices", 'layers "code" units 0..4 & layers "code" units 3..7', "code[3..4]"],
    ["intersection with a whole", 'layers "code" units 0..4 & layers "**"', "code[0..4]"],
    ["difference", 'all - layers "block/**"', "stem code head"],
    ["difference cuts a hole", 'layers "code" - layers "code" units 3..5', "code[0..2,6..9]"],
    ["difference with what is elsewhere", 'layers "code" - layers "stem"', "code"],
    ["from left to right", 'layers "code" - layers "code" | layers "code"', "code"],
    ["from left to right, whatever the operator", 'layers "stem" | layers "code" & layers "code"', "code"],
    ["parentheses first", 'layers "code" - (layers "code" | layers "stem") | layers "head"', "head"],
  ])("%s", (_, expression, expected) => {
    expect(held(`band b = ${expression}`)).toBe(expected);
  });

  it("names other bands, declared before or after", () => {
    expect(held('band b = late - x band late = last 3 layers band x = layers "code" units 0..3')).toBe(
      "block/b/conv code[4..9] head",
    );
  });
});

describe("rest", () => {
  it("is what no other band takes", () => {
    expect(held('band b = rest band early = first 2 layers band top = layers "code" units 0..4')).toBe(
      "block/b/conv code[5..9] head",
    );
  });

  it("is everything where there is no other band", () => {
    expect(held("band b = rest")).toBe("stem block/a/conv block/b/conv code head");
  });

  it("is the same in every band that mentions it, for none of them counts as another", () => {
    const policy = 'band b = rest band more = rest | layers "stem" band early = first 2 layers';
    expect(held(policy)).toBe("block/b/conv code head");
    expect(held(policy, "more")).toBe("stem block/b/conv code head");
  });

  it("is not counted through another band's name either", () => {
    const policy = "band b = rest band tail = b & last 1 layers band early = first 4 layers";
    expect(held(policy)).toBe("head");
    expect(held(policy, "tail")).toBe("head");
  });
});

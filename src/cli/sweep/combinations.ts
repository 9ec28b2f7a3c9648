import type { ParamTexts } from "../requests.ts";

/** `--param name=v1,v2`: a param of the policy and the values to try. */
export interface SweptParam {
  readonly name: string;
  readonly values: readonly string[];
}

/** Every choice of one value for each param, the last param changing first. */
export function combine(swept: readonly SweptParam[]): readonly ParamTexts[] {
  return swept.reduce<readonly ParamTexts[]>(
    (combinations, { name, values }) =>
      combinations.flatMap((chosen) => values.map((value) => new Map([...chosen, [name, value]]))),
    [new Map()],
  );
}

/** Makes a value when it is first asked for, and keeps it: a process that parses nothing pays for no parser. */
export function once<Value>(create: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: create() };
    return made.value;
  };
}

/** A copy of plain data with some of its fields left out. */
export function without<T extends object, K extends keyof T>(value: T, ...keys: readonly K[]): Omit<T, K> {
  const copy = { ...value };
  // The copy is ours alone, and has its fields as own ones.
  for (const key of keys) Reflect.deleteProperty(copy, key);
  return copy;
}

/** The key of an object among those of its kind. Pure. */
export function keyOf(labels: readonly string[]): string {
  return labels.join('\u0000');
}

export function isSame(left: readonly string[], right: readonly string[]): boolean {
  if (left.length !== right.length) return false;
  for (let at = 0; at < left.length; at++) if (left[at] !== right[at]) return false;
  return true;
}

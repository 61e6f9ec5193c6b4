/** Values that somebody looks for: a text in which `*` stands for anything. Invariant: time grows with the text alone. */

/** Whether a value is what was looked for. */
export type ValueTest = (value: string) => boolean;

/** A pattern without `*` is the whole value. */
export function valueTest(pattern: string, ignoresCase: boolean): ValueTest {
  const folded = ignoresCase ? pattern.toLowerCase() : pattern;
  const [first = '', ...rest] = folded.split('*');
  const last = rest.pop();
  return (value) => {
    const text = ignoresCase ? value.toLowerCase() : value;
    return last === undefined ? text === first : hasParts(text, first, rest, last);
  };
}

/** The parts in between are found one behind the other, each at its first place. */
function hasParts(text: string, first: string, middle: readonly string[], last: string): boolean {
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last))
    return false;
  let at = first.length;
  for (const part of middle) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= text.length - last.length;
}

/** `name=value`, split at the first `=`; without one the name alone. */
export function namedPattern(text: string): { readonly name: string; readonly value: string | undefined } {
  const middle = text.indexOf('=');
  return middle < 0
    ? { name: text, value: undefined }
    : { name: text.slice(0, middle), value: text.slice(middle + 1) };
}

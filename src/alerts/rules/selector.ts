/**
 * Which objects a rule or a silence is about, by their labels. A text is matched exactly, or as a glob where it holds
 * `*` or `?`, or as a regular expression where it stands between slashes. Invariant: no pattern can hang: globs and
 * regular expressions are matched in linear time.
 */
import { messageOf, pattern, SluiceError } from '../../kernel/index.js';

export type TextMatcher = (text: string) => boolean;

/** Throws `bad-input` for an expression that is refused. */
export function textMatcher(source: string): TextMatcher {
  if (source.length > 2 && source.startsWith('/') && source.endsWith('/')) {
    const expression = source.slice(1, -1);
    // First as it was written, so that what is refused is told by its own place in it.
    pattern(expression);
    const compiled = pattern(`^(?:${expression})$`);
    return (text) => compiled.matches(text);
  }
  if (/[*?]/.test(source)) return (text) => globMatches(source, text);
  return (text) => text === source;
}

/** The same, for a text that stands under a name: what is refused is told with it. */
export function namedTextMatcher(name: string, source: string): TextMatcher {
  try {
    return textMatcher(source);
  } catch (cause) {
    throw new SluiceError('bad-input', `${name}: ${messageOf(cause)}`, { cause });
  }
}

/** Whether a text names one object only. */
export function isExact(source: string): boolean {
  return !/[*?]/.test(source) && !(source.length > 2 && source.startsWith('/') && source.endsWith('/'));
}

/** Matches the values of labels, in their order. */
export type LabelMatcher = (labels: readonly string[]) => boolean;

/** Throws `bad-input` for a label that the kind does not have. */
export function labelMatcher(
  names: readonly string[],
  where: Readonly<Record<string, string>>,
  field = 'where',
): LabelMatcher {
  const parts = Object.entries(where).map(([name, source]) => {
    const place = names.indexOf(name);
    if (place === -1)
      throw new SluiceError(
        'bad-input',
        `${field}.${name}: there is no label '${name}' here; there are ${names.join(', ')}`,
      );
    return { place, matches: namedTextMatcher(`${field}.${name}`, source) };
  });
  if (parts.length === 0) return () => true;
  return (labels) => parts.every(({ place, matches }) => matches(labels[place] ?? ''));
}

/** Matches what `where` names, but for what any label of `except` is so of. Throws `bad-input`. */
export function objectMatcher(
  names: readonly string[],
  where: Readonly<Record<string, string>>,
  except: Readonly<Record<string, string>>,
): LabelMatcher {
  const wanted = labelMatcher(names, where);
  const unwanted = Object.entries(except).map(([name, source]) =>
    labelMatcher(names, { [name]: source }, 'except'),
  );
  if (unwanted.length === 0) return wanted;
  return (labels) => wanted(labels) && !unwanted.some((matches) => matches(labels));
}

/** The usual greedy match with one place to go back to: its cost is at most the product of both lengths. */
function globMatches(glob: string, text: string): boolean {
  let [at, place] = [0, 0];
  let [star, resume] = [-1, 0];
  while (place < text.length) {
    if (glob[at] === '*') {
      star = at++;
      resume = place;
    } else if (at < glob.length && (glob[at] === '?' || glob[at] === text[place])) {
      at++;
      place++;
    } else if (star !== -1) {
      at = star + 1;
      place = ++resume;
    } else return false;
  }
  while (glob[at] === '*') at++;
  return at === glob.length;
}

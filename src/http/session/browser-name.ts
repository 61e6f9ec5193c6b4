/**
 * What a session's browser is called in lists: its name and system where they are known, else the beginning of what it
 * says of itself. Invariant: short, and nothing but printable ASCII, whatever the client sent.
 */
const lengthMax = 120;
/** Of what a client says, no more is looked at. */
const readMax = 512;

/** The first that is found counts: most browsers also name those that they want to pass for. */
const browsers: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['Edge', /\bEdg(?:A|iOS)?\/(\d{1,4})/],
  ['Opera', /\bOPR\/(\d{1,4})/],
  ['Firefox', /\b(?:Firefox|FxiOS)\/(\d{1,4})/],
  ['Chrome', /\b(?:HeadlessChrome|Chrome|CriOS)\/(\d{1,4})/],
  ['Safari', /\bVersion\/(\d{1,4})[.\d]* (?:Mobile\/\w+ )?Safari\//],
];

const systems: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['Android', /\bAndroid\b/],
  ['iPhone', /\biPhone\b/],
  ['iPad', /\biPad\b/],
  ['Windows', /\bWindows\b/],
  ['macOS', /\bMac OS X\b/],
  ['ChromeOS', /\bCrOS\b/],
  ['Linux', /\bLinux\b/],
];

/** From a User-Agent header. */
export function browserName(userAgent: string | undefined): string {
  const text = (userAgent ?? '')
    .slice(0, readMax)
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim();
  if (text === '') return 'unknown';
  for (const [name, pattern] of browsers) {
    const version = pattern.exec(text)?.[1];
    if (version !== undefined) return `${name} ${version}${systemIn(text)}`;
  }
  return text.slice(0, lengthMax).trim();
}

function systemIn(text: string): string {
  const found = systems.find(([, pattern]) => pattern.test(text));
  return found === undefined ? '' : ` on ${found[0]}`;
}

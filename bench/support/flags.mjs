/** Command-line flags of a benchmark: `--name value`, `--name=value`, or `--name` alone for a switch. */

/** Parses against `known` (name to default); a switch's default is false. Unknown flags are errors. */
export function parseFlags(words, known) {
  const flags = { ...known };
  const rest = [...words];
  while (rest.length > 0) {
    const [name, inline] = rest.shift().replace(/^--/, '').split(/=(.*)/s);
    if (!Object.hasOwn(known, name)) {
      throw new Error(
        `unknown flag --${name}; known: ${Object.keys(known)
          .map((flag) => `--${flag}`)
          .join(' ')}`,
      );
    }
    if (typeof known[name] === 'boolean') flags[name] = inline === undefined || inline === 'true';
    else {
      const text = inline ?? rest.shift();
      if (text === undefined) throw new Error(`--${name} needs a value`);
      flags[name] = typeof known[name] === 'number' ? Number(text) : text;
      if (Number.isNaN(flags[name])) throw new Error(`--${name} needs a number, not ${text}`);
    }
  }
  return flags;
}

/** A comma-separated flag as a list. */
export function listOf(text) {
  return text.split(',').filter((part) => part !== '');
}

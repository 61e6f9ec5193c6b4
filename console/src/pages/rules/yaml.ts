/**
 * A rule as it stands in `sluice.yaml`. Invariant: whatever the texts hold, a YAML reader gives back the same rule:
 * every text that could be read as something else is quoted.
 */
import { durationText, fieldsOf } from './draft.ts';

/** The item of `alerts.rules`. */
export function yamlOf(name: string, rule: Readonly<Record<string, unknown>>): string {
  const kind = typeof rule['kind'] === 'string' ? rule['kind'] : 'threshold';
  const lines = [`name: ${scalar(name)}`];
  if (kind !== 'threshold') lines.push(`kind: ${kind}`);
  for (const { name: field, shape } of fieldsOf(kind)) {
    const value = rule[field];
    if (value === undefined || isEmpty(value)) continue;
    const isSeconds = shape === 'duration' && typeof value === 'number';
    lines.push(`${field}: ${flow(isSeconds ? durationText(value) : value)}`);
  }
  return [`- ${lines[0]!}`, ...lines.slice(1).map((line) => `  ${line}`)].join('\n');
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value === 'object' && value !== null)
    return `{ ${Object.entries(value)
      .map(([key, each]) => `${scalar(key)}: ${flow(each)}`)
      .join(', ')} }`;
  return typeof value === 'string' ? scalar(value) : String(value);
}

/** Plain where nobody could take it for anything else; else quoted as JSON does, which YAML reads too. */
function scalar(text: string): string {
  const isPlain = /^[A-Za-z_][A-Za-z0-9_.-]*$/.test(text) || /^\d+(\.\d+)?(ms|s|m|h|d)$/.test(text);
  const isWord = /^(true|false|null|yes|no|on|off|y|n)$/i.test(text);
  return isPlain && !isWord ? text : JSON.stringify(text);
}

/** The signatures as a document: what docs/diagnosis.md says of each, made from the data alone. */
import type { Clue, Signature } from './signature.js';

/** A section of Markdown for each signature, in the order of their numbers. */
export function describeSignatures(signatures: readonly Signature[]): string {
  const ordered = [...signatures].sort((left, right) => left.number - right.number);
  return ordered.map(describe).join('\n');
}

function describe(signature: Signature): string {
  const { number, name, title, kind, engines, symptomsText, symptomsRule, speaksFor, speaksAgainst, check } =
    signature;
  const where = engines === 'log' ? ', of engines that are logs' : '';
  const lines = [
    `### ${number}. ${title}`,
    '',
    `\`${name}\`, of ${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind.replaceAll('_', ' ')}${where}.`,
    '',
    `- Symptoms: ${symptomsText}`,
    ...(symptomsRule === undefined ? [] : [`- Judged so: ${symptomsRule}`]),
    ...speaksFor.map((clue) => `- For, ${weightOf(clue)}: ${clue.text}`),
    ...speaksAgainst.map((clue) => `- Against, ${weightOf(clue)}: ${clue.text}`),
    ...signature.remedies.map(({ remedy, text }) => `- Remedy, \`${remedy}\`: ${text}`),
    `- It worked when, within ${check.withinSeconds} s: ${check.text}`,
  ];
  if (signature.explains.length > 0)
    lines.push(`- Explains: ${signature.explains.map((other) => `\`${other}\``).join(', ')}.`);
  return `${lines.join('\n')}\n`;
}

function weightOf({ weight }: Clue): string {
  return `weight ${weight}`;
}

/** A proposed remedy as people read it. */
import type { RemedyProposal } from './types.js';

/** With the command that applies it, and its `options`; a remedy without a command is only advised. */
export function remedyLine(
  { text, command }: Pick<RemedyProposal, 'text' | 'command'>,
  options: readonly string[] = [],
): string {
  return command === '' ? text : [`${text.replace(/\.$/, '')}: ${command}`, ...options].join(' ');
}

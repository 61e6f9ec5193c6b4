/** Which policies are in effect, as people read it. */
import type { EnginePolicyEffect } from '../operations/index.js';

/** A line each; keys without effect where the engine tells of them. */
export function effectLines(effect: EnginePolicyEffect): readonly string[] {
  const { policy = 'none', operatorPolicy = 'none', definition, ignored = [], arguments: table } = effect;
  const lines: readonly (readonly [string, string])[] = [
    ['policy', policy],
    ['operator policy', operatorPolicy],
    ['definition', JSON.stringify(definition)],
    ['in effect', JSON.stringify(table)],
    ...(ignored.length === 0 ? [] : [['without effect', ignored.join(', ')] as const]),
  ];
  return lines.map(([title, text]) => `${title.padEnd(16)} ${text}`);
}

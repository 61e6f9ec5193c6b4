/** A JSON value as RabbitMQ prints it in its refusals: an Erlang term. Pure. */
import type { PolicyValue } from './policy.js';

/** For example `<<"abc">>`, `-1`, `[1,2]` or `#{<<"a">> => 1}`. */
export function erlangText(value: PolicyValue): string {
  if (typeof value === 'string') return binaryText(value);
  if (typeof value === 'number') return numberText(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (isList(value)) return `[${value.map(erlangText).join(',')}]`;
  const entries = Object.entries(value).map(([name, entry]) => `${binaryText(name)} => ${erlangText(entry)}`);
  return `#{${entries.join(',')}}`;
}

/** The pairs of a definition, as RabbitMQ lists those that it does not know. */
export function pairsText(pairs: readonly (readonly [string, PolicyValue])[]): string {
  return `[${pairs.map(([name, value]) => `{${binaryText(name)},${erlangText(value)}}`).join(',')}]`;
}

function isList(value: PolicyValue): value is readonly PolicyValue[] {
  return Array.isArray(value);
}

function binaryText(text: string): string {
  const isWide = /[^\u0000-\u007f]/.test(text);
  return `<<"${text.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"${isWide ? '/utf8' : ''}>>`;
}

function numberText(value: number): string {
  return Number.isInteger(value) ? BigInt(value).toString() : String(value);
}

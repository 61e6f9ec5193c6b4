/** Figures by their units, and what something is about, in the words of the language in use. */
import { linkTo } from '../../router.svelte.ts';
import { pageOf } from '../../pages.ts';
import { say, speech } from '../../words/words.svelte.ts';
import type { Subject } from './answers.ts';

/** As the program's own engine is named. */
const ownEngine = 'embedded';

/** How a value of a unit is written. `isRate`: it is so much a second. */
export function writerOf(unit: string, isRate = false): (value: number) => string {
  const write = plainWriter(unit);
  return isRate || unit === 'per-second' ? (value) => say('perSecond', { value: write(value) }) : write;
}

function plainWriter(unit: string): (value: number) => string {
  switch (unit) {
    case 'bytes':
      return (value) => speech.bytes(value);
    case 'seconds':
      return (value) => speech.duration(value);
    case 'ratio':
      return (value) => `${speech.amount(value * 100)} %`;
    case 'boolean':
      return (value) => say(value > 0 ? 'yes' : 'no');
    default:
      return (value) => speech.amount(value);
  }
}

/** The most telling labels of a thing, without the engine and the usual virtual host. */
export function nameOf({ kind, labels }: Subject): string {
  const told = Object.entries(labels).filter(
    ([label, value]) => value !== '' && label !== 'engine' && !(label === 'vhost' && value === '/'),
  );
  const rest = told.length > 0 ? told : Object.entries(labels);
  return rest.length === 0 ? kind : rest.map(([, value]) => value).join(' · ');
}

/** The page of a thing; undefined: it has none. */
export function pageOfSubject({ kind, labels }: Subject): string | undefined {
  const place = placeOf(kind, labels);
  return place !== undefined && pageOf(place) !== undefined ? linkTo(place) : undefined;
}

function placeOf(kind: string, labels: Readonly<Record<string, string>>): string[] | undefined {
  const { queue, vhost = '/', task, engine } = labels;
  if (task !== undefined && kind === 'task') return ['tasks', task];
  if (queue !== undefined && engine !== undefined && engine !== ownEngine)
    return ['engines', engine, 'queues', vhost, queue];
  if (queue !== undefined) return ['queues', vhost, queue];
  if (engine !== undefined) return ['engines', engine];
  return undefined;
}

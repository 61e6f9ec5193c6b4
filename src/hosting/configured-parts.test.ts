import { expect, it } from 'vitest';
import { SluiceError } from '../kernel/index.js';
import { ConfiguredParts, type ConfiguredPart } from './configured-parts.js';

type Settings = Readonly<Record<string, number>>;

/** Parts that tell what becomes of them; `fixed` ones cannot be changed while they run. */
function scene(): {
  parts: ConfiguredParts<number, ConfiguredPart<number>>;
  told: string[];
  problems: string[];
} {
  const [told, problems]: [string[], string[]] = [[], []];
  const start = (name: string, settings: number): ConfiguredPart<number> => {
    if (settings < 0) throw new SluiceError('bad-input', 'less than nothing');
    told.push(`start ${name} ${settings}`);
    const stop = (): void => void told.push(`stop ${name}`);
    if (name.startsWith('fixed')) return { stop };
    return { stop, configure: (next) => void told.push(`change ${name} ${next}`) };
  };
  const onProblem = (problem: string): void => void problems.push(problem);
  return { parts: new ConfiguredParts({ start, onProblem }), told, problems };
}

async function toldAt(settings: Settings, next: Settings): Promise<string[]> {
  const { parts, told } = scene();
  await parts.configure(settings);
  told.length = 0;
  await parts.configure(next);
  return told;
}

it('leaves alone what is as it was', async () => {
  expect(await toldAt({ a: 1, fixed: 2 }, { a: 1, fixed: 2 })).toEqual([]);
});

it('changes what can be changed, replaces what cannot, ends what is gone, and starts what is new', async () => {
  expect(await toldAt({ a: 1, fixed: 2, gone: 3 }, { b: 4, fixed: 5, a: 6 })).toEqual([
    ...['change a 6', 'stop fixed', 'stop gone', 'start b 4', 'start fixed 5'],
  ]);
});

it('lists parts in the order of the settings', async () => {
  const { parts } = scene();
  await parts.configure({ a: 1, b: 2 });
  const [a, b] = [parts.get('a'), parts.get('b')];
  await parts.configure({ b: 2, a: 1 });
  expect(parts.all()).toEqual([b, a]);
  expect(parts.get('c')).toBeUndefined();
});

it('tells what does not start, and starts the others', async () => {
  const { parts, told, problems } = scene();
  await parts.configure({ bad: -1, good: 1 });
  expect([told, problems]).toEqual([['start good 1'], ['bad: less than nothing']]);
  await parts.stop();
  expect(told.at(-1)).toBe('stop good');
});

import { expect, it } from 'vitest';
import { ToldFigures } from '../testing/told-figures.js';
import { LiveDiagnosis } from './live-diagnosis.js';

it('looks after each measurement until it is stopped, and tells what fails', async () => {
  const told = new ToldFigures();
  const listeners = new Set<(second: number) => void>();
  const problems: string[] = [];
  let isBroken = false;
  const live = new LiveDiagnosis({
    figures: {
      latest: (kind) => {
        if (isBroken) throw new Error('gone');
        return told.latest(kind);
      },
      onMeasured: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    pause: () => Promise.resolve(),
    onProblem: (problem) => problems.push(problem),
  });
  live.start();
  live.start();
  expect(listeners.size).toBe(1);
  const measure = async (second: number): Promise<void> => {
    for (const listener of listeners) listener(second);
    await live.runOnce(second);
  };
  told.tell('alarm', ['embedded', 'memory'], { sluice_alarm: 1 });
  told.tell('engine', ['embedded'], { sluice_engine_up: 1 });
  for (let second = 0; second < 20; second += 5) await measure(1_700_000_000 + second);
  const alert = { subject: { kind: 'engine', labels: { engine: 'embedded' } } };
  const causes = live.causesOf({ alerts: [alert] } as unknown as Parameters<typeof live.causesOf>[0]);
  expect(causes.map(({ signature }) => signature)).toEqual(['publishers-blocked']);
  isBroken = true;
  await measure(1_700_000_100);
  expect(problems).toContain('diagnosis: gone');
  await live.stop();
  expect(listeners.size).toBe(0);
});

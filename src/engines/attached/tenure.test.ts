/** Calls across a change of the engine: again, once, in order, and not for ever. */
import { expect, test } from 'vitest';
import { FakeClock, SluiceError } from '../../kernel/index.js';
import type { Engine } from '../index.js';
import { Tenure } from './tenure.js';

const engine = (name: string): Engine => ({ kind: 'sluice', address: name }) as Engine;
const lost = (): SluiceError => new SluiceError('connection-failed', 'gone', { retryable: true });

function started() {
  const clock = new FakeClock();
  const [first, second] = [engine('first'), engine('second')];
  return { clock, first, second, tenure: new Tenure('/data', clock, first) };
}

/** A call that its engine answers only where that is `answering`; the others are lost. */
function answeredBy(answering: Engine, log: string[], name: string) {
  return (on: Engine): Promise<string> => {
    log.push(`${name} on ${on.address}`);
    return on === answering ? Promise.resolve(name) : Promise.reject(lost());
  };
}

test('calls that were lost are made again on the next engine, in their order, before later ones', async () => {
  const { tenure, second } = started();
  const log: string[] = [];
  const calls = ['1', '2', '3'].map((name) => tenure.run(answeredBy(second, log, name)));
  tenure.vacate();
  // A later call comes when the lost ones have been told.
  await new Promise((resolve) => setImmediate(resolve));
  calls.push(tenure.run(answeredBy(second, log, '4')));
  tenure.take(second);
  expect(await Promise.all(calls)).toEqual(['1', '2', '3', '4']);
  expect(log.slice(3)).toEqual(['1 on second', '2 on second', '3 on second', '4 on second']);
});

test('a call that must not be made twice is told of the loss', async () => {
  const { tenure, second } = started();
  const log: string[] = [];
  const call = tenure.once(answeredBy(second, log, 'put'));
  tenure.vacate();
  tenure.take(second);
  await expect(call).rejects.toMatchObject({ code: 'connection-failed', retryable: true });
  expect(log).toEqual(['put on first']);
});

test('a refusal is no loss', async () => {
  const { tenure } = started();
  const refusal = new SluiceError('not-found', 'no queue');
  await expect(tenure.run(() => Promise.reject(refusal))).rejects.toBe(refusal);
});

test('after a minute without an engine calls are refused, the patient wait, and all goes on when one comes', async () => {
  const { clock, tenure, second } = started();
  tenure.vacate();
  const waiting = tenure.wait();
  const patient = tenure.wait(true);
  clock.advance(60_000);
  await expect(waiting).rejects.toMatchObject({ code: 'connection-failed' });
  await expect(tenure.wait()).rejects.toMatchObject({ code: 'connection-failed' });
  tenure.take(second);
  expect(await patient).toBe(second);
  expect(await tenure.wait()).toBe(second);
});

test('once it is over everybody is refused with the reason', async () => {
  const { tenure } = started();
  tenure.vacate();
  const waiting = tenure.wait(true);
  tenure.finish(new SluiceError('not-found', 'the directory is gone'));
  await expect(waiting).rejects.toMatchObject({ code: 'not-found' });
  await expect(tenure.run(() => Promise.resolve(1))).rejects.toMatchObject({ code: 'not-found' });
});

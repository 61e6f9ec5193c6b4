/** Key-value records: compared and set, expiring, watched, and written together with messages. */
import { expect } from 'vitest';
import type { App, RecordChange } from '../../../src/engines/index.js';
import { eventually, has, take, takeOne, takeTexts, type Case, type Trial } from '../trial.js';

const text = (value: string): Buffer => Buffer.from(value);

async function valueOf(app: App, key: string): Promise<string | undefined> {
  return (await app.engine.records.get(key))?.value.toString();
}

/** Registers a case for engines that have records; the others are asked by another topic to refuse them. */
function inRecords(examine: Case, name: string, run: (app: App, trial: Trial) => Promise<void>): void {
  examine(name, async (trial) => {
    const app = await trial.open();
    if (has(app, 'records')) await run(app, trial);
  });
}

export function records(examine: Case): void {
  inRecords(examine, 'a record is read as it was put, until it is deleted', async (app, trial) => {
    const { records } = app.engine;
    const key = `${trial.name()}/é`;
    expect(await records.get(key)).toBeUndefined();
    const written = await records.put(key, Buffer.from([0, 255, 10]));
    expect(written.kind).toBe('written');
    expect(await records.get(key)).toMatchObject({
      key,
      value: Buffer.from([0, 255, 10]),
      expiresMs: undefined,
    });
    expect(await records.delete(key)).toMatchObject({ kind: 'written' });
    expect(await records.get(key)).toBeUndefined();
  });

  inRecords(examine, 'a change with a condition is done, or tells what is there', async (app, trial) => {
    const { records } = app.engine;
    const key = trial.name();
    const first = await records.put(key, text('one'), { expected: 'absent' });
    const conflict = { kind: 'conflict', current: { key, value: text('one') } };
    expect(await records.put(key, text('two'), { expected: 'absent' })).toMatchObject(conflict);
    expect(first.kind === 'written' && (await records.get(key))?.version).toBe(
      first.kind === 'written' && first.version,
    );
    const version = (await records.get(key))!.version;
    const second = await records.put(key, text('two'), { expected: version });
    expect(second.kind === 'written' && second.version > version).toBe(true);
    expect(await records.delete(key, { expected: version })).toMatchObject({ kind: 'conflict' });
    expect(await valueOf(app, key)).toBe('two');
    await records.delete(key);
    expect(await records.put(key, text('x'), { expected: version })).toEqual({
      kind: 'conflict',
      current: undefined,
    });
  });

  inRecords(examine, 'a record with a time to live goes at its end', async (app, trial) => {
    const key = trial.name();
    await app.engine.records.put(key, text('x'), { ttlMs: 40 });
    await eventually(async () => (await app.engine.records.get(key)) === undefined);
    expect(await app.engine.records.put(key, text('y'), { expected: 'absent' })).toMatchObject({
      kind: 'written',
    });
  });

  inRecords(examine, 'a scan gives the records of a prefix', async (app, trial) => {
    const prefix = trial.name();
    const { records } = app.engine;
    const keys = Array.from({ length: 1_200 }, (_, number) => `${prefix}/in/${number}`);
    await Promise.all([...keys, `${prefix}/out`].map((key) => records.put(key, text(key))));
    const found = await records.scan(`${prefix}/in/`);
    expect(found.map(({ key }) => key).sort()).toEqual(keys.sort());
    expect(found.every(({ key, value }) => value.toString() === key)).toBe(true);
  });

  inRecords(examine, 'a watch tells changes of its prefix, in order', async (app, trial) => {
    const prefix = trial.name();
    const { records } = app.engine;
    const told: RecordChange[] = [];
    const abort = new AbortController();
    await records.watch(`${prefix}/`, (change) => told.push(change), abort.signal);
    await records.put(`${prefix}/1`, text('one'));
    await records.put(prefix, text('outside'));
    await records.delete(`${prefix}/1`);
    await records.put(`${prefix}/2`, text('two'), { ttlMs: 50 });
    await eventually(() => Promise.resolve(told.length === 4));
    expect(told.map(({ key, entry }) => [key, entry?.value.toString()])).toEqual([
      [`${prefix}/1`, 'one'],
      [`${prefix}/1`, undefined],
      [`${prefix}/2`, 'two'],
      [`${prefix}/2`, undefined],
    ]);
    abort.abort();
    await records.put(`${prefix}/3`, text('three'));
    expect(await valueOf(app, `${prefix}/3`)).toBe('three');
    expect(told).toHaveLength(4);
  });

  inRecords(
    examine,
    'records written with an acknowledgement survive a crash with it',
    async (app, trial) => {
      const [queue, next] = [app.queue(trial.name()), app.queue(trial.name())];
      const key = trial.name();
      await next.declare();
      await queue.send('1', '2');
      const one = await takeOne(queue);
      expect(await one.ack({ records: [{ key: `${key}/1`, value: text('done'), ttlMs: 600_000 }] })).toBe(
        'settled',
      );
      const two = await takeOne(queue);
      const send = { queue: next.name, message: 'follow' };
      const puts = ['2', '3'].map((name) => ({ key: `${key}/${name}`, value: text(name) }));
      expect(await two.ack({ send, records: puts })).toBe('settled');
      const after = await trial.crash(app);
      expect((await after.queue(queue.name).info())?.ready).toBe(0);
      expect(await takeTexts(after.queue(next.name), 1)).toEqual(['follow']);
      const values = await Promise.all(['1', '2', '3'].map((name) => valueOf(after, `${key}/${name}`)));
      expect(values).toEqual(['done', '2', '3']);
    },
  );

  inRecords(examine, 'completions of one turn stand each for itself', async (app, trial) => {
    const [queue, full] = [
      app.queue(trial.name()),
      app.queue(trial.name(), { lengthMax: 0, overflow: 'reject-publish' }),
    ];
    const key = trial.name();
    await full.declare();
    await queue.send(...Array.from({ length: 20 }, (_, number) => String(number)));
    const messages = await take(queue, 20);
    const outcomes = await Promise.allSettled(
      messages.map((message) => {
        const records = [{ key: `${key}/${message.text()}`, value: Buffer.alloc(100_000, message.text()) }];
        const send = { queue: full.name, message: 'x' };
        return message.ack(message.text() === '7' ? { records, send } : { records });
      }),
    );
    const refused = outcomes.findIndex(({ status }) => status === 'rejected');
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    expect(refused).toBe(7);
    expect(messages[7]!.isHeld).toBe(true);
    expect(await app.engine.records.scan(`${key}/`)).toHaveLength(19);
    expect(await messages[7]!.ack()).toBe('settled');
    expect((await queue.info())?.ready).toBe(0);
  });

  inRecords(examine, 'a completion takes along what is large', async (app, trial) => {
    const [queue, next] = [app.queue(trial.name()), app.queue(trial.name())];
    await next.declare();
    await queue.send('1');
    const body = Buffer.alloc(3_000_000, 'large');
    const records = [{ key: trial.name(), value: text('done') }];
    expect(await (await takeOne(queue)).ack({ send: { queue: next.name, message: { body } }, records })).toBe(
      'settled',
    );
    expect((await takeOne(next)).body.equals(body)).toBe(true);
  });

  examine(
    'a watch outlives the server, and tells what there is when it is back',
    async (trial) => {
      const app = await trial.open();
      if (!has(app, 'records')) return;
      const [prefix, told] = [trial.name(), new Map<string, string | undefined>()];
      const { records } = app.engine;
      const abort = new AbortController();
      await records.watch(prefix, ({ key, entry }) => told.set(key, entry?.value.toString()), abort.signal);
      await records.put(`${prefix}/1`, text('before'));
      await eventually(() => Promise.resolve(told.size === 1));
      told.clear();
      await trial.target.restart!();
      await eventually(() => Promise.resolve(told.get(`${prefix}/1`) === 'before'));
      await records.put(`${prefix}/2`, text('after'));
      await eventually(() => Promise.resolve(told.get(`${prefix}/2`) === 'after'));
      abort.abort();
    },
    { needsServer: true },
  );

  inRecords(examine, 'a commit is whole, or tells the conflict with nothing done', async (app, trial) => {
    const queue = app.queue(trial.name());
    await queue.declare();
    const key = trial.name();
    const sends = [{ queue: queue.name, message: { body: text('once') } }];
    const puts = [
      { key: `${key}/1`, value: text('1') },
      { key: `${key}/2`, value: text('2'), expected: 'absent' as const },
    ];
    expect(await app.engine.commit({ sends, puts })).toEqual({ kind: 'written' });
    await app.engine.records.delete(`${key}/1`);
    expect(await app.engine.commit({ sends, puts })).toMatchObject({
      ...{ kind: 'conflict', key: `${key}/2`, current: { value: text('2') } },
    });
    expect(await valueOf(app, `${key}/1`)).toBeUndefined();
    const nowhere = [{ queue: trial.name(), message: { body: text('x') } }];
    await expect(app.engine.commit({ sends: nowhere, puts: puts.slice(0, 1) })).rejects.toMatchObject({
      code: 'not-found',
    });
    expect(await valueOf(app, `${key}/1`)).toBeUndefined();
    expect(await takeTexts(queue, 1)).toEqual(['once']);
    expect((await queue.info())?.ready).toBe(0);
  });
}

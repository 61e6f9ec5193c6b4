/** Traces of tasks from one process to the next, as a collector gets them. */
import { connect } from 'amqplib';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { builtSluice } from '../support/built.js';
import { runProgram } from '../support/child.mjs';
import { startSluice } from '../support/start-sluice.mjs';
import { attribute, Collector, type CollectedSpan } from './collector.js';

const programFile = fileURLToPath(new URL('program.mjs', import.meta.url));
const queue = 'sluice.tasks.charge';
const [producer, consumer, failed] = [4, 5, 2];

async function run(role: 'enqueue' | 'work', engine: string, endpoint: string): Promise<void> {
  const { code, stderr } = await runProgram(process.execPath, [programFile, role, engine, endpoint]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
}

/** A program on a server, whose spans go to a collector; both end with it. */
async function tracedProgram(endpoint: string, headers: Readonly<Record<string, string>> = {}) {
  const { open } = await builtSluice();
  const server = await startSluice();
  const app = await open({ engine: server.url, telemetry: { otlp: { endpoint, headers } } });
  return {
    app,
    url: server.url,
    async [Symbol.asyncDispose](): Promise<void> {
      await app.close();
      await server.stop();
    },
  };
}

function inOrder(spans: readonly CollectedSpan[], name: string): CollectedSpan[] {
  return spans.filter((span) => span.name === name);
}

it('follows a task from its enqueue through its attempts to what its handler sends', async () => {
  await using collector = await Collector.start();
  const server = await startSluice();
  try {
    await run('enqueue', server.url, collector.endpoint);
    await run('work', server.url, collector.endpoint);
    const { spans } = collector;
    const sent = collector.span(`send ${queue}`)!;
    const attempts = inOrder(spans, `process ${queue}`);
    const follow = collector.span('send sluice.tasks.receipt')!;
    expect(sent).toMatchObject({ kind: producer });
    expect(sent.parentSpanId ?? '').toBe('');
    expect(attempts.map(({ traceId, parentSpanId }) => ({ traceId, parentSpanId }))).toEqual([
      { traceId: sent.traceId, parentSpanId: sent.spanId },
      { traceId: sent.traceId, parentSpanId: sent.spanId },
    ]);
    expect(attempts.map((span) => attribute(span, 'sluice.task.outcome'))).toEqual(['retried', 'completed']);
    expect(attempts[0]).toMatchObject({
      kind: consumer,
      status: { code: failed, message: 'the bank is busy' },
    });
    expect(attribute(attempts[0]!, 'error.type')).toBe('TypeError');
    expect(attribute(attempts[1]!, 'messaging.message.id')).toBe(attribute(sent, 'messaging.message.id'));
    expect(follow).toMatchObject({ traceId: sent.traceId, parentSpanId: attempts[1]!.spanId });
    // What went out with the completion belongs to the attempt as well.
    const app = await (await builtSluice()).open({ engine: server.url });
    for await (const delivery of app.queue('receipts').receive()) {
      expect(delivery.header('traceparent')).toBe(`00-${sent.traceId}-${attempts[1]!.spanId}-01`);
      await delivery.ack();
      break;
    }
    await app.close();
  } finally {
    await server.stop();
  }
});

it("goes on with the trace of another client's message, and begins its own where that one makes no sense", async () => {
  await using collector = await Collector.start();
  await using program = await tracedProgram(collector.endpoint);
  const { app, url } = program;
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const parent = 'b7ad6b7169203331';
  const charge = app.task('charge').handle(() => 'charged');
  const worker = app.worker({ tasks: [charge] });
  await worker.ready;
  const connection = await connect(url);
  const channel = await connection.createConfirmChannel();
  for (const traceparent of [`00-${traceId}-${parent}-01`, 'nonsense', 7])
    channel.sendToQueue(queue, Buffer.from('{}'), { type: 'charge', headers: { traceparent } });
  await channel.waitForConfirms();
  await connection.close();
  const spans = await collector.until(() => {
    const found = inOrder(collector.spans, `process ${queue}`);
    return found.length === 3 ? found : undefined;
  });
  expect(spans[0]).toMatchObject({ traceId, parentSpanId: parent, links: [{ spanId: parent }] });
  for (const span of spans.slice(1)) {
    expect(span.parentSpanId ?? '').toBe('');
    expect(span.traceId).not.toBe(traceId);
  }
});

it('goes on in a thread', async () => {
  await using collector = await Collector.start();
  await using program = await tracedProgram(collector.endpoint);
  const { app } = program;
  const thread = new URL('traced-thread.mjs', import.meta.url);
  const charge = app.task<object, object, string>('charge', { thread });
  app.worker({ tasks: [charge] });
  const handle = await charge.enqueue({});
  const traceId = await handle.result({ timeout: '20s' });
  const span = await collector.until(() => collector.span(`process ${queue}`));
  expect(traceId).toBe(span.traceId);
});

it('works on while its collector is away, and ends', async () => {
  await using program = await tracedProgram('http://127.0.0.1:9', { authorization: 'Bearer hidden' });
  const { app } = program;
  const charge = app.task('charge').handle(() => 'charged');
  app.worker({ tasks: [charge] });
  const handle = await charge.enqueue({});
  expect(await handle.result({ timeout: '20s' })).toBe('charged');
});

it('refuses telemetry that makes no sense', async () => {
  const { open } = await builtSluice();
  await expect(
    open({ engine: './nowhere', telemetry: { otlp: { endpoint: 'nowhere' } } }),
  ).rejects.toMatchObject({
    code: 'bad-input',
    message: expect.stringContaining('telemetry.otlp.endpoint') as string,
  });
});

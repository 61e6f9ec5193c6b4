/** How each server is asked to send dead letters back, and told to have done it. */
import { setTimeout as sleep } from 'node:timers/promises';

const guest = `Basic ${Buffer.from('guest:guest').toString('base64')}`;
const askEveryMs = 5;

async function call(server, method, path, body) {
  const response = await fetch(`http://127.0.0.1:${server.ports.http}${path}`, {
    method,
    headers: { authorization: guest, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

/** Resolves once Sluice tells that the redrive is done: what it tells is on the disk. */
async function untilDone(server, id, letters) {
  for (;;) {
    const { state, sent, problem } = await call(server, 'GET', `/v1/redrives/${id}`);
    if (state === 'done' && sent === letters) return;
    if (state !== 'running') throw new Error(`the redrive is ${state}, ${sent} sent: ${problem ?? ''}`);
    await sleep(askEveryMs);
  }
}

/** Each begins to send back what `dead` holds; what it gives resolves once the server says that all is done. */
export const senders = {
  async sluice(server, { dead, letters }) {
    const { id } = await call(server, 'POST', '/v1/redrives', { vhost: '/', queue: dead });
    return () => untilDone(server, id, letters);
  },
  async rabbitmq(server, { work, dead }) {
    const value = {
      ...{ 'src-protocol': 'amqp091', 'src-uri': 'amqp://', 'src-queue': dead },
      ...{ 'dest-protocol': 'amqp091', 'dest-uri': 'amqp://', 'dest-queue': work },
      ...{ 'src-delete-after': 'queue-length', 'ack-mode': 'on-confirm' },
    };
    await call(server, 'PUT', `/api/parameters/shovel/%2F/${dead}`, { value });
    // What the target holds was confirmed to the shovel.
    return () => Promise.resolve();
  },
};

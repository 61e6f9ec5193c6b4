/**
 * A program that shares a directory: sends numbered messages and receives what anybody sent, and says each thing on a
 * line of its own as it happens (a pipe is written at once, so a kill takes back nothing that was said).
 *
 *     role owner | role attached     at the start and at each change
 *     confirmed ID                   a send has resolved
 *     seen ID                        a message came; it is acknowledged next
 *     failed CODE MESSAGE            a call was rejected
 *
 * SIGUSR2 ends the sending, SIGTERM closes politely. Options as JSON: `engine`, `send`, `receive`, `open`.
 */
import { open } from '../../dist/index.js';

const { engine, send = true, receive = true, open: further = {} } = JSON.parse(process.argv[2]);
const inFlight = 8;
let isSending = send;
let isClosing = false;
let number = 0;

function say(...words) {
  process.stdout.write(`${words.join(' ')}\n`);
}

function failed(error) {
  if (!isClosing) say('failed', error.code ?? error.name, error.message);
}

async function sendOn(queue) {
  while (isSending) {
    const id = `${process.pid}-${number++}`;
    await queue.send(id);
    say('confirmed', id);
  }
}

async function receiveOn(queue) {
  for await (const message of queue.receive({ prefetch: 50 })) {
    say('seen', message.text());
    await message.ack();
  }
}

const app = await open({ engine, ...further });
app.on('role', (role) => say('role', role));
if (Object.keys(app.ports).length > 0) say('ports', JSON.stringify(app.ports));
say('role', app.role);
process.on('SIGUSR2', () => (isSending = false));
process.on('SIGTERM', async () => {
  isSending = false;
  isClosing = true;
  await app.close();
  process.exit(0);
});
const queue = app.queue('shared');
if (send) for (let sender = 0; sender < inFlight; sender++) sendOn(queue).catch(failed);
if (receive) receiveOn(queue).catch(failed);

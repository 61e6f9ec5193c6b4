/**
 * Notifications to connected browsers. Whoever is notified gets it in every window that is open, in order; a browser
 * that was away gets what it missed; what could not be told in time is dropped.
 *   node examples/notifications/main.mjs [DIRECTORY] [PORT]         then open the address that it prints
 *
 * It takes the user's name from the address: a real one takes it from the session.
 */
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { open } from 'sluice';
import { Browsers } from './browsers.mjs';
import { Inbox } from './inbox.mjs';

const directory = process.argv[2] ?? './example-data/notifications';
const port = Number(process.argv[3] ?? 8080);
const bodyBytesMax = 65_536;
const namePattern = /^[\w.-]{1,64}$/;
const page = await readFile(join(import.meta.dirname, 'page.html'));

const app = await open({ engine: directory });
const inbox = new Inbox(app.engine);
const browsers = new Browsers(inbox);
const closing = new AbortController();
await inbox.watch((user, notification) => browsers.tell(user, notification), closing.signal);

const notify = app.task('notify', {
  key: ({ user }) => user, // one after another for each user
  deadline: '30s',
  onLate: 'drop',
  retry: { attempts: 10, delay: '100ms' },
  run: ({ user, text }, { taskId }) => inbox.add(user, taskId, text),
});
const worker = app.worker({ tasks: [notify], concurrency: 32 });
worker.on('missed', ({ taskId }) => console.log(`dropped ${taskId}: too late`));
await worker.ready;

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    if (!response.headersSent) response.writeHead(error.status ?? 500, { 'content-type': 'text/plain' });
    response.end(error.status === undefined ? 'it failed' : error.message);
    if (error.status === undefined) console.error(error);
  });
});
server.listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/?user=ada`));
process.on('SIGTERM', close);
process.on('SIGINT', close);

async function answer(request, response) {
  const url = new URL(request.url, 'http://localhost');
  const route = `${request.method} ${url.pathname}`;
  if (route === 'GET /') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.end(page);
  } else if (route === 'GET /events') {
    const last = Number(request.headers['last-event-id'] ?? 0);
    if (!Number.isSafeInteger(last)) throw refusal(400, 'Last-Event-ID is a number');
    await browsers.serve(checkedName(url.searchParams.get('user')), last, response);
  } else if (route === 'POST /notify') {
    const ids = await accept(request);
    response.writeHead(202, { 'content-type': 'application/json' });
    response.end(JSON.stringify(ids));
  } else throw refusal(404, 'there is no such page');
}

/** Answers once the notifications are on disk. */
async function accept(request) {
  // A form of another site cannot send this type.
  if (request.headers['content-type'] !== 'application/json') throw refusal(415, 'send application/json');
  const { to, text } = await jsonOf(request);
  if (!Array.isArray(to) || typeof text !== 'string') throw refusal(400, 'give `to`, a list, and `text`');
  const handles = await notify.enqueueAll(to.map((user) => ({ user: checkedName(user), text })));
  return handles.map(({ id }) => id);
}

async function jsonOf(request) {
  let text = '';
  for await (const part of request.setEncoding('utf8')) {
    text += part;
    if (text.length > bodyBytesMax) throw refusal(413, 'that is too long');
  }
  try {
    return JSON.parse(text);
  } catch {
    throw refusal(400, 'that is no JSON');
  }
}

function checkedName(name) {
  if (typeof name === 'string' && namePattern.test(name)) return name;
  throw refusal(400, 'a user has a name of 1 to 64 letters, digits and . _ -');
}

function refusal(status, message) {
  return Object.assign(new Error(message), { status });
}

async function close() {
  server.close();
  server.closeAllConnections();
  browsers.close();
  closing.abort();
  await app.close();
}

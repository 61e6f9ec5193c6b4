/**
 * The console's first page: sign in, see the totals and the queues move. Invariants: whatever comes from the server is
 * shown as text; the password lives in this page's memory alone and is gone when it is closed.
 */
import { texts } from './texts.js';

const language = navigator.language.startsWith('zh') ? 'zh' : 'en';
const say = texts[language];
const amount = new Intl.NumberFormat(navigator.language, { maximumFractionDigits: 1 });
const columns = ['name', 'vhost', 'ready', 'unacknowledged', 'delayed', 'bytes', 'consumers'];
const pageRows = 100;

const byId = (id) => document.getElementById(id);
let authorization;
let isMonitor = false;
let stream;
let list = { sort: 'name', contains: '', rows: new Map(), next: undefined, total: 0 };

document.documentElement.lang = language;
for (const element of document.querySelectorAll('[data-text]'))
  element.textContent = say[element.dataset.text];

/** An element with text in it, and never markup. */
function element(tag, text, className) {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className !== undefined) made.className = className;
  return made;
}

async function ask(path, signal) {
  const headers = { authorization, 'x-requested-with': 'console' };
  const response = await fetch(path, { headers, signal, credentials: 'omit' });
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  throw Object.assign(new Error(problem.detail ?? problem.title ?? say.refused), { status: response.status });
}

const keyOf = ({ vhost, name }) => JSON.stringify([vhost, name]);

function cells(row, queue) {
  const made = columns.map((column) => {
    const value = queue[column];
    const isNumber = typeof value === 'number';
    const cell = element('td', isNumber ? amount.format(value) : value, isNumber ? 'number' : undefined);
    if (!isNumber) cell.title = value;
    return cell;
  });
  row.replaceChildren(...made);
}

async function load(isMore) {
  const asked = list;
  const query = new URLSearchParams({ limit: pageRows, sort: list.sort, contains: list.contains });
  if (isMore && list.next !== undefined) query.set('after', list.next);
  const page = await (await ask(`/v1/queues?${query}`)).json();
  if (asked !== list) return;
  if (!isMore) list.rows = new Map();
  for (const queue of page.items) {
    const row = document.createElement('tr');
    cells(row, queue);
    list.rows.set(keyOf(queue), row);
  }
  list.next = page.next;
  list.total = page.total;
  byId('rows').replaceChildren(...list.rows.values());
  byId('count').textContent = `${amount.format(list.rows.size)} ${say.shown} ${amount.format(list.total)}`;
  byId('more').hidden = page.next === undefined;
}

function reload(change) {
  list = { ...list, next: undefined, ...change };
  drawHeads();
  load(false).catch(failed);
}

function drawHeads() {
  const name = list.sort.replace(/^-/, '');
  const heads = columns.map((column) => {
    const head = element('th', '', ['name', 'vhost'].includes(column) ? undefined : 'number');
    const button = element('button', say[column]);
    button.type = 'button';
    button.onclick = () => {
      const isText = ['name', 'vhost'].includes(column);
      reload({
        sort:
          list.sort === column ? `-${column}` : list.sort === `-${column}` || isText ? column : `-${column}`,
      });
      byId('heads').children[columns.indexOf(column)].firstChild.focus();
    };
    head.scope = 'col';
    if (column === name) head.ariaSort = list.sort === name ? 'ascending' : 'descending';
    head.append(button);
    return head;
  });
  byId('heads').replaceChildren(...heads);
}

function drawFigures(totals, journal) {
  const { rates = {} } = totals;
  const figures = {
    published: rates.published,
    delivered: rates.delivered,
    acknowledged: rates.acknowledged,
    queues: totals.queues,
    ready: totals.ready,
    unacknowledged: totals.unacknowledged,
    consumers: totals.consumers,
    sync: journal === undefined || journal.syncMs.count === 0 ? undefined : journal.syncMs.p99,
  };
  const parts = Object.entries(figures).map(([name, value]) => {
    const group = document.createElement('div');
    const unit = name === 'sync' ? ' ms' : '';
    group.append(
      element('dt', say[name]),
      element('dd', value === undefined ? '–' : amount.format(value) + unit),
    );
    return group;
  });
  byId('figures').replaceChildren(...parts);
}

async function take({ event, data }) {
  if (event === 'totals') drawFigures(data, await journal());
  if (event === 'queues') {
    for (const queue of data.changed) {
      const row = list.rows.get(keyOf(queue));
      if (row !== undefined) cells(row, queue);
    }
  }
  if (event === 'topology') await load(false);
}

/** Only those who monitor the server see it; for others the figure is unknown. */
async function journal() {
  if (!isMonitor) return undefined;
  return ask('/v1/journal').then(
    (response) => response.json(),
    () => undefined,
  );
}

/** Server-sent events, read by `fetch`, which can send the password in a header. */
async function watch(signal) {
  const response = await ask('/v1/events', signal);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ''; ;) {
    const { value, done } = await reader.read();
    if (done) return;
    const parts = (text + value).split('\n\n');
    text = parts.pop();
    for (const part of parts) {
      const found = /^event: (\w+)\ndata: (.*)$/.exec(part);
      if (found !== null) await take({ event: found[1], data: JSON.parse(found[2]) });
    }
  }
}

async function follow(name, signal) {
  while (!signal.aborted) {
    try {
      byId('state').textContent = `${say.as} ${name}`;
      await load(false);
      await watch(signal);
    } catch (error) {
      if (signal.aborted) return;
      if (error.status === 401 || error.status === 403) return signOut(error.message);
      byId('state').textContent = say.lost;
    }
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

function failed(error) {
  byId('state').textContent = error.message;
}

function signOut(reason = '') {
  stream?.abort();
  authorization = undefined;
  byId('state').textContent = '';
  byId('rows').replaceChildren();
  show(false, reason);
}

function show(isIn, reason = '') {
  byId('view').hidden = byId('sign-out').hidden = !isIn;
  byId('sign-in').hidden = isIn;
  byId('refusal').textContent = reason;
  if (!isIn) byId('sign-in').elements.user.focus();
}

byId('sign-in').onsubmit = async (event) => {
  event.preventDefault();
  const { user, password } = byId('sign-in').elements;
  const bytes = new TextEncoder().encode(`${user.value}:${password.value}`);
  authorization = `Basic ${btoa(String.fromCharCode(...bytes))}`;
  try {
    const { name, tags } = await (await ask('/v1/whoami')).json();
    isMonitor = tags.some((tag) => tag === 'administrator' || tag === 'monitoring');
    password.value = '';
    stream = new AbortController();
    show(true);
    drawHeads();
    void follow(name, stream.signal);
  } catch (error) {
    signOut(error.status === 401 ? say.wrong : error.message);
  }
};
byId('sign-out').onclick = () => signOut();
byId('more').onclick = () => load(true).catch(failed);
byId('search').onsubmit = (event) => event.preventDefault();
byId('search').elements.contains.oninput = ({ target }) => reload({ contains: target.value });
show(false);

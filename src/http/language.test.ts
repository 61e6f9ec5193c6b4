/** The language of answers: asked for by a header, told in one, and the same facts in each. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addIncident, evaluate } from './testing/http-alerts.js';
import { basic, httpFixture, type HttpFixture } from './testing/http-fixture.js';

let fixture: HttpFixture;
let id: string;
const inChinese = { headers: { 'accept-language': 'zh-CN,zh;q=0.9,en;q=0.5' } };

beforeEach(async () => {
  fixture = await httpFixture();
  await fixture.ask('PUT', '/v1/queues/%2F/orders', { json: {} });
  await fixture.ask('POST', '/v1/queues/%2F/orders/messages', { json: { text: 'a' } });
  id = await addIncident(fixture, 'orders');
});

afterEach(() => fixture.close());

describe('an answer', () => {
  it('is in English unless another language is asked for, and says which it is in', async () => {
    const english = await fixture.ask('GET', `/v1/incidents/${id}`);
    expect(english.headers.get('content-language')).toBe('en');
    expect(english.headers.get('vary')).toContain('accept-language');
    expect(english.json).toMatchObject({ alerts: [{ condition: 'sluice_messages_ready more than 0' }] });
    const chinese = await fixture.ask('GET', `/v1/incidents/${id}`, inChinese);
    expect(chinese.headers.get('content-language')).toBe('zh-CN');
    expect(chinese.json).toMatchObject({ alerts: [{ condition: 'sluice_messages_ready 高于 0' }] });
  });

  it('has the same facts in every language, and what people wrote as they wrote it', async () => {
    const path = `/v1/incidents/${id}`;
    const text = 'it came back';
    await fixture.ask('POST', `${path}/comment`, { json: { text } });
    await fixture.ask('POST', '/v1/queues/%2F/orders/purge');
    await evaluate(fixture);
    const { json: english } = await fixture.ask('GET', path);
    const { json: chinese } = await fixture.ask('GET', path, inChinese);
    const facts = ({ timeline, alerts, ...rest }: Record<string, unknown>): unknown => ({
      rest,
      kinds: (timeline as { kind: string; atMs: number }[]).map(({ kind, atMs }) => [kind, atMs]),
      alerts: (alerts as Record<string, unknown>[]).map(({ id: alert, rule, reading }) => ({
        alert,
        rule,
        reading,
      })),
    });
    expect(facts(chinese)).toEqual(facts(english));
    const lines = chinese['timeline'] as { kind: string; text: string }[];
    expect(lines.find(({ kind }) => kind === 'comment')).toMatchObject({ text });
    expect(lines.find(({ kind }) => kind === 'resolved')).toMatchObject({
      text: 'sluice_messages_ready 为 0',
    });
  });

  it('says in lists and in the catalogue what is said alone', async () => {
    const { json: alerts } = await fixture.ask('GET', '/v1/alerts', inChinese);
    expect(alerts.items).toMatchObject([{ rule: 'not-empty', condition: 'sluice_messages_ready 高于 0' }]);
    const { json: rules } = await fixture.ask('GET', '/v1/alert-rules?contains=engine-down', inChinese);
    expect(rules.items).toMatchObject([
      {
        name: 'engine-down',
        help: '某个引擎没有应答。期间不判断它的队列。',
        rule: { summary: '{engine} does not answer' },
      },
    ]);
    const { text } = await fixture.ask('GET', '/v1/metrics/catalogue', inChinese);
    expect(text).toContain('"name":"sluice_messages_ready","help":"任何消费者现在都可取得的消息。"');
  });
});

describe('a refusal', () => {
  it('is told in the language of whoever asks, with the same code', async () => {
    const absent = await fixture.ask('GET', '/v1/queues/%2F/none', inChinese);
    expect(absent.headers.get('content-language')).toBe('zh-CN');
    expect(absent).toMatchObject({
      status: 404,
      json: { code: 'not-found', title: '不存在', type: 'urn:sluice:problem:not-found' },
    });
    const stranger = await fixture.ask('GET', '/v1/whoami', { ...inChinese, user: 'guest:wrong' });
    expect(stranger).toMatchObject({
      status: 401,
      json: { code: 'signed-out', title: '请登录', detail: '用户名或密码错误，或不允许从此地址登录' },
    });
  });
});

describe('an event stream', () => {
  it('tells in the language of its address, for a page cannot set its header', async () => {
    const abort = new AbortController();
    const response = await fetch(`${fixture.url}/v1/events?language=zh`, {
      headers: { authorization: basic('guest:guest') },
      signal: abort.signal,
    });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    await reader.read();
    await fixture.ask('POST', '/v1/queues/%2F/orders/purge');
    await evaluate(fixture);
    let text = '';
    while (!/event: incident\n.*"resolved".*\n\n/.test(text)) {
      const { value, done } = await reader.read();
      if (done) break;
      text += value;
    }
    expect(text).toContain('"text":"sluice_messages_ready 为 0"');
    abort.abort();
    await reader.closed.catch(() => undefined);
  });
});

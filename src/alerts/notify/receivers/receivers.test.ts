import { afterEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../kernel/index.js';
import { noticeId } from '../notice.js';
import { httpDouble, type Answer, type HttpDouble, type Received } from '../testing/http-double.js';
import { incident, resolved, startMs } from '../testing/incident-fixture.js';
import { hostileIncident, notice, toolsAt } from '../testing/notice-fixture.js';
import {
  dingtalkAnswer,
  feishuAnswer,
  pagerDutyAnswer,
  slackAnswer,
  wecomAnswer,
  type PagerDutyAlerts,
} from '../testing/service-doubles.js';
import { dingtalk } from './dingtalk.js';
import { feishu } from './feishu.js';
import { pagerduty } from './pagerduty.js';
import type { Receiver } from './receiver.js';
import { slack } from './slack.js';
import { isGenuine, webhook } from './webhook.js';
import { wecom } from './wecom.js';

const open: HttpDouble[] = [];
const never = new AbortController().signal;

afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function double(answer: (received: Received) => Answer): Promise<HttpDouble> {
  const made = await httpDouble(answer);
  open.push(made);
  return made;
}

const clock = new FakeClock(startMs);
const tools = toolsAt(clock);
const secret = 'SEC-1234';

/** Each service: its double, and a receiver that is right and one whose credentials are wrong. */
const services: readonly {
  readonly name: string;
  readonly answer: (received: Received) => Answer;
  readonly right: (url: string) => Receiver;
  readonly wrong: (url: string) => Receiver;
  readonly full: Answer;
  readonly waitMs: number;
}[] = [
  {
    name: 'Slack',
    answer: slackAnswer,
    right: (url) => slack({ url: `${url}/services/T0/B0/token` }, tools),
    wrong: (url) => slack({ url: `${url}/services/T0/B0/other` }, tools),
    full: { status: 429, headers: { 'retry-after': '30' }, body: 'rate_limited' },
    waitMs: 30_000,
  },
  {
    name: 'DingTalk',
    answer: dingtalkAnswer(secret, clock),
    right: (url) => dingtalk({ url: `${url}/robot/send?access_token=token`, secret }, tools),
    wrong: (url) => dingtalk({ url: `${url}/robot/send?access_token=token`, secret: 'other' }, tools),
    full: { body: '{"errcode":130101,"errmsg":"send too fast"}' },
    waitMs: 60_000,
  },
  {
    name: 'Feishu',
    answer: feishuAnswer(secret, clock),
    right: (url) => feishu({ url: `${url}/open-apis/bot/v2/hook/x`, secret }, tools),
    wrong: (url) => feishu({ url: `${url}/open-apis/bot/v2/hook/x` }, tools),
    full: { body: '{"code":11232,"msg":"frequency limited"}' },
    waitMs: 60_000,
  },
  {
    name: 'WeCom',
    answer: wecomAnswer,
    right: (url) => wecom({ url: `${url}/cgi-bin/webhook/send?key=token` }, tools),
    wrong: (url) => wecom({ url: `${url}/cgi-bin/webhook/send?key=other` }, tools),
    full: { body: '{"errcode":45009,"errmsg":"api freq out of limit"}' },
    waitMs: 60_000,
  },
  {
    name: 'PagerDuty',
    answer: pagerDutyAnswer('key', new Map()),
    right: (url) => pagerduty({ url: `${url}/v2/enqueue`, routingKey: 'key' }, tools),
    wrong: (url) => pagerduty({ url: `${url}/v2/enqueue`, routingKey: 'other' }, tools),
    full: { status: 429, headers: { 'retry-after': '7' }, body: '{}' },
    waitMs: 7_000,
  },
];

describe.each(services)('$name (a double)', ({ answer, right, wrong, full, waitMs }) => {
  it.each(['en', 'zh'] as const)('takes every notification in %s', async (language) => {
    const receiver = right((await double(answer)).url);
    const sent = [
      notice({ language }),
      notice({ language, reason: 'resolved', incident: resolved(startMs) }),
      notice({ language, reason: 'acknowledged', incident: { ...incident, state: 'acknowledged' } }),
      notice({ language, reason: 'test' }),
    ];
    for (const each of sent) await expect(receiver.send(each, never)).resolves.toEqual({ kind: 'delivered' });
  });

  it('takes hostile names and long ones', async () => {
    const receiver = right((await double(answer)).url);
    for (const text of [undefined, '多'.repeat(5_000), '`'.repeat(5_000), '😀'.repeat(3_000)]) {
      const hostile = notice({ incident: hostileIncident(text), language: 'zh' });
      await expect(receiver.send(hostile, never)).resolves.toEqual({ kind: 'delivered' });
    }
  });

  it('refuses wrong credentials for good', async () => {
    const outcome = await wrong((await double(answer)).url).send(notice(), never);
    expect(outcome.kind).toBe('refused');
  });

  it('is left alone when it says that there were too many', async () => {
    const receiver = right((await double(() => full)).url);
    await expect(receiver.send(notice(), never)).resolves.toMatchObject({ kind: 'failed', afterMs: waitMs });
  });

  it('is tried again when it has an error of its own', async () => {
    const receiver = right((await double(() => ({ status: 502, body: 'bad gateway' }))).url);
    await expect(receiver.send(notice(), never)).resolves.toMatchObject({ kind: 'failed' });
  });

  it('is not followed elsewhere', async () => {
    const other = await double(answer);
    const first = await double(() => ({ status: 307, headers: { location: other.url } }));
    await expect(right(first.url).send(notice(), never)).resolves.toMatchObject({ kind: 'refused' });
    expect(other.received).toEqual([]);
  });
});

describe('PagerDuty (a double)', () => {
  it('acknowledges and resolves the alert that it opened', async () => {
    const alerts: PagerDutyAlerts = new Map();
    const { url } = await double(pagerDutyAnswer('key', alerts));
    const receiver = pagerduty({ url: `${url}/v2/enqueue`, routingKey: 'key' }, tools);
    await receiver.send(notice(), never);
    expect([...alerts]).toEqual([['sluice-i-1', 'triggered']]);
    await receiver.send(
      notice({ reason: 'acknowledged', incident: { ...incident, state: 'acknowledged' } }),
      never,
    );
    expect([...alerts]).toEqual([['sluice-i-1', 'acknowledged']]);
    await receiver.send(notice({ reason: 'resolved', incident: resolved(startMs) }), never);
    expect([...alerts]).toEqual([['sluice-i-1', 'resolved']]);
  });
});

describe('a webhook', () => {
  it('is a CloudEvent in structured JSON', async () => {
    const hook = await double(() => ({ status: 204 }));
    const id = noticeId('all', 'i-1', 0, 'hook');
    const receiver = webhook({ url: `${hook.url}/in?x=1`, headers: { authorization: 'Bearer t' } }, tools);
    await expect(receiver.send(notice({ id }), never)).resolves.toEqual({ kind: 'delivered' });
    const [{ headers, body, path } = { headers: {}, body: '', path: '' }] = hook.received;
    expect(path).toBe('/in?x=1');
    expect(headers).toMatchObject({
      'content-type': 'application/cloudevents+json; charset=utf-8',
      'user-agent': 'Sluice/test',
      authorization: 'Bearer t',
      'idempotency-key': id,
    });
    expect(JSON.parse(body)).toMatchObject({
      specversion: '1.0',
      id,
      source: 'urn:sluice:host-1',
      type: 'io.sluice.incident.opened',
      subject: 'i-1',
      time: '2026-01-05T12:00:00.000Z',
      datacontenttype: 'application/json',
      data: { reason: 'opened', incident: { id: 'i-1', labels: { owner: 'alice' } } },
    });
  });

  it.each(['a plain secret', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'])('is signed with %s', async (key) => {
    const hook = await double(() => ({}));
    await webhook({ url: hook.url, secret: key, headers: {} }, tools).send(notice(), never);
    const { headers, body } = hook.received[0]!;
    const received = {
      id: String(headers['webhook-id']),
      second: Number(headers['webhook-timestamp']),
      signature: String(headers['webhook-signature']),
      body,
    };
    const now = startMs / 1_000;
    expect(isGenuine(key, received, now)).toBe(true);
    expect(isGenuine(key, received, now + 301)).toBe(false);
    expect(isGenuine(key, received, now - 301)).toBe(false);
    expect(isGenuine(key, { ...received, second: received.second + 1 }, now)).toBe(false);
    expect(isGenuine(key, { ...received, body: `${body} ` }, now)).toBe(false);
    expect(isGenuine('other', received, now)).toBe(false);
    expect(isGenuine(key, { ...received, second: NaN }, now)).toBe(false);
  });

  it("has the signature of the specification's example", async () => {
    const { signatureOf } = await import('./webhook.js');
    const key = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const signature = signatureOf(key, 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330, '{"test": 2432232314}');
    expect(signature).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });
});

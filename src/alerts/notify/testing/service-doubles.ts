/**
 * Doubles of chat services and PagerDuty: each refuses what the real one refuses, by its documentation: signatures,
 * fields that must be there, sizes, how often. None of them is the service.
 */
import { createHmac } from 'node:crypto';
import type { Clock } from '../../../kernel/index.js';
import type { Answer, Received } from './http-double.js';

type Json = Readonly<Record<string, unknown>>;

function parse(body: string): Json | undefined {
  try {
    return JSON.parse(body) as Json;
  } catch {
    return undefined;
  }
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((part, key) => (part as Json | undefined)?.[key], value);
}

const json = (value: unknown, status = 200): Answer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
});

/** Slack answers in plain words, and speaks HTTP's codes. */
export function slackAnswer({ path, headers, body }: Received): Answer {
  const message = parse(body);
  if (path !== '/services/T0/B0/token') return { status: 404, body: 'no_service' };
  if (message === undefined || headers['content-type']?.startsWith('application/json') !== true)
    return { status: 400, body: 'invalid_payload' };
  if (typeof message['text'] !== 'string' || message['text'] === '') return { status: 400, body: 'no_text' };
  const blocks = message['blocks'] as readonly Json[];
  const isWrong = blocks.some((block) => {
    const text = at(block, 'text', 'text');
    if (block['type'] === 'header') return typeof text !== 'string' || text.length > 150;
    return block['type'] === 'section' && (typeof text !== 'string' || text.length > 3_000 || text === '');
  });
  return isWrong || blocks.length > 50 ? { status: 400, body: 'invalid_blocks' } : { body: 'ok' };
}

/** DingTalk answers 200 always. */
export function dingtalkAnswer(secret: string, clock: Clock): (received: Received) => Answer {
  return ({ path, headers, body }) => {
    const { searchParams } = new URL(path, 'http://double');
    const timestamp = searchParams.get('timestamp') ?? '';
    const sign = createHmac('sha256', secret).update(`${timestamp}\n${secret}`, 'utf8').digest('base64');
    if (searchParams.get('access_token') !== 'token')
      return json({ errcode: 300_005, errmsg: 'token is not exist' });
    if (Math.abs(clock.now() - Number(timestamp)) > 3_600_000 || sign !== searchParams.get('sign'))
      return json({ errcode: 310_000, errmsg: 'sign not match' });
    if (!/^application\/json; *charset=utf-8$/i.test(headers['content-type'] ?? ''))
      return json({ errcode: 43_004, errmsg: 'invalid http header' });
    const message = parse(body);
    if (message?.['msgtype'] !== 'markdown') return json({ errcode: 400_105, errmsg: 'unsupported msgtype' });
    const [title, text] = [at(message, 'markdown', 'title'), at(message, 'markdown', 'text')];
    if (typeof title !== 'string' || typeof text !== 'string' || title === '')
      return json({ errcode: 40_035, errmsg: 'missing parameter' });
    if (Buffer.byteLength(body) > 20_000) return json({ errcode: 460_101, errmsg: 'message too long' });
    return json({ errcode: 0, errmsg: 'ok' });
  };
}

/** Feishu answers 200 with a code, or 400 with one. */
export function feishuAnswer(secret: string, clock: Clock): (received: Received) => Answer {
  return ({ body }) => {
    const message = parse(body);
    if (Buffer.byteLength(body) > 20 * 1_024) return json({ code: 11_246, msg: 'request body too large' });
    const timestamp = message?.['timestamp'];
    const sign = createHmac('sha256', `${String(timestamp)}\n${secret}`)
      .update('')
      .digest('base64');
    const isFresh = Math.abs(clock.now() / 1_000 - Number(timestamp)) <= 3_600;
    if (typeof timestamp !== 'string' || !isFresh || message?.['sign'] !== sign)
      return json({
        code: 19_021,
        msg: 'sign match fail or timestamp is not within one hour from current time',
      });
    const title = at(message, 'card', 'header', 'title', 'content');
    if (message['msg_type'] !== 'interactive' || typeof title !== 'string')
      return json({ code: 9_499, msg: 'Bad Request' }, 400);
    return json({ code: 0, msg: 'success', data: {} });
  };
}

/** WeCom answers 200 always. */
export function wecomAnswer({ path, body }: Received): Answer {
  if (new URL(path, 'http://double').searchParams.get('key') !== 'token')
    return json({ errcode: 93_000, errmsg: 'invalid webhook url' });
  const message = parse(body);
  if (message?.['msgtype'] !== 'markdown') return json({ errcode: 40_008, errmsg: 'invalid message type' });
  const content = at(message, 'markdown', 'content');
  if (typeof content !== 'string' || content === '')
    return json({ errcode: 44_004, errmsg: 'empty content' });
  if (Buffer.byteLength(content) > 4_096)
    return json({ errcode: 40_058, errmsg: 'markdown.content exceed max length 4096' });
  return json({ errcode: 0, errmsg: 'ok' });
}

/** What PagerDuty keeps of an alert. */
export type PagerDutyAlerts = Map<string, 'triggered' | 'acknowledged' | 'resolved'>;

/** PagerDuty answers 202, or 400 with what is wrong. */
export function pagerDutyAnswer(key: string, alerts: PagerDutyAlerts): (received: Received) => Answer {
  return ({ path, body }) => {
    const event = parse(body);
    const bad = (error: string): Answer =>
      json({ status: 'invalid event', message: 'Event object is invalid', errors: [error] }, 400);
    if (path !== '/v2/enqueue' || Buffer.byteLength(body) > 512_000) return bad('too long');
    if (event?.['routing_key'] !== key) return bad("'routing_key' is invalid");
    const { event_action: action, dedup_key: dedup } = event;
    if (typeof dedup !== 'string' || dedup === '' || dedup.length > 255) return bad("'dedup_key' is wrong");
    if (action === 'acknowledge' || action === 'resolve') {
      if (alerts.has(dedup)) alerts.set(dedup, action === 'resolve' ? 'resolved' : 'acknowledged');
      return json({ status: 'success', message: 'Event processed', dedup_key: dedup }, 202);
    }
    const summary = at(event, 'payload', 'summary');
    const severity = at(event, 'payload', 'severity');
    if (action !== 'trigger') return bad("'event_action' is wrong");
    if (typeof summary !== 'string' || summary === '' || summary.length > 1_024)
      return bad("'summary' is wrong");
    if (typeof at(event, 'payload', 'source') !== 'string') return bad("'source' is missing");
    if (!['critical', 'error', 'warning', 'info'].includes(severity as string))
      return bad("'severity' is wrong");
    alerts.set(dedup, 'triggered');
    return json({ status: 'success', message: 'Event processed', dedup_key: dedup }, 202);
  };
}

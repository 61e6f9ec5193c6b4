/**
 * A group of DingTalk, by a custom robot: https://open.dingtalk.com/document/robots/custom-robot-access. With a secret,
 * the address has `timestamp` (Unix ms, within an hour) and `sign`, base64(HMAC-SHA256(secret, timestamp\nsecret)).
 * Twenty messages a minute; errcode 130101 says that there were more, 310000 that the signature is wrong.
 */
import { createHmac } from 'node:crypto';
import { markdownOf } from '../markdown.js';
import { escapeMarkdown } from '../markup.js';
import { messageOf, type Message } from '../message.js';
import { chatOutcome, type ChatCodes } from './chat-answer.js';
import { forPeople, type Receiver, type ReceiverTools } from './receiver.js';

const textBytesMax = 18_000;
/** 130101: too fast; -1: busy. */
const codes: ChatCodes = {
  code: 'errcode',
  text: 'errmsg',
  passing: new Map([
    [130_101, 60_000],
    [-1, 5_000],
  ]),
};

/** The address of one request. */
export function dingtalkAddress(url: string, secret: string | undefined, nowMs: number): string {
  if (secret === undefined) return url;
  const timestamp = String(Math.floor(nowMs));
  const sign = createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64');
  const address = new URL(url);
  address.searchParams.set('timestamp', timestamp);
  address.searchParams.set('sign', sign);
  return address.href;
}

export function dingtalkBody(message: Message): string {
  const title = escapeMarkdown(message.title);
  const text = `### ${title}\n\n${markdownOf(message, textBytesMax, '\n\n')}`;
  return JSON.stringify({ msgtype: 'markdown', markdown: { title, text } });
}

export interface SignedChatOptions {
  readonly url: string;
  readonly secret?: string | undefined;
}

export function dingtalk({ url, secret }: SignedChatOptions, tools: ReceiverTools): Receiver {
  return {
    limits: [{ count: 20, perMs: 60_000 }],
    takes: forPeople,
    async send(notice, signal) {
      const answer = await tools.post({
        url: dingtalkAddress(url, secret, tools.clock.now()),
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: dingtalkBody(messageOf(notice, tools)),
        signal,
      });
      return chatOutcome(answer, codes, tools.clock);
    },
  };
}

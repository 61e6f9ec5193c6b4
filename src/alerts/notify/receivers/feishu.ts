/**
 * A group of Feishu (Lark), by a custom bot: https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot. With a
 * secret, the body has `timestamp` (Unix seconds, within an hour) and `sign`: base64 of the HMAC-SHA256 of nothing,
 * with `timestamp\nsecret` as its key. Five messages a second, 100 a minute, 20 KB each; code 19021 says that the
 * signature is wrong, 11232 and 9499 that there were too many.
 */
import { createHmac } from 'node:crypto';
import { markdownOf } from '../markdown.js';
import { linkAddress } from '../markup.js';
import { messageOf, type Message } from '../message.js';
import { chatOutcome, type ChatCodes } from './chat-answer.js';
import type { SignedChatOptions } from './dingtalk.js';
import { forPeople, type Receiver, type ReceiverTools } from './receiver.js';

const textBytesMax = 16_000;
const codes: ChatCodes = {
  code: 'code',
  text: 'msg',
  passing: new Map([
    [11_232, 60_000],
    [9_499, 60_000],
  ]),
};
const colours = { info: 'blue', warning: 'orange', critical: 'red' } as const;

/** What a signed request has besides the message. */
export function feishuSignature(
  secret: string,
  nowMs: number,
): { readonly timestamp: string; readonly sign: string } {
  const timestamp = String(Math.floor(nowMs / 1_000));
  return { timestamp, sign: createHmac('sha256', `${timestamp}\n${secret}`).digest('base64') };
}

/** The card. */
export function feishuCard(message: Message): unknown {
  const { link, ...text } = message;
  const isOver = message.reason === 'resolved';
  const content = markdownOf(text, textBytesMax, '\n');
  const button = link && {
    tag: 'action',
    actions: [
      {
        tag: 'button',
        type: 'default',
        text: { tag: 'plain_text', content: link.text },
        url: linkAddress(link.url),
      },
    ],
  };
  return {
    config: { wide_screen_mode: true },
    header: {
      template: isOver ? 'green' : colours[message.severity],
      title: { tag: 'plain_text', content: message.title },
    },
    elements: [{ tag: 'div', text: { tag: 'lark_md', content } }, ...(button === undefined ? [] : [button])],
  };
}

export function feishu({ url, secret }: SignedChatOptions, tools: ReceiverTools): Receiver {
  return {
    limits: [
      { count: 5, perMs: 1_000 },
      { count: 100, perMs: 60_000 },
    ],
    takes: forPeople,
    async send(notice, signal) {
      const signature = secret === undefined ? {} : feishuSignature(secret, tools.clock.now());
      const card = feishuCard(messageOf(notice, tools));
      const answer = await tools.post({
        url,
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: JSON.stringify({ ...signature, msg_type: 'interactive', card }),
        signal,
      });
      return chatOutcome(answer, codes, tools.clock);
    },
  };
}

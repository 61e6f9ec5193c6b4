/**
 * A group of WeCom, by a group robot: https://developer.work.weixin.qq.com/document/path/91770. Markdown of at most
 * 4,096 bytes, twenty messages a minute; errcode 45009 says that there were more, 93000 that the key is wrong.
 */
import { markdownOf } from '../markdown.js';
import { escapeMarkdown } from '../markup.js';
import { messageOf, type Message } from '../message.js';
import { chatOutcome, type ChatCodes } from './chat-answer.js';
import { forPeople, type Receiver, type ReceiverTools } from './receiver.js';

const contentBytesMax = 4_096;
const codes: ChatCodes = {
  code: 'errcode',
  text: 'errmsg',
  passing: new Map([
    [45_009, 60_000],
    [-1, 5_000],
  ]),
};

export function wecomBody(message: Message): string {
  const title = `**${escapeMarkdown(message.title)}**\n`;
  const content = title + markdownOf(message, contentBytesMax - Buffer.byteLength(title), '\n');
  return JSON.stringify({ msgtype: 'markdown', markdown: { content } });
}

export function wecom({ url }: { readonly url: string }, tools: ReceiverTools): Receiver {
  return {
    limits: [{ count: 20, perMs: 60_000 }],
    takes: forPeople,
    async send(notice, signal) {
      const answer = await tools.post({
        url,
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: wecomBody(messageOf(notice, tools)),
        signal,
      });
      return chatOutcome(answer, codes, tools.clock);
    },
  };
}

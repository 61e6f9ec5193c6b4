/**
 * A channel of Slack, by an incoming webhook: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks.
 * It answers 200 `ok`; 400, 403, 404 and 410 are final; 429 has `Retry-After`; one message a second.
 * Sizes: https://docs.slack.dev/reference/block-kit/blocks (header 150, section 3,000 characters).
 */
import { escapeSlack, linkAddress, slackCode } from '../markup.js';
import { cut, messageOf, type Fact, type Message } from '../message.js';
import { failureOf, forPeople, shown, type Receiver, type ReceiverTools } from './receiver.js';

const headerLengthMax = 150;
const sectionLengthMax = 3_000;

function factLine({ label, text, style }: Fact, colon: string): string {
  const address = style === 'link' ? linkAddress(text) : undefined;
  if (address !== undefined)
    return `*${label}*${colon}<${address.replaceAll('&', '&amp;')}|${escapeSlack(text)}>`;
  return `*${label}*${colon}${style === 'code' ? slackCode(text) : escapeSlack(text)}`;
}

/** The body of the request. */
export function slackBody(message: Message): string {
  const lines = message.facts.map((fact) => factLine(fact, message.colon));
  while (lines.join('\n').length > sectionLengthMax) lines.pop();
  const section = { type: 'section', text: { type: 'mrkdwn', text: lines.join('\n'), verbatim: true } };
  const { link } = message;
  const button = (url: string, text: string): unknown => ({
    type: 'actions',
    elements: [{ type: 'button', text: { type: 'plain_text', text, emoji: false }, url }],
  });
  return JSON.stringify({
    // Shown in notifications; Slack reads mrkdwn in it.
    text: escapeSlack(message.title),
    blocks: [
      {
        type: 'header',
        text: { type: 'plain_text', text: cut(message.title, headerLengthMax), emoji: false },
      },
      ...(lines.length === 0 ? [] : [section]),
      ...(link === undefined ? [] : [button(link.url, link.text)]),
    ],
  });
}

export function slack({ url }: { readonly url: string }, tools: ReceiverTools): Receiver {
  return {
    limits: [{ count: 1, perMs: 1_000 }],
    takes: forPeople,
    async send(notice, signal) {
      const body = slackBody(messageOf(notice, tools));
      const headers = { 'content-type': 'application/json; charset=utf-8' };
      const answer = await tools.post({ url, headers, body, signal });
      const failure = failureOf(answer, tools.clock);
      if (failure !== undefined) return failure;
      if (answer.body.trim() === 'ok') return { kind: 'delivered' };
      return { kind: 'refused', reason: `it answered ${shown(answer.body)}` };
    },
  };
}

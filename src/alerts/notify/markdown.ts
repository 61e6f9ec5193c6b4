/** A message in the Markdown that DingTalk, WeCom and Feishu share. Pure. */
import { escapeMarkdown, fitLines, linkAddress, markdownCode } from './markup.js';
import type { Fact, Message } from './message.js';

function factText({ text, style }: Fact): string {
  if (style === 'code') return markdownCode(text);
  const address = style === 'link' ? linkAddress(text) : undefined;
  return address === undefined ? escapeMarkdown(text) : `[${escapeMarkdown(text)}](${address})`;
}

/** Its lines, the link last; `gap` lies between them. The link stays when the text is cut. */
export function markdownOf(message: Message, bytesMax: number, gap: '\n' | '\n\n'): string {
  const link =
    message.link === undefined ? [] : [`[${message.link.text}](${linkAddress(message.link.url) ?? ''})`];
  const room = bytesMax - Buffer.byteLength(gap + link.join(''));
  const lines = message.facts.map((fact) => `**${fact.label}**${message.colon}${factText(fact)}`);
  const body = fitLines(
    lines.map((line) => (gap === '\n' ? line : `${line}\n`)),
    room,
  );
  return [body.trimEnd(), ...link].join(gap);
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markdownOf } from './markdown.js';
import { escapeHtml, escapeMarkdown, escapeSlack, linkAddress, markdownCode, slackCode } from './markup.js';
import { cut, messageOf, oneLine } from './message.js';
import { htmlOf, mailOf } from './receivers/email.js';
import { dingtalkBody } from './receivers/dingtalk.js';
import { slackBody } from './receivers/slack.js';
import { wecomBody } from './receivers/wecom.js';
import { hostileIncident, hostileName, notice, toolsAt } from './testing/notice-fixture.js';

const signs = fc.string({
  unit: fc.constantFrom(...Array.from('<>&"\'`*_~[]()#|!@\\ \r\n\t\u0000\u202ea多😀:/-+1.')),
  maxLength: 60,
});
const options = { link: 'https://sluice.example', timezone: 'UTC' };
const message = messageOf(notice({ incident: hostileIncident() }), options);

describe('a hostile name', () => {
  it('is no tag and no attribute in HTML', () => {
    fc.assert(
      fc.property(signs, (text) => {
        expect(escapeHtml(text)).not.toMatch(/[<>"'`]|&(?!#\d+;)/);
      }),
    );
    expect(htmlOf(message)).not.toMatch(/<script|<at|href="javascript/);
  });

  it('is no mention, link or emphasis in Slack', () => {
    fc.assert(
      fc.property(signs, (text) => {
        expect(escapeSlack(text)).not.toMatch(/[<>]|&(?!(amp|lt|gt);)/);
        expect(slackCode(text).slice(1, -1)).not.toMatch(/[<>`]/);
      }),
    );
    const body = JSON.parse(slackBody(message)) as {
      text: string;
      blocks: { text?: { type: string; text: string } }[];
    };
    const inMarkup = body.blocks.filter(({ text }) => text?.type === 'mrkdwn').map(({ text }) => text?.text);
    expect(inMarkup).toHaveLength(1);
    for (const text of [body.text, ...inMarkup]) expect(text).not.toMatch(/<!channel|<script|<https:..evil/);
  });

  it('is no link, mention, tag or heading in Markdown', () => {
    fc.assert(
      fc.property(signs, (text) => {
        expect(escapeMarkdown(text)).not.toMatch(/[\\`*_[\]<>#|~!@&]|:\/\//);
        expect(markdownCode(text).slice(1, -1)).not.toMatch(/[`<>@]/);
      }),
    );
    for (const body of [dingtalkBody(message), wecomBody(message)]) {
      expect(body).not.toMatch(/<at|@all|\]\(https:\/\/evil/);
    }
  });

  it('is no second header in a mail', () => {
    const mail = mailOf(notice({ incident: hostileIncident() }), { from: 'a@b', to: ['c@d'] }, toolsAt());
    expect(mail.subject).not.toMatch(/[\r\n\0]/);
    expect(JSON.stringify(mail.headers)).not.toContain('evil');
    expect(mail.subject).toContain('Bcc: x@evil.example');
  });

  it('becomes no address', () => {
    expect(linkAddress('javascript:alert(1)')).toBeUndefined();
    expect(linkAddress('data:text/html,x')).toBeUndefined();
    fc.assert(
      fc.property(signs, (text) => {
        expect(linkAddress(`https://wiki.example/${text}`) ?? '').not.toMatch(/[()<>|\s"'`\\*[\]]/);
      }),
    );
  });

  it('stays on one line, and does not turn the text around', () => {
    fc.assert(
      fc.property(signs, (text) => {
        expect(oneLine(text)).not.toMatch(/[\r\n\0\u202e]/);
      }),
    );
  });

  it('is cut between characters', () => {
    fc.assert(
      fc.property(signs, fc.integer({ min: 3, max: 40 }), (text, max) => {
        const short = cut(text, max);
        expect(short.length).toBeLessThanOrEqual(max);
        expect(Buffer.from(short).toString()).toBe(short);
      }),
    );
  });
});

describe('the words', () => {
  it('say what, where, since when, why and what to do', () => {
    const text = messageOf(notice(), options);
    expect(text.title).toBe('[New · Warning] Queue orders grows');
    expect(text.facts.map(({ label, text: value }) => `${label}: ${value}`)).toEqual([
      'What: orders has 12,000 messages',
      'Where: queue orders (engine main, vhost /)',
      'Since: 2026-01-05 12:00 UTC',
      'Likely cause: Its consumers are slow (each message takes 2 s)',
      'Remedy: Add two workers',
      'Command: sluice remedy add-workers --queue orders',
      'Runbook: https://wiki.example/orders?a=1&b=2',
    ]);
    expect(text.link?.url).toBe('https://sluice.example/#/incidents/i-1');
  });

  it('say it in Chinese', () => {
    const over = { ...notice().incident, state: 'resolved' as const, resolvedMs: notice().atMs + 3_900_000 };
    const text = messageOf(notice({ language: 'zh', reason: 'resolved', incident: over }), {
      ...options,
      timezone: 'Asia/Shanghai',
    });
    expect(text.title).toBe('[已恢复 · 警告] Queue orders grows');
    expect(text.facts.map(({ label, text: value }) => `${label}：${value}`)).toEqual([
      '现象：orders has 12,000 messages',
      '位置：队列 orders (引擎 main，虚拟主机 /)',
      '开始时间：2026-01-05 20:00 Asia/Shanghai',
      '持续时间：1 小时 5 分钟',
      '可能原因：Its consumers are slow (each message takes 2 s)',
      '操作手册：https://wiki.example/orders?a=1&b=2',
    ]);
  });

  it('keep the link when the text is cut', () => {
    const long = messageOf(notice({ incident: hostileIncident(hostileName.repeat(50)) }), options);
    const text = markdownOf(long, 1_000, '\n');
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1_000);
    expect(text).toContain('(https://sluice.example/#/incidents/i-1)');
  });
});

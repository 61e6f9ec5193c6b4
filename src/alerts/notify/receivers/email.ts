/**
 * People by e-mail: text and HTML, the mails of one incident in one thread (RFC 5322, section 3.6.4), with a List-Id
 * (RFC 2919) to sort them by. Invariant: nothing of an incident comes into a header but through the title, which has
 * neither line ends nor control characters.
 */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Transporter } from 'nodemailer';
import { escapeHtml, linkAddress } from '../markup.js';
import { messageOf, type Fact, type Message } from '../message.js';
import type { Notice } from '../notice.js';
import { forPeople, shown, type Receiver, type ReceiverTools, type SendOutcome } from './receiver.js';

export interface EmailOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: 'starttls' | 'implicit' | 'none';
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly from: string;
  readonly to: readonly string[];
  readonly timeoutMs: number;
}

const colours = { info: '#1f6feb', warning: '#b35900', critical: '#b42318' } as const;

/** A part of an identifier of a mail: letters, digits and dashes alone. */
function plainPart(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9-]+/g, '-').slice(0, 100);
}

export function textOf(message: Message): string {
  const lines = message.facts.map(({ label, text, style }) =>
    style === 'code' ? `${label}${message.colon}\n    ${text}` : `${label}${message.colon}${text}`,
  );
  const link =
    message.link === undefined ? [] : ['', `${message.link.text}${message.colon}${message.link.url}`];
  return [...lines, ...link, ''].join('\n');
}

function htmlText({ text, style }: Fact): string {
  if (style === 'code') return `<code>${escapeHtml(text)}</code>`;
  const address = style === 'link' ? linkAddress(text) : undefined;
  return address === undefined
    ? escapeHtml(text)
    : `<a href="${escapeHtml(address)}">${escapeHtml(text)}</a>`;
}

export function htmlOf(message: Message): string {
  const rows = message.facts.map(
    (fact) =>
      `<tr><th align="left" valign="top">${escapeHtml(fact.label)}</th><td>${htmlText(fact)}</td></tr>`,
  );
  const { link } = message;
  const button =
    link === undefined
      ? ''
      : `<p><a href="${escapeHtml(linkAddress(link.url) ?? '')}">${escapeHtml(link.text)}</a></p>`;
  const colour = message.reason === 'resolved' ? '#1a7f37' : colours[message.severity];
  return (
    `<!doctype html><meta charset="utf-8"><title>${escapeHtml(message.title)}</title>` +
    `<h2 style="color:${colour}">${escapeHtml(message.title)}</h2>` +
    `<table cellpadding="4">${rows.join('')}</table>${button}`
  );
}

/** The mail, as nodemailer takes it. */
export function mailOf(
  notice: Notice,
  { from, to }: Pick<EmailOptions, 'from' | 'to'>,
  tools: ReceiverTools,
) {
  const message = messageOf(notice, tools);
  const place = `${plainPart(tools.source)}.sluice`;
  const thread = `<incident-${plainPart(notice.incident.id)}@${place}>`;
  return {
    ...{ from, to: [...to], subject: message.title, text: textOf(message), html: htmlOf(message) },
    messageId: `<${notice.id}@${place}>`,
    inReplyTo: thread,
    references: [thread],
    date: new Date(notice.atMs),
    priority: notice.incident.severity === 'critical' ? ('high' as const) : ('normal' as const),
    headers: {
      'List-Id': { prepared: true, value: `Sluice alerts <alerts.${place}>` },
      'Auto-Submitted': 'auto-generated',
      'X-Sluice-Incident': plainPart(notice.incident.id),
      'X-Sluice-Reason': notice.reason,
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** A connection of its own for each mail: they are few, and one that idled for hours would be broken. */
async function transportFor(options: EmailOptions, tools: ReceiverTools): Promise<Transporter> {
  const { host, port, tls, user, password, timeoutMs } = options;
  const address = isIP(host) === 0 ? (await lookup(host)).address : host;
  tools.policy.require(address);
  const { createTransport } = await import('nodemailer');
  return createTransport({
    ...{
      host: address,
      port,
      secure: tls === 'implicit',
      requireTLS: tls === 'starttls',
      ignoreTLS: tls === 'none',
    },
    ...{
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      dnsTimeout: timeoutMs,
    },
    tls: { servername: isIP(host) === 0 ? host : '', rejectUnauthorized: true, minVersion: 'TLSv1.2' },
    ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
  });
}

/** Replies of the server: 4xx pass, 5xx do not (RFC 5321, section 4.2.1). */
function outcomeOf(error: unknown): SendOutcome {
  const { responseCode, message, code } = error as {
    responseCode?: unknown;
    message?: unknown;
    code?: unknown;
  };
  const reason = shown(typeof message === 'string' ? message : String(error));
  const isFinal = typeof responseCode === 'number' && responseCode >= 500 && code !== 'ECONNECTION';
  return isFinal ? { kind: 'refused', reason } : { kind: 'failed', reason };
}

export function email(options: EmailOptions, tools: ReceiverTools): Receiver {
  return {
    limits: [{ count: 60, perMs: 60_000 }],
    takes: forPeople,
    async send(notice, signal) {
      const transport = await transportFor(options, tools);
      const abort = (): void => {
        transport.close();
      };
      signal.addEventListener('abort', abort, { once: true });
      try {
        await transport.sendMail(mailOf(notice, options, tools));
        return { kind: 'delivered' };
      } catch (error) {
        return outcomeOf(error);
      } finally {
        signal.removeEventListener('abort', abort);
        transport.close();
      }
    },
  };
}

/**
 * A notification in words, before the markup of any service: what, where, since when, the likeliest cause, the first
 * remedy. Invariant: plain text, as it came; whoever puts it into markup escapes it. Pure.
 */
import { sayFields } from '../../words/index.js';
import { alertsBookInChinese } from '../chinese.js';
import type { Alert, Incident, Severity } from '../types.js';
import type { Notice, NoticeReason } from './notice.js';
import { chinese } from './words/chinese.js';
import type { Dictionary } from './words/dictionary.js';
import { english } from './words/english.js';

/** One line: its name, and its text. `code`: a command, to be copied as it is. */
export interface Fact {
  readonly label: string;
  readonly text: string;
  readonly style: 'text' | 'code' | 'link';
}

export interface Message {
  readonly title: string;
  readonly severity: Severity;
  readonly reason: NoticeReason;
  readonly facts: readonly Fact[];
  readonly link?: { readonly text: string; readonly url: string };
  /** Between a label and its text. */
  readonly colon: string;
}

export interface MessageOptions {
  readonly link: string | undefined;
  readonly timezone: string;
}

const dictionaries = { en: english, zh: chinese } as const;
const alertsShown = 3;
const textLengthMax = 500;
const titleLengthMax = 150;

/** Cuts a text to `max` UTF-16 units, which no service counts more sparingly, and never within a character. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const end = /[\ud800-\udbff]/.test(text[max - 2] ?? '') ? max - 2 : max - 1;
  return `${text.slice(0, end)}…`;
}

/** One line without control characters, among them those that turn the direction of text. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim();
}

/** The words of a notification. */
export function messageOf(given: Notice, options: MessageOptions): Message {
  const words = dictionaries[given.language];
  const notice = said(given);
  const { incident, reason } = notice;
  const title = `[${words.reason[reason]} · ${words.severity[incident.severity]}] ${oneLine(incident.title)}`;
  const url = options.link === undefined ? undefined : linkTo(options.link, incident.id);
  return {
    title: cut(title, titleLengthMax),
    severity: incident.severity,
    reason,
    facts: factsOf(notice, words, options.timezone).map((fact) => ({
      ...fact,
      text: cut(oneLine(fact.text), textLengthMax),
    })),
    ...(url === undefined || reason === 'test' ? {} : { link: { text: words.open, url } }),
    colon: words.colon,
  };
}

const texts = [
  ...['title', 'alerts[].summary', 'causes[].title', 'causes[].evidence[].text', 'causes[].remedies[].text'],
];

/** What an incident says, in the language of the notice. */
function said(notice: Notice): Notice {
  if (notice.language === 'en') return notice;
  const book = alertsBookInChinese();
  const incident = sayFields(notice.incident, texts, book) as Incident;
  return { ...notice, incident, text: book.say(notice.text) };
}

function linkTo(base: string, incident: string): string {
  return `${base.replace(/\/$/, '')}/#/incidents/${encodeURIComponent(incident)}`;
}

function factsOf(notice: Notice, words: Dictionary, timezone: string): Fact[] {
  const { incident, reason, text } = notice;
  const [cause] = incident.causes;
  const [remedy] = cause?.remedies ?? [];
  const runbook = incident.alerts.find((alert) => alert.runbook !== undefined)?.runbook;
  const isOver = incident.state === 'resolved';
  const lastedMs = (incident.resolvedMs ?? notice.atMs) - incident.openedMs;
  return [
    ...fact(words.what, whatOf(notice, words)),
    ...fact(words.where, whereOf(incident.alerts, words)),
    ...fact(words.happened, isNews(reason) ? text : undefined),
    ...fact(words.since, momentOf(incident.openedMs, timezone)),
    ...fact(words.lasted, isOver && reason !== 'test' ? words.duration(lastedMs) : undefined),
    ...fact(words.acknowledgedBy, incident.acknowledgedBy),
    ...fact(words.cause, cause === undefined ? unknownCause(isOver, words) : causeOf(cause)),
    ...fact(words.remedy, isOver ? undefined : remedy?.text),
    ...fact(words.command, isOver ? undefined : remedy?.command, 'code'),
    ...fact(words.runbook, runbook, 'link'),
  ];
}

function fact(label: string, text: string | undefined, style: Fact['style'] = 'text'): Fact[] {
  return text === undefined || text === '' ? [] : [{ label, text, style }];
}

function unknownCause(isOver: boolean, words: Dictionary): string | undefined {
  return isOver ? undefined : words.noCause;
}

/** Whether what happened says more than the title does. */
function isNews(reason: NoticeReason): boolean {
  return ['severity', 'escalated', 'acknowledged', 'remedy', 'reopened'].includes(reason);
}

function causeOf({ title, evidence }: Notice['incident']['causes'][number]): string {
  const proof = evidence.find(({ speaks }) => speaks === 'for');
  return proof === undefined ? title : `${title} (${proof.text})`;
}

function whatOf({ incident, alertCount }: Notice, words: Dictionary): string {
  const summaries = [...new Set(incident.alerts.map(({ summary }) => summary))];
  const firstOnes = summaries.slice(0, alertsShown);
  const more = alertCount - firstOnes.length;
  return [...firstOnes, ...(more > 0 && summaries.length > alertsShown ? [words.more(more)] : [])].join('; ');
}

function whereOf(alerts: readonly Alert[], words: Dictionary): string {
  const places = [...new Set(alerts.map((alert) => placeOf(alert, words)))];
  const more = places.length - alertsShown;
  return [...places.slice(0, alertsShown), ...(more > 0 ? [words.more(more)] : [])].join('; ');
}

/** The object by its own label first, and where it is: `queue orders (engine main, vhost /)`. */
function placeOf({ subject }: Alert, words: Dictionary): string {
  const { kind, labels } = subject;
  const nameOfKind = (name: string): string => (Object.hasOwn(words.kind, name) ? words.kind[name]! : name);
  const name = Object.hasOwn(labels, kind) ? ` ${labels[kind]}` : '';
  const rest = Object.entries(labels).filter(([label]) => label !== kind);
  const place = rest.map(([label, value]) => `${nameOfKind(label)} ${value}`).join(words.comma);
  return `${nameOfKind(kind)}${name}${place === '' ? '' : ` (${place})`}`;
}

function momentOf(atMs: number, timezone: string): string {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: timezone,
    dateStyle: 'short',
    timeStyle: 'short',
  });
  return `${format.format(atMs)} ${timezone}`;
}

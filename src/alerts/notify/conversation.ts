/**
 * What is told of one incident over one route, and when: the first notification waits for what belongs to it, later
 * ones follow what happens, repeats follow silence. Invariant: nobody hears of the end of what they never heard of.
 * Pure.
 */
import { createHash } from 'node:crypto';
import { isSilenced } from '../incidents/silencing.js';
import type { Incident } from '../types.js';
import { trimmedIncident, type NoticeReason } from './notice.js';
import type { RouteSettings } from './settings.js';
import { isQuiet } from './quiet-hours.js';

/** Plain data, kept on disk. Times are milliseconds since the Unix epoch. */
export interface Conversation {
  readonly route: string;
  readonly incident: Incident;
  readonly alertCount: number;
  /** How many notifications went out. */
  readonly sequence: number;
  /** What waits to be told. */
  readonly pending?: { readonly reason: NoticeReason; readonly text: string; readonly dueMs: number };
  readonly lastSentMs?: number;
  /** Whether a cause was told. */
  readonly hasToldCause: boolean;
  /** Who was told: they hear of the end too. */
  readonly receivers: readonly string[];
}

/** How long a notification that meets quiet hours waits until it is looked at again. */
const quietStepMs = 60_000;

/** A conversation that has not begun. */
export function newConversation(route: RouteSettings, incident: Incident): Conversation {
  return {
    route: route.name,
    incident: trimmedIncident(incident),
    alertCount: incident.alerts.length,
    sequence: 0,
    hasToldCause: false,
    receivers: [],
  };
}

/** Something happened to the incident. Undefined: there is nothing left to tell. */
export function heard(
  conversation: Conversation,
  route: RouteSettings | undefined,
  incident: Incident,
  news: { readonly reason: NoticeReason; readonly text: string; readonly atMs: number },
): Conversation | undefined {
  const next = { ...conversation, incident: trimmedIncident(incident), alertCount: incident.alerts.length };
  const isFirst = conversation.sequence === 0;
  if (isFirst && news.reason === 'resolved') return undefined;
  // Whoever hears of an incident for the first time hears that it is there.
  const isDetail = news.reason === 'changed' || news.reason === 'cause';
  const reason = isFirst && isDetail ? 'opened' : news.reason;
  if (!isWanted(conversation, route, reason)) return next;
  if (isFirst && conversation.pending !== undefined) return next;
  const waitMs = isFirst ? (route?.groupWait ?? 0) : 0;
  const { text, atMs } = news;
  return { ...next, pending: { reason, text, dueMs: atMs + waitMs } };
}

/** Silences cover the incident now: what waits is not told, but for an end; and nothing is repeated. */
export function silenced(conversation: Conversation, incident: Incident): Conversation {
  const { pending, ...rest } = conversation;
  const hushed = { ...rest, incident: trimmedIncident(incident), alertCount: incident.alerts.length };
  return pending?.reason === 'resolved' ? { ...hushed, pending } : hushed;
}

function isWanted(
  { pending, hasToldCause }: Conversation,
  route: RouteSettings | undefined,
  reason: NoticeReason,
): boolean {
  // A change for machines never takes the place of news for people.
  if (reason === 'changed' && pending !== undefined) return false;
  if (pending?.reason === 'resolved' && reason !== 'reopened') return false;
  if (reason === 'cause' && hasToldCause) return false;
  if (reason === 'resolved' || reason === 'changed' || route?.on === undefined) return true;
  return (route.on as readonly string[]).includes(reason);
}

/** When there is something to do next; undefined: not until something happens. */
export function dueMs(
  { pending, lastSentMs, incident }: Conversation,
  route: RouteSettings | undefined,
): number | undefined {
  if (pending !== undefined) return pending.dueMs;
  const repeats = route?.on === undefined || route.on.includes('repeated');
  if (route === undefined || route.repeat === 0 || !repeats) return undefined;
  if (incident.state !== 'open' || isSilenced(incident)) return undefined;
  return lastSentMs === undefined ? undefined : lastSentMs + route.repeat;
}

/** What to do with a conversation whose time has come. */
export type Turn =
  | {
      readonly kind: 'send';
      readonly reason: NoticeReason;
      readonly text: string;
      readonly after: Conversation;
    }
  | { readonly kind: 'wait'; readonly after: Conversation };

/** Sends what is pending, or a repeat; in quiet hours it waits. */
export function takeTurn(conversation: Conversation, route: RouteSettings | undefined, nowMs: number): Turn {
  const { pending, ...rest } = conversation;
  const { incident, sequence, hasToldCause } = rest;
  const { reason, text } = pending ?? { reason: 'repeated' as const, text: '' };
  const isHeld =
    reason !== 'changed' && route?.quietHours.some((hours) => isQuiet(hours, incident.severity, nowMs));
  if (isHeld === true) {
    return {
      kind: 'wait',
      after: { ...conversation, pending: { reason, text, dueMs: nowMs + quietStepMs } },
    };
  }
  const after: Conversation = {
    ...rest,
    sequence: sequence + 1,
    // A change is told to machines; people's repeats go by what people heard.
    lastSentMs: reason === 'changed' ? (conversation.lastSentMs ?? nowMs) : nowMs,
    hasToldCause: hasToldCause || (reason !== 'changed' && incident.causes.length > 0),
  };
  return { kind: 'send', reason, text, after };
}

/** Whether something read from disk is one. */
export function isConversation(value: unknown): value is Conversation {
  const { route, incident, sequence } = (value ?? {}) as Partial<Record<keyof Conversation, unknown>>;
  return (
    typeof route === 'string' &&
    typeof sequence === 'number' &&
    typeof incident === 'object' &&
    incident !== null
  );
}

/** Under which it is kept. */
export function conversationKey(route: string, incident: string): string {
  return createHash('sha256')
    .update(JSON.stringify([route, incident]))
    .digest('hex')
    .slice(0, 32);
}

/**
 * Tells people and programs of incidents: decides by routes who hears what and when, and hands it to the receivers'
 * lanes. Invariant: what is to be told is on disk before it is sent, so that it is told at least once, in order, and a
 * second time only under the same idempotency key.
 */
import { join } from 'node:path';
import {
  messageOf,
  SluiceError,
  timerDelayMsMax,
  type CancelTimer,
  type Clock,
  type Disk,
} from '../../kernel/index.js';
import { isSilenced } from '../incidents/silencing.js';
import type { Incident, IncidentEvent } from '../types.js';
import {
  conversationKey,
  dueMs,
  heard,
  isConversation,
  newConversation,
  silenced,
  takeTurn,
  type Conversation,
} from './conversation.js';
import { JsonFolder } from './json-folder.js';
import type { Lane } from './lane.js';
import { noSuchReceiver, type LaneBook, type PreparedChange } from './lane-book.js';
import { noticeId, reasonOf, type Notice, type NoticeReason } from './notice.js';
import type { Outbox } from './outbox.js';
import type { FinalOutcome, ReceiverState } from './receiver-state.js';
import { receiversOf, routesOf } from './route.js';
import type { NotifySettings, RouteSettings } from './settings.js';
import { testIncident } from './test-incident.js';

/** Lines of the log: a stable code, and facts without secrets. */
export type NotifyLog = (event: string, facts: Readonly<Record<string, unknown>>) => void;

export interface NotifierParts {
  readonly settings: NotifySettings;
  readonly disk: Disk;
  /** `DIR/alerts`. */
  readonly directory: string;
  readonly clock: Clock;
  readonly lanes: LaneBook;
  readonly outbox: Outbox;
  readonly log: NotifyLog;
}

/** Whoever hears what came of notifications. */
export interface NotifierListener {
  /** A line for the timeline of an incident: `notified` or `notification-failed`. */
  told(incidentId: string, event: IncidentEvent): void;
  /** A receiver broke, or works again. */
  receiverChanged(state: ReceiverState): void;
  /** There is no such receiver any more. */
  receiverGone(name: string): void;
}

/** What came of a test message to one receiver. */
export interface RouteTest {
  readonly receiver: string;
  readonly outcome: 'delivered' | 'failed' | 'refused';
  readonly reason?: string;
}

export class Notifier {
  readonly #parts: NotifierParts;
  #settings: NotifySettings;
  /** In the order in which they are asked. */
  #routes: ReadonlyMap<string, RouteSettings>;
  readonly #folder: JsonFolder<Conversation>;
  readonly #conversations = new Map<string, Conversation>();
  #timer: CancelTimer | undefined;
  #work: Promise<void> = Promise.resolve();
  #isRunning = false;
  #listener: NotifierListener | undefined;

  /** See `openNotifier`. */
  constructor(parts: NotifierParts) {
    this.#parts = parts;
    this.#settings = parts.settings;
    this.#routes = byName(parts.settings.routes);
    this.#folder = new JsonFolder(parts.disk, join(parts.directory, 'conversations'), isConversation);
  }

  /** Calls `listener` from now on, and nobody else. */
  listen(listener: NotifierListener): void {
    this.#listener = listener;
  }

  /** A receiver broke, or works again, as its lane tells it. */
  receiverChanged(state: ReceiverState): void {
    const { name: receiver, lastFailure: reason } = state;
    if (state.state === 'broken') this.#parts.log('notify.receiver-broken', { receiver, reason });
    else this.#parts.log('notify.receiver-works', { receiver });
    this.#listener?.receiverChanged(state);
  }

  /** The settings name a receiver no longer. */
  receiverGone({ name, waiting }: ReceiverState): void {
    this.#parts.log('notify.receiver-gone', { receiver: name, waiting });
    this.#listener?.receiverGone(name);
  }

  /** Takes up a receiver that was broken when an earlier life ended. False: there is none of this name any more. */
  restoreBroken(name: string): boolean {
    const lane = this.#parts.lanes.get(name);
    lane?.restoreBroken();
    return lane !== undefined;
  }

  /** Receivers as they are, in the order of the settings. */
  receivers(): readonly ReceiverState[] {
    return this.#parts.lanes.all().map((lane) => lane.state);
  }

  /**
   * Takes up what an earlier life left. `incidents`: those that are known. Of those that are open and that nobody heard
   * of, everyone does; whoever heard of one that is over meanwhile hears that. Rejects with the system's error. Safe to
   * call twice.
   */
  async start(incidents?: Iterable<Incident>): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    const damaged = (path: string, reason: string): void => {
      this.#parts.log('notify.damaged', { path, reason });
    };
    for (const notice of await this.#parts.outbox.load(damaged)) this.#takeUp(notice);
    for (const [name, conversation] of await this.#folder.load(damaged))
      this.#conversations.set(name, conversation);
    if (incidents !== undefined) this.#compare([...incidents]);
    this.#parts.lanes.start();
    this.#arm();
  }

  /** Ends what is under way; what waits is on disk. Safe before `start`, and to call twice. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    this.#timer?.();
    await this.#parts.lanes.stop();
    await this.#work;
  }

  /** Something happened to an incident. Returns at once, and never throws. */
  notify(incident: Incident, event: IncidentEvent): void {
    const reason = reasonOf(event.kind);
    if (reason === undefined || !this.#isRunning) return;
    const taken = new Set(routesOf([...this.#routes.values()], incident).map(({ name }) => name));
    const news = { reason, text: event.text, atMs: this.#parts.clock.now() };
    for (const [key, conversation] of this.#conversations) {
      if (conversation.incident.id !== incident.id) continue;
      taken.delete(conversation.route);
      this.#hear(key, conversation, incident, news);
    }
    for (const name of taken) {
      const conversation = newConversation(this.#routes.get(name)!, incident);
      this.#hear(conversationKey(name, incident.id), conversation, incident, news);
    }
    this.#arm();
  }

  /**
   * Looks at other settings whole. Rejects with `config-invalid` where a secret or an address is not there. What waits for
   * a receiver that is gone is given up; who was told over a route that is gone hears of the end alone.
   */
  async prepare(settings: NotifySettings): Promise<PreparedChange> {
    const lanes = await this.#parts.lanes.prepare(settings);
    return {
      apply: async () => {
        const ended = lanes.apply();
        this.#settings = settings;
        this.#routes = byName(settings.routes);
        this.#arm();
        await ended;
        await this.settled();
      },
    };
  }

  /** In the order in which they are asked. */
  routes(): readonly RouteSettings[] {
    return [...this.#routes.values()];
  }

  /** Silences cover all of an incident now: what waits to be told of it is not. Returns at once, and never throws. */
  silence(incident: Incident): void {
    for (const [key, conversation] of this.#conversations)
      if (conversation.incident.id === incident.id) this.#keep(key, silenced(conversation, incident));
    this.#arm();
  }

  /** Sends a test message over a route, past quiet hours and limits. Rejects with `not-found`. */
  async testRoute(name: string): Promise<readonly RouteTest[]> {
    const route = this.#routes.get(name);
    if (route === undefined) throw new SluiceError('not-found', `there is no route named ${name}`);
    const incident = testIncident(this.#parts.clock.now());
    const notices = route.receivers.map((receiver) =>
      this.#notice(
        route,
        { incident, alertCount: 1, sequence: 0 },
        receiver,
        'test',
        `a test of the route ${name}`,
      ),
    );
    return Promise.all(notices.map((notice) => this.#test(notice)));
  }

  /** Resolves when everything that was heard is on disk and with the lanes. */
  async settled(): Promise<void> {
    await this.#work;
  }

  /** Tells a receiver again what still fires, where it holds to be over what it does not hear of. */
  refresh(lane: Lane): void {
    const { name } = lane.state;
    for (const conversation of this.#conversations.values()) {
      if (!conversation.receivers.includes(name)) continue;
      const route = this.#routes.get(conversation.route) ?? { name: conversation.route };
      lane.push(this.#notice(route, { ...conversation, sequence: -1 }, name, 'changed', ''));
    }
  }

  /** The end of a notification, as its lane tells it. */
  ended(notice: Notice, outcome: FinalOutcome, reason: string): void {
    const { log, outbox, clock } = this.#parts;
    if (outbox.has(notice.id)) this.#then(() => outbox.remove(notice.id));
    const { receiver, route, incident } = notice;
    if (outcome === 'delivered') {
      if (notice.reason === 'changed') return;
      log('notify.delivered', { receiver, route, incident: incident.id, reason: notice.reason });
      this.#listener?.told(incident.id, {
        atMs: clock.now(),
        kind: 'notified',
        text: `${receiver} was told: ${notice.reason}`,
      });
    } else if (outcome !== 'dropped' || reason.startsWith('more than')) {
      log('notify.failed', { receiver, route, incident: incident.id, outcome, reason });
      const text = `${receiver} was not told (${outcome}): ${reason}`;
      this.#listener?.told(incident.id, { atMs: clock.now(), kind: 'notification-failed', text });
    }
  }

  async #test(notice: Notice): Promise<RouteTest> {
    const lane = this.#parts.lanes.get(notice.receiver)!;
    const outcome = await lane.try(notice);
    const { receiver } = notice;
    if (outcome.kind === 'delivered') return { receiver, outcome: 'delivered' };
    return { receiver, outcome: outcome.kind, reason: outcome.reason };
  }

  #takeUp(notice: Notice): void {
    const lane = this.#parts.lanes.get(notice.receiver);
    if (lane !== undefined) lane.push(notice);
    else this.ended(notice, 'refused', noSuchReceiver);
  }

  #compare(incidents: readonly Incident[]): void {
    const byId = new Map(incidents.map((incident) => [incident.id, incident]));
    for (const [key, conversation] of this.#conversations) {
      const known = byId.get(conversation.incident.id);
      if (known === undefined || known.state === 'resolved') this.#tellEnd(key, conversation, known);
      else if (isSilenced(known)) this.#keep(key, silenced(conversation, known));
    }
    this.tellUnheard(incidents);
  }

  /** Tells of what is open and nobody heard of, as after a start. Returns at once, and never throws. */
  tellUnheard(incidents: Iterable<Incident>): void {
    const told = new Set([...this.#conversations.values()].map(({ incident }) => incident.id));
    for (const incident of incidents) {
      if (incident.state === 'resolved' || told.has(incident.id) || isSilenced(incident)) continue;
      this.notify(incident, { atMs: incident.openedMs, kind: 'opened', text: incident.title });
    }
  }

  /** An incident ended, and the process did before it could tell. */
  #tellEnd(key: string, conversation: Conversation, known: Incident | undefined): void {
    const atMs = this.#parts.clock.now();
    const incident: Incident = known ?? { ...conversation.incident, state: 'resolved', resolvedMs: atMs };
    this.#hear(key, conversation, incident, { reason: 'resolved', text: 'it is over', atMs });
  }

  #hear(
    key: string,
    conversation: Conversation,
    incident: Incident,
    news: { readonly reason: NoticeReason; readonly text: string; readonly atMs: number },
  ): void {
    const next = heard(conversation, this.#routes.get(conversation.route), incident, news);
    if (next === undefined) this.#forget(key);
    else this.#keep(key, next);
  }

  #keep(key: string, conversation: Conversation): void {
    this.#conversations.set(key, conversation);
    this.#then(() => this.#folder.put(key, conversation));
  }

  #forget(key: string): void {
    if (this.#conversations.delete(key)) this.#then(() => this.#folder.remove(key));
  }

  /** Does work on the disk in order; what fails is told, and what is in memory goes on. */
  #then(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch((error: unknown) => {
      this.#parts.log('notify.disk-failed', { error: messageOf(error) });
    });
  }

  #arm(): void {
    this.#timer?.();
    this.#timer = undefined;
    if (!this.#isRunning) return;
    let next = Infinity;
    for (const conversation of this.#conversations.values()) {
      next = Math.min(next, dueMs(conversation, this.#routes.get(conversation.route)) ?? Infinity);
    }
    if (next === Infinity) return;
    const waitMs = Math.min(Math.max(0, next - this.#parts.clock.now()), timerDelayMsMax);
    this.#timer = this.#parts.clock.after(waitMs, () => {
      this.#takeTurns();
    });
  }

  #takeTurns(): void {
    const now = this.#parts.clock.now();
    for (const [key, conversation] of this.#conversations) {
      const route = this.#routes.get(conversation.route);
      const due = dueMs(conversation, route);
      if (due !== undefined && due <= now) this.#takeTurn(key, conversation, route);
    }
    this.#arm();
  }

  #takeTurn(key: string, conversation: Conversation, route: RouteSettings | undefined): void {
    const turn = takeTurn(conversation, route, this.#parts.clock.now());
    if (turn.kind === 'wait') {
      this.#conversations.set(key, turn.after);
      return;
    }
    const notices = this.#receiversFor(conversation, route, turn.reason).map((receiver) =>
      this.#notice(route ?? { name: conversation.route }, conversation, receiver, turn.reason, turn.text),
    );
    for (const notice of notices) this.#store(notice);
    const receivers = [...new Set([...conversation.receivers, ...notices.map(({ receiver }) => receiver)])];
    if (turn.reason === 'resolved') this.#forget(key);
    else this.#keep(key, { ...turn.after, receivers });
    // Only now: a crash before would decide the same again, under the same identity.
    for (const notice of notices)
      this.#then(() => {
        this.#takeUp(notice);
        return Promise.resolve();
      });
  }

  #store(notice: Notice): void {
    const { outbox } = this.#parts;
    if (!outbox.has(notice.id)) this.#then(() => outbox.add(notice));
  }

  #receiversFor(
    conversation: Conversation,
    route: RouteSettings | undefined,
    reason: NoticeReason,
  ): readonly string[] {
    const { lanes } = this.#parts;
    const isWorking = (name: string): boolean => lanes.get(name)?.state.state !== 'broken';
    const named =
      route === undefined || reason === 'resolved'
        ? conversation.receivers
        : receiversOf(route, conversation.incident, isWorking, [...this.#routes.values()]);
    return named.filter((name) => lanes.get(name)?.receiver.takes(reason));
  }

  #notice(
    route: Pick<RouteSettings, 'name' | 'language'>,
    about: Pick<Conversation, 'incident' | 'alertCount' | 'sequence'>,
    receiver: string,
    reason: NoticeReason,
    text: string,
  ): Notice {
    const { incident, alertCount, sequence } = about;
    return {
      id: noticeId(route.name, incident.id, sequence, receiver),
      language: route.language ?? this.#settings.language,
      atMs: this.#parts.clock.now(),
      ...{ receiver, route: route.name, reason, text, incident, alertCount },
    };
  }
}

function byName(routes: readonly RouteSettings[]): ReadonlyMap<string, RouteSettings> {
  return new Map(routes.map((route) => [route.name, route]));
}

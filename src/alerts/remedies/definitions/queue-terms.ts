/** What remedies of queues have in common: parameters, refusals, figures. */
import { z } from 'zod';
import { queueKind, seriesOf, consumerKind, type Figures, type ObjectKind } from '../../../monitor/index.js';
import { assert } from '../../../kernel/index.js';
import type { QueueName, QueueSeen, RemedyActions } from '../actions.js';
import type { Refusal } from '../remedy.js';

export const ownEngine = 'embedded';
const name = z.string().min(1).max(255);

/** Every remedy of a queue takes these; `engine` is what the analysis names. */
export const ofQueue = {
  engine: z.literal(ownEngine, 'remedies work on this server’s own queues alone').optional(),
  vhost: name.default('/'),
  queue: name,
};

/** Names a consumer: `CONNECTION (CHANNEL) TAG`. */
export const identity = z.string().min(1).max(2_000);

/** The object of every remedy of a queue. */
export function queueObject({ vhost, queue }: QueueName): string {
  return `queue '${queue}' of vhost '${vhost}'`;
}

export function absent({ vhost, queue }: QueueName): Refusal {
  return { refusal: `there is no queue '${queue}' in vhost '${vhost}'` };
}

/** What of a queue concerns whoever pauses or resumes it. */
export function countsText({ ready, unacknowledged, consumers }: QueueSeen): string {
  return `${ready} messages are ready, ${unacknowledged} are with ${consumers} consumers`;
}

/** The newest figure of an object; undefined: unknown. */
export function newest(
  figures: Figures,
  kind: ObjectKind,
  labels: readonly string[],
  series: string,
): number | undefined {
  const column = seriesOf(kind).findIndex((each) => each.name === series);
  assert(column >= 0, `a figure ${series} of the catalogue`);
  const figure = figures.find(kind.name, labels)?.[column];
  return figure === undefined || Number.isNaN(figure) ? undefined : figure;
}

export function queueFigure(
  figures: Figures,
  { vhost, queue }: QueueName,
  short: string,
): number | undefined {
  return newest(figures, queueKind, [ownEngine, vhost, queue], `sluice_${short}`);
}

/** A consumer's; undefined also where there is no such consumer. */
export function consumerFigure(
  figures: Figures,
  { vhost, queue }: QueueName,
  consumer: string,
  short: string,
): number | undefined {
  return newest(figures, consumerKind, [ownEngine, vhost, queue, consumer], `sluice_consumer_${short}`);
}

/** The consumer of that name, or the one that has held a message for longest. */
export function consumerOf(actions: RemedyActions, queue: QueueName, given: string | undefined) {
  const all = actions.consumers(queue);
  if (given !== undefined) return all.find((consumer) => consumer.identity === given);
  return [...all].sort((a, b) => b.oldestUnacknowledgedMs - a.oldestUnacknowledgedMs)[0];
}

/** Milliseconds as people say them. */
export function secondsText(durationMs: number): string {
  return durationMs < 10_000 ? `${(durationMs / 1_000).toFixed(1)} s` : `${Math.round(durationMs / 1_000)} s`;
}

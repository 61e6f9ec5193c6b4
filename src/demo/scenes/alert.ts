/**
 * A rule, a queue that crosses its threshold because somebody paused it, and the incident that names the cause; the
 * remedy that it tells is applied.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { remedyLine, type Incident } from '../../alerts/index.js';
import type { Row, Scene, SceneResult, Stage } from '../scene.js';

const queue = 'demo.letters';
const rule = 'demo-backlog';
const messages = 200;
const lookEveryMs = 1_000;
/** Measurements come every second, rules are computed every five, and causes are looked for every fifteen. */
const patienceMs = 90_000;
/** A cause is named on first evidence; what it needs longer figures for is known this much later. */
const evidenceMs = 25_000;

export const alert: Scene = {
  name: 'alert',
  title: 'A threshold alert with its cause',
  formula: 'fires when sluice_messages_ready > 100 for 5 s; over when it is known to be below 50',
  docs: 'docs/alerts.md',
  play,
};

async function play(stage: Stage): Promise<SceneResult> {
  const { app, call, nowMs, tell } = stage;
  const begunMs = nowMs();
  const since = (): string => `${((nowMs() - begunMs) / 1_000).toFixed(0)} s`;
  await app.queue(queue).declare();
  await call('queue.pause', { vhost: '/', queue });
  await call('alert.rule.put', {
    rule: {
      name: rule,
      metric: 'sluice_messages_ready',
      where: { queue },
      above: 100,
      clear: 50,
      for: '5s',
      summary: '{queue} has {value} messages',
    },
  });
  try {
    await app.engine.send(
      queue,
      Array.from({ length: messages }, () => ({ body: Buffer.from('hello') })),
    );
    await tell(`somebody has paused ${queue}, and ${messages} messages wait in it`);
    const incident = await incidentWithCause(stage, tell, since);
    const result = resultOf(incident, since());
    await mend(stage, incident);
    return result;
  } finally {
    await call('alert.rule.delete', { name: rule });
    await call('queue.delete', { vhost: '/', queue, ifUnused: false, ifEmpty: false });
  }
}

/** Applies the remedy of the cause, as `sluice remedy apply` does. */
async function mend({ call }: Stage, incident: Incident | undefined): Promise<void> {
  const proposed = incident?.causes[0]?.remedies[0];
  if (incident === undefined || proposed === undefined) return;
  const { remedy, parameters } = proposed;
  const { token = '' } = await call('remedy.preview', { remedy, parameters });
  await call('remedy.apply', { remedy, parameters, token, incident: incident.id });
}

async function incidentWithCause(
  { call, nowMs }: Stage,
  tell: Stage['tell'],
  since: () => string,
): Promise<Incident | undefined> {
  let untilMs = nowMs() + patienceMs;
  let found: Incident | undefined;
  while (nowMs() < untilMs && !isExplained(found)) {
    await sleep(lookEveryMs);
    const { incidents } = await call('incident.list', {});
    for (const { id, state } of incidents) {
      if (state === 'resolved') continue;
      const incident = await call('incident.show', { id });
      if (!incident.alerts.some((each) => each.rule === rule)) continue;
      if (found === undefined) await tell(`after ${since()} incident ${id} is open: ${incident.title}`);
      const isNamed = incident.causes.length > 0 && (found?.causes.length ?? 0) === 0;
      if (isNamed) untilMs = Math.min(untilMs, nowMs() + evidenceMs);
      found = incident;
    }
  }
  return found;
}

function isExplained(incident: Incident | undefined): boolean {
  const cause = incident?.causes[0];
  return cause?.evidence.every(({ speaks }) => speaks !== 'unknown') ?? false;
}

function resultOf(incident: Incident | undefined, elapsed: string): SceneResult {
  const cause = incident?.causes[0];
  if (incident === undefined || cause === undefined)
    return { rows: [], verdict: 'No cause was named in time.', holds: false };
  const rows = cause.evidence.map(({ speaks, text }): Row => ({ evidence: speaks, finding: text }));
  const remedy = cause.remedies[0];
  const advice = remedy === undefined ? '' : ` Its remedy, applied just now: ${remedyLine(remedy)}`;
  return {
    rows,
    verdict: `After ${elapsed} the cause is named: ${cause.title} (${Math.round(cause.score * 100)} %).${advice}`,
    holds: true,
  };
}

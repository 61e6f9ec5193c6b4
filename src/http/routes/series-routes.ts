/**
 * `/v1/series`: what was measured as it went, one series or many at once. Invariant: of many, each is refused by itself,
 * by the same rights as when it is asked for alone; and however many are asked for, an answer is bounded.
 */
import { z } from 'zod';
import { SluiceError } from '../../kernel/index.js';
import { seriesNamed } from '../../monitor/index.js';
import type { OperationInput, SeriesAnswer } from '../../operations/index.js';
import { problemAnswer } from '../api/answers.js';
import { inputOf, operationRoute, runOperation } from '../api/operation-route.js';
import { route, type Call, type Route } from '../api/route.js';
import type { Caller } from '../caller.js';
import { problemOf, type Problem } from '../problem.js';

const tag = 'figures';
/** As many series as one request may ask for, and as many points as it gets; the rest is refused. */
const seriesMax = 100;
const pointsMax = 60_000;

const values = z.array(z.number().nullable()).describe('null: unknown');
const times = {
  startSecond: z.int().describe('Unix seconds'),
  stepSeconds: z.int(),
  isCoarser: z.boolean().describe('nothing as fine as was asked for reaches back so far'),
};
const toSecond = z
  .int()
  .describe('Unix seconds: where it ends; to go on, ask from the point that the second before is in');

const seriesAnswer = z.object({
  series: z.string(),
  kind: z.string(),
  unit: z.string(),
  isRate: z.boolean().describe('values are increases a second'),
  labels: z.record(z.string(), z.string()),
  toSecond,
  stretches: z.array(z.object({ ...times, values, least: values.optional(), greatest: values.optional() })),
});

const briefAnswer = z.object({ toSecond, stretches: z.array(z.strictObject({ ...times, values })) });

const manyInput = z.strictObject({
  series: z
    .array(inputOf('series.read') as unknown as z.ZodType<OperationInput<'series.read'>>)
    .min(1)
    .max(seriesMax)
    .describe('each as GET takes it'),
  brief: z.boolean().default(false).describe('only `toSecond` and the values, without least and greatest'),
});

const manyAnswer = z.object({
  items: z
    .array(
      z.union([
        seriesAnswer,
        briefAnswer,
        z.object({ problem: problemAnswer.describe('why it is refused') }),
      ]),
    )
    .describe('one for each series that was asked for, in that order'),
});

type BriefAnswer = z.infer<typeof briefAnswer>;
type Item = SeriesAnswer | BriefAnswer | { readonly problem: Problem };

function viewsSeries(caller: Caller, given: OperationInput<'series.read'>): void {
  if (caller.holdsTag('monitor')) return;
  const { kind } = seriesNamed(given.series);
  const { vhost = '/' } = given as { readonly vhost?: string };
  if (kind.labels.includes('vhost')) caller.requireView(vhost);
  else caller.requireTag('monitor');
}

function briefOf({ toSecond: to, stretches }: SeriesAnswer): BriefAnswer {
  return {
    toSecond: to,
    stretches: stretches.map(({ startSecond, stepSeconds, isCoarser, values: given }) => ({
      ...{ startSecond, stepSeconds, isCoarser, values: [...given] },
    })),
  };
}

function pointsOf({ stretches }: SeriesAnswer): number {
  return stretches.reduce((sum, stretch) => sum + stretch.values.length, 0);
}

/** Reads one after the other: each lets go of the event loop where it reads from the disk. */
async function readMany(call: Call, { series, brief }: z.infer<typeof manyInput>): Promise<Item[]> {
  const items: Item[] = [];
  let left = pointsMax;
  for (const each of series) {
    call.signal.throwIfAborted();
    try {
      if (left <= 0) throw new SluiceError('bad-input', `more than ${pointsMax} points in one answer`);
      viewsSeries(call.caller, each);
      const answer = await runOperation(call, 'series.read', each);
      left -= pointsOf(answer);
      items.push(brief ? briefOf(answer) : answer);
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      items.push({ problem: problemOf(error) });
    }
  }
  return items;
}

export const seriesRoutes: readonly Route[] = [
  operationRoute('series.read', {
    ...{ method: 'GET', path: '/v1/series', summary: 'Read one series of one object as it went', tag },
    answer: seriesAnswer,
    allow: viewsSeries,
  }),
  route({
    ...{ method: 'POST', path: '/v1/series', summary: 'Read many series, each refused by itself', tag },
    input: manyInput,
    answer: manyAnswer,
    // Of each series when it is read.
    allow: () => undefined,
    run: async (call, given) => ({ items: await readMany(call, given) }),
  }),
];

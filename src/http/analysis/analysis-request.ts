/** What the API is asked about deadlines, and what it answers: the same as `sluice analyze FILE --json`. */
import { z } from 'zod';
import {
  analysisJson,
  analyze,
  policies,
  readTaskSet,
  scheduleJson,
  scheduleOf,
  setupOf,
  tasksMax,
  timeFormat,
  type AnalysisOptions,
} from '../../scheduling/index.js';

const workersMax = 1_000;
const verdictTime = z.number().nullable().describe('milliseconds; null: no bound, or not known');

/** The rows are read by `readTaskSet`, which names each problem. */
export const analysisRequest = z.strictObject({
  tasks: z
    .array(z.record(z.string(), z.unknown()))
    .min(1)
    .max(tasksMax)
    .describe('name, cost, period, and deadline, jitter, priority: milliseconds, or text such as 40ms'),
  policy: z.enum(policies).default('edf'),
  workers: z.int().min(1).max(workersMax).default(1),
  preemptive: z.boolean().default(false).describe('an urgent job interrupts another'),
  holdBack: z.boolean().default(false).describe('a worker idles rather than make an expected job late'),
  partitioned: z.boolean().default(false).describe('each task belongs to one worker'),
  learned: z.boolean().default(false).describe('costs were measured: the verdict is statistical'),
  schedule: z.boolean().default(false).describe('tell the first hyperperiod, or about 400 jobs of it, too'),
});
export type AnalysisRequest = z.infer<typeof analysisRequest>;

const drawnSchedule = z.object({
  tasks: z.array(z.object({ name: z.string(), period: z.number(), deadline: z.number() })),
  workers: z.int(),
  horizon: z.number().describe('milliseconds, as all times here'),
  isCut: z.boolean().describe('the hyperperiod goes on'),
  slices: z.array(
    z.object({ task: z.int(), job: z.int(), worker: z.int(), from: z.number(), to: z.number() }),
  ),
  misses: z.array(z.object({ task: z.int(), job: z.int(), due: z.number(), endedAt: z.number().nullable() })),
});

export const analysisAnswer = z.looseObject({
  schedulable: z.boolean(),
  test: z.string(),
  exact: z.boolean().describe('a refusal means that a deadline can be missed'),
  inconclusive: z.string().nullable(),
  confidence: z.enum(['guaranteed', 'statistical']),
  cause: z.string(),
  supposes: z.string(),
  advice: z.array(z.string()),
  utilisation: z.number(),
  fewestWorkers: z.int().nullable(),
  costFactorMax: z.number().nullable(),
  partition: z.array(z.array(z.string())).nullable(),
  tasks: z.array(
    z.object({
      ...{ name: z.string(), schedulable: z.boolean() },
      ...{ responseMax: verdictTime, slack: verdictTime, costMax: verdictTime },
    }),
  ),
  schedule: drawnSchedule.optional(),
});

/** Takes up to about a second of computing. Throws `bad-input` for tasks or options that make no sense. */
export function analyzed(request: AnalysisRequest): object {
  const set = readTaskSet({ tasks: request.tasks });
  const options: AnalysisOptions = {
    policy: request.policy,
    workers: request.workers,
    isPreemptive: request.preemptive,
    isHoldBack: request.holdBack,
    isPartitioned: request.partitioned,
    isLearned: request.learned,
    format: timeFormat(set),
  };
  const analysis = analyze(set.tasks, options);
  const verdict = analysisJson(set, analysis);
  if (!request.schedule) return verdict;
  return {
    ...verdict,
    schedule: scheduleJson(set, scheduleOf(set.tasks, setupOf(options), analysis.partition)),
  };
}

/** `sluice queue forecast`: where a queue is going, in words. Invariant: it says what it rests on and assumes. */
import type { Command } from 'commander';
import { formatBytes } from '../config/index.js';
import type { ForecastAnswer, ForecastLine, ForecastLimit } from '../operations/index.js';
import { duration } from './option-values.js';
import { withServer } from './server-call.js';
import type { Shell } from './shell.js';
import { withVhost } from './vhost-option.js';

const names = {
  messages: 'ready messages',
  bytes: 'bytes of bodies',
  disk: 'free bytes of the disk',
} as const;

/** Changes of less than this a day are called none. */
const leastPerDay = 1;

function amount(what: ForecastLine['what'], value: number): string {
  if (what !== 'messages') return formatBytes(Math.round(value));
  return value.toLocaleString('en-US', { maximumFractionDigits: 3 });
}

/** A span of time as people say it. */
export function spanText(seconds: number): string {
  const units = [
    ['d', 86_400],
    ['h', 3_600],
    ['min', 60],
  ] as const;
  const [unit, size] = units.find(([, each]) => seconds >= 2 * each) ?? (['s', 1] as const);
  return `${(seconds / size).toLocaleString('en-US', { maximumFractionDigits: 1 })} ${unit}`;
}

function paceText({ what, slopePerSecond }: ForecastLine): string {
  if (Math.abs(slopePerSecond) * 86_400 < leastPerDay) return 'hardly changes';
  const [unit, size] = Math.abs(slopePerSecond) >= 1 ? (['second', 1] as const) : (['hour', 3_600] as const);
  const verb = slopePerSecond > 0 ? 'grows' : 'falls';
  return `${verb} by ${amount(what, Math.abs(slopePerSecond) * size)} a ${unit}`;
}

function limitText(what: ForecastLine['what'], limit: ForecastLimit): string {
  const { name, value, seconds, earliestSeconds, latestSeconds } = limit;
  const place = `${name} (${amount(what, value)})`;
  if (seconds === 0) return `has reached ${place}`;
  if (seconds === undefined)
    return earliestSeconds === undefined
      ? `does not reach ${place}`
      : `does not reach ${place} at this pace; at worst in ${spanText(earliestSeconds)}`;
  const latest = latestSeconds === undefined ? 'or never' : `at the latest in ${spanText(latestSeconds)}`;
  return `reaches ${place} in ${spanText(seconds)} (at the earliest in ${spanText(earliestSeconds ?? seconds)}, ${latest})`;
}

/** The forecast as people read it, a line each. */
function forecastLines({ overSeconds, lines, unknown }: ForecastAnswer): string[] {
  return [
    ...lines.map((line) =>
      [
        `${names[line.what]}: ${amount(line.what, line.level)}, ${paceText(line)}`,
        ...(line.limit === undefined ? [] : [limitText(line.what, line.limit)]),
      ].join('; '),
    ),
    ...unknown.map((what) => `${names[what]}: unknown, as too little of this time is known`),
    `By a line through the last ${spanText(overSeconds)}; it assumes that all goes on as it went.`,
  ];
}

/** Which stretch of time a forecast is about. */
export interface SpanOptions {
  readonly vhost: string;
  readonly over: number;
  readonly ahead?: number;
}

/** Adds the options. */
export function withSpan(command: Command): Command {
  return command
    .option('--over <duration>', 'how much of the past the line goes through', duration, 1_800_000)
    .option('--ahead <duration>', 'how far it goes on; as far as --over unless given', duration);
}

/** What the server is asked for, besides the queue. */
export function forecastInput({ vhost, over, ahead }: SpanOptions) {
  return {
    ...{ vhost, disk: true, over: Math.round(over / 1_000) },
    ...(ahead === undefined ? {} : { ahead: Math.round(ahead / 1_000) }),
  };
}

/** Prints the answer as the command is asked to. */
export async function sayForecast(command: Command, shell: Shell, answer: ForecastAnswer): Promise<void> {
  if (shell.isJson(command)) await shell.sayJson(answer);
  else for (const line of forecastLines(answer)) await shell.say(line);
}

/** Defines the command. */
export function defineForecast(command: Command, shell: Shell): void {
  withSpan(withVhost(command.argument('<queue>'))).action(async (queue: string, options: SpanOptions) => {
    const input = { queue, ...forecastInput(options) };
    const answer = await withServer(command, shell, (server) => server.call('queue.forecast', input));
    await sayForecast(command, shell, answer);
  });
}

/** `sluice analyze`: whether a set of tasks can meet its deadlines. It reads a file and asks no server. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { messageOf, SluiceError } from '../../kernel/index.js';
import {
  analysisJson,
  analyze,
  ganttSvg,
  policies,
  readTaskSet,
  scheduleOf,
  setupOf,
  timeFormat,
  type Analysis,
  type AnalysisOptions,
  type Policy,
  type TaskSet,
} from '../../scheduling/index.js';
import { analysisText } from '../analysis-text.js';
import { exitCodes } from '../exit-codes.js';
import { readNamedText } from '../named-file.js';
import { wholeNumber } from '../option-values.js';
import type { Shell } from '../shell.js';

const documentBytesMax = 1_048_576;

interface AnalyzeOptions {
  policy: Policy;
  workers: number;
  preemptive?: boolean;
  holdBack?: boolean;
  partitioned?: boolean;
  learned?: boolean;
  gantt?: string;
}

function policyNamed(text: string): Policy {
  const policy = policies.find((name) => name === text);
  if (policy !== undefined) return policy;
  throw new InvalidArgumentError(`It must be one of ${policies.join(', ')}.`);
}

/** YAML, of which JSON is a part. */
async function readDocument(path: string, shell: Shell): Promise<TaskSet> {
  const { LineCounter, parseDocument } = await import('yaml');
  const lines = new LineCounter();
  const document = parseDocument(await readNamedText(shell, path, documentBytesMax), {
    lineCounter: lines,
    prettyErrors: false,
  });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line } = lines.linePos(error.pos[0]);
    throw new SluiceError('bad-input', `${path}:${line}: ${error.message}`);
  }
  try {
    return readTaskSet(document.toJS());
  } catch (error) {
    if (!(error instanceof SluiceError)) throw new SluiceError('bad-input', `${path}: ${messageOf(error)}`);
    throw new SluiceError('bad-input', `${path}: ${error.message}`);
  }
}

async function drawSchedule(path: string, set: TaskSet, options: AnalysisOptions, analysis: Analysis) {
  const schedule = scheduleOf(set.tasks, setupOf(options), analysis.partition);
  const format = timeFormat(set);
  const span = `${schedule.isCut ? 'the first' : 'one hyperperiod,'} ${format(schedule.horizon)}`;
  const { policy, workers } = setupOf(options);
  const who = `${workers} ${workers === 1 ? 'worker' : 'workers'}`;
  const misses = schedule.misses.length === 0 ? 'No deadline is missed' : `${schedule.misses.length} missed`;
  const picture = ganttSvg(schedule, {
    title: `${set.tasks.length} tasks by ${policy} on ${who}: ${span}`,
    description: `${misses} in this schedule. ${analysis.cause}`,
    format,
  });
  try {
    await writeFile(path, picture);
  } catch (error) {
    throw new SluiceError('bad-input', `${path} cannot be written: ${messageOf(error)}`, { cause: error });
  }
}

async function run(command: Command, shell: Shell, file: string, given: AnalyzeOptions): Promise<void> {
  const set = await readDocument(file, shell);
  const options: AnalysisOptions = {
    policy: given.policy,
    workers: given.workers,
    isPreemptive: given.preemptive === true,
    isHoldBack: given.holdBack === true,
    isPartitioned: given.partitioned === true,
    isLearned: given.learned === true,
    format: timeFormat(set),
  };
  const analysis = analyze(set.tasks, options);
  if (given.gantt !== undefined)
    await drawSchedule(resolve(shell.workingDirectory, given.gantt), set, options, analysis);
  if (shell.isJson(command)) await shell.sayJson(analysisJson(set, analysis));
  else await shell.out.write(await analysisText(shell.out, set, analysis));
  if (!analysis.schedulable) shell.exitCode = exitCodes.failure;
}

/** Defines the command. */
export function define(command: Command, shell: Shell): void {
  command
    .argument('<file>', 'the tasks, in YAML or JSON; - for standard input')
    .option('-p, --policy <policy>', `who goes first: ${policies.join(', ')}`, policyNamed, 'edf')
    .option('-w, --workers <n>', 'how many serve the queue', wholeNumber(1, 1_000), 1)
    .option('--preemptive', 'urgent jobs interrupt others')
    .option('--hold-back', 'idle rather than start a job that would make another late')
    .option('--partitioned', 'each task belongs to one worker')
    .option('--learned', 'the costs were measured: the verdict is statistical')
    .option('--gantt <svg>', 'draw the first hyperperiod')
    .action((file: string, options: AnalyzeOptions) => run(command, shell, file, options));
}

/** `sluice dead redrive`: a dry run, or a redrive with its progress until it has ended. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Command } from 'commander';
import { messageOf, SluiceError } from '../kernel/index.js';
import type { OperationInput, RedriveJob } from '../operations/index.js';
import { exitCodes } from './exit-codes.js';
import { printOutcome } from './listing.js';
import { readNamedText } from './named-file.js';
import { wholeNumber } from './option-values.js';
import { jobLine, planLines } from './redrive-text.js';
import { withServer, type ServerCalls } from './server-call.js';
import type { Shell } from './shell.js';
import { withVhost } from './vhost-option.js';

const progressMs = 500;
const positionsMax = 1_000;

interface RedriveOptions {
  readonly vhost: string;
  readonly group?: string;
  readonly id?: readonly number[];
  readonly to?: string;
  readonly rate?: number;
  readonly edit?: string;
  readonly dryRun?: boolean;
  readonly guard: boolean;
  readonly wait: boolean;
}

type Asked = OperationInput<'redrive.start'>;

/** Larger than any body that a server takes through the control socket. */
const editBytesMax = 64 * 1_048_576;

/** A file of `{"body": …, "headers": {…}, "contentType": …}`; a body that is no text goes as JSON. */
async function editIn(shell: Shell, path: string): Promise<NonNullable<Asked['edit']>> {
  const written = await readNamedText(shell, path, editBytesMax);
  let given: Record<string, unknown>;
  try {
    given = JSON.parse(written) as Record<string, unknown>;
  } catch (error) {
    throw new SluiceError('bad-input', `${path} is no JSON: ${messageOf(error)}`, { cause: error });
  }
  const { body, ...rest } = given;
  if (body === undefined) return rest;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { ...rest, body: Buffer.from(text).toString('base64') };
}

async function askedFor(shell: Shell, queue: string, options: RedriveOptions): Promise<Asked> {
  const { vhost, group, id, to, rate, edit, guard } = options;
  return {
    ...{ vhost, queue, duplicateGuard: guard },
    ...(group === undefined ? {} : { group }),
    ...(id === undefined ? {} : { positions: [...id] }),
    ...(to === undefined ? {} : { to }),
    ...(rate === undefined ? {} : { ratePerSecond: rate }),
    ...(edit === undefined ? {} : { edit: await editIn(shell, edit) }),
  };
}

/** Waits for the end, and tells how it goes where somebody watches. */
export async function followed(server: ServerCalls, shell: Shell, started: RedriveJob): Promise<RedriveJob> {
  let job = started;
  while (job.state === 'running') {
    if (shell.err.isTerminal) await shell.err.write(`\r${jobLine(job)}\u001b[K`);
    await wait(progressMs);
    job = await server.call('redrive.show', { id: job.id });
  }
  if (shell.err.isTerminal) await shell.err.write('\r\u001b[K');
  return job;
}

function position(text: string, before: readonly number[] = []): readonly number[] {
  if (before.length >= positionsMax) throw new SluiceError('bad-input', `at most ${positionsMax} letters`);
  return [...before, wholeNumber(0)(text)];
}

/** Defines `redrive`. */
export function defineRedrive(command: Command, shell: Shell): void {
  withVhost(command.argument('<queue>', 'a queue of dead letters'))
    .option('--group <fingerprint>', 'only letters of this group')
    .option('--id <position>', 'only this letter, by its number; as often as you like', position)
    .option('--to <queue>', 'where they go; without it, each to the queue that it was in first')
    .option('--rate <n>', 'at most so many a second', wholeNumber(1))
    .option('--edit <file>', 'change the one letter that --id names: JSON with body, headers, contentType')
    .option('--dry-run', 'send nothing, and tell what would be sent')
    .option('--no-guard', 'send copies of what was redriven already, too')
    .option('--no-wait', 'end once it has begun; see sluice dead redrives')
    .action(async (queue: string, options: RedriveOptions) => {
      const asked = await askedFor(shell, queue, options);
      await withServer(command, shell, async (server) => {
        if (options.dryRun === true) {
          const plan = await server.call('redrive.plan', asked);
          await printOutcome(command, shell, planLines(plan).join('\n'), plan);
          return;
        }
        const started = await server.call('redrive.start', asked);
        const job = options.wait ? await followed(server, shell, started) : started;
        await printOutcome(command, shell, `Redrive ${job.id} ${jobLine(job)}`, job);
        if (job.state === 'stopped') shell.exitCode = exitCodes.failure;
      });
    });
}

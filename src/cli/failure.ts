/** Turns anything thrown into a short message on standard error and an exit code. */
import { CommanderError } from 'commander';
import { messageOf, SluiceError, systemCodeOf, type ErrorCode } from '../kernel/index.js';
import { exitCodeOf, exitCodes, type ExitCode } from './exit-codes.js';
import { singleLine } from './text.js';
import type { Shell } from './shell.js';

/** A command that could not be done, with the exit code that its error code does not give. */
export class CommandFailure extends SluiceError {
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode) {
    super('refused', message);
    this.exitCode = exitCode;
  }
}

function exitCodeFor(thrown: unknown): ExitCode {
  if (thrown instanceof CommandFailure) return thrown.exitCode;
  if (thrown instanceof SluiceError) return exitCodeOf(thrown.code);
  // The system refused something (no such file, no rights): no bug of ours.
  return systemCodeOf(thrown) === undefined ? exitCodes.internal : exitCodes.failure;
}

function lineFor(thrown: unknown): string {
  // Every line of a message is ours; what came from outside stands within a line.
  const message = messageOf(thrown).split('\n').map(singleLine).join('\n');
  const isOurs =
    thrown instanceof SluiceError ? thrown.code === 'internal' : systemCodeOf(thrown) === undefined;
  if (!isOurs) return `sluice: ${message}`;
  const trace = thrown instanceof Error ? (thrown.stack ?? '') : '';
  return `sluice: a bug in Sluice: ${message}${trace === '' ? '' : `\n${trace}`}`;
}

/** Of a system's error no bug of ours is to be read. */
function codeOf(thrown: unknown): ErrorCode {
  if (thrown instanceof SluiceError) return thrown.code;
  return systemCodeOf(thrown) === undefined ? 'internal' : 'refused';
}

/** Reports `thrown`; gives the exit code. Commander has already written its own messages. */
export async function reportFailure(shell: Shell, thrown: unknown, isJson: boolean): Promise<ExitCode> {
  if (thrown instanceof CommanderError) {
    return thrown.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  }
  const code = codeOf(thrown);
  const line = isJson ? JSON.stringify({ error: { code, message: messageOf(thrown) } }) : lineFor(thrown);
  await shell.err.write(`${line}\n`);
  return exitCodeFor(thrown);
}

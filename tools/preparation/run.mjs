/**
 * Runs one program as a step of a larger job: either with this terminal, or quietly with a line that tells
 * how long it takes and its output shown only when it fails.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { root } from './paths.mjs';

/** A step that ended with something other than 0; what it said has been printed. */
export class StepFailed extends Error {
  constructor(title, exitCode) {
    super(`${title}: failed with code ${exitCode}`);
    this.exitCode = exitCode;
  }
}

/** Runs a program with this terminal; gives its exit code. */
export function run(program, parameters, options = {}) {
  return start(program, parameters, { stdio: 'inherit', ...options });
}

/** Runs a program, shows only `title` and the time it takes; throws `StepFailed` after printing its output. */
export async function runQuietly(title, program, parameters) {
  const finish = showProgress(title);
  const output = [];
  const exitCode = await start(program, parameters, { stdio: ['ignore', 'pipe', 'pipe'] }, (chunk) => {
    output.push(chunk);
  });
  finish(exitCode === 0);
  if (exitCode === 0) return;
  process.stderr.write(Buffer.concat(output));
  throw new StepFailed(title, exitCode);
}

/** Ends the process as its failed step did. */
export async function exitWithFailedStep(work) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    process.exit(error.exitCode);
  }
}

function start(program, parameters, options, onOutput) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, { cwd: root, ...options });
    const forward = (signal) => child.kill(signal);
    process.on('SIGINT', forward);
    process.on('SIGTERM', forward);
    child.stdout?.on('data', onOutput);
    child.stderr?.on('data', onOutput);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.off('SIGINT', forward);
      process.off('SIGTERM', forward);
      resolve(code ?? 128 + constants.signals[signal]);
    });
  });
}

/** One line on standard error, which leaves standard output to the program that follows. */
function showProgress(title) {
  const startedAt = Date.now();
  const elapsed = () => `${Math.round((Date.now() - startedAt) / 1000)} s`;
  if (!process.stderr.isTTY) {
    process.stderr.write(`${title} ...\n`);
    return (succeeded) => process.stderr.write(`${title}: ${succeeded ? 'done' : 'failed'}, ${elapsed()}\n`);
  }
  const draw = () => process.stderr.write(`\r${title} ... ${elapsed()}`);
  draw();
  const timer = setInterval(draw, 1000);
  return (succeeded) => {
    clearInterval(timer);
    process.stderr.write(`\r${title}: ${succeeded ? 'done' : 'failed'}, ${elapsed()}   \n`);
  };
}

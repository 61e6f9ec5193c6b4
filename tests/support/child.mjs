/**
 * One child process: its output kept for error messages, its exit awaited, its end guaranteed when the
 * parent ends. Only processes started here are ever signalled, by their own pid.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const outputCharactersMax = 64 * 1024;
const running = new Set();

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
// Without a listener a signal ends the process past 'exit', and would leave the children behind.
process.once('SIGTERM', () => process.exit(143));
process.once('SIGINT', () => process.exit(130));

/** Starts `command`; `tail()` gives the last 64 KiB of its output, `exited` resolves when it is gone. */
export function startChild(command, parameters, options = {}) {
  const child = spawn(command, parameters, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  let output = '';
  const lineListeners = new Set();
  const watch = (stream) => {
    let partial = '';
    stream.setEncoding('utf8');
    stream.on('data', (text) => {
      output = (output + text).slice(-outputCharactersMax);
      const lines = (partial + text).split('\n');
      partial = lines.pop();
      for (const line of lines) for (const listener of lineListeners) listener(line);
    });
  };
  watch(child.stdout);
  watch(child.stderr);
  running.add(child);
  const exited = new Promise((resolve) => {
    const finish = (code, signal) => {
      running.delete(child);
      resolve({ code, signal });
    };
    child.once('error', (error) => {
      output += String(error);
      finish(null, null);
    });
    child.once('exit', finish);
  });
  // What a process wrote before its end may be read after it: its lines are over when its output is.
  const closed = new Promise((resolve) => {
    child.once('error', () => resolve());
    child.once('close', () => resolve());
  });

  /** Resolves with the first output line for which `matches` gives something other than undefined. */
  function line(matches, timeoutMs) {
    return new Promise((resolve, reject) => {
      const settle = (act) => {
        clearTimeout(timer);
        lineListeners.delete(listener);
        act();
      };
      const listener = (text) => {
        const found = matches(text);
        if (found !== undefined) settle(() => resolve(found));
      };
      const fail = (what) => settle(() => reject(new Error(`${command} ${what}; its output:\n${output}`)));
      const timer = setTimeout(() => fail(`was not ready within ${timeoutMs} ms`), timeoutMs);
      lineListeners.add(listener);
      void Promise.all([exited, closed]).then(([{ code, signal }]) => fail(`exited with ${signal ?? code}`));
    });
  }

  /**
   * Resolves with what each pattern captures first. All are looked for from now on: several may come in one piece of
   * output, and whoever waits for the second only after the first has missed it.
   */
  function captured(patterns, timeoutMs) {
    return Promise.all(patterns.map((pattern) => line((text) => pattern.exec(text)?.[1], timeoutMs)));
  }

  async function end(signal, timeoutMs) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return exited;
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    const result = await exited;
    clearTimeout(timer);
    return result;
  }

  return { pid: child.pid, exited, line, captured, tail: () => output, end };
}

/** Runs a program to its end; gives its exit code and both outputs. */
export async function runProgram(command, parameters, { timeoutMs = 30_000, input, ...options } = {}) {
  const child = spawn(command, parameters, { stdio: ['pipe', 'pipe', 'pipe'], ...options });
  running.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  try {
    const [code, signal] = await once(child, 'close');
    return { code, signal, stdout, stderr };
  } finally {
    clearTimeout(timer);
    running.delete(child);
  }
}

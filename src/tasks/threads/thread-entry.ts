/**
 * The program of a thread that works on tasks: loads handlers by their files and runs one task at a time. Invariant:
 * each run is answered once, unless the thread ends, which its worker sees by itself.
 */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { assert, messageOf } from '../../kernel/index.js';
import { jsonOf } from '../payload.js';
import { loadHandler, type ThreadHandler } from './thread-handler.js';
import type { FromThread, ThreadStart, ToThread } from './thread-protocol.js';
import { ThreadRun } from './thread-run.js';
import { withinTrace } from './thread-trace.js';
import { reportOf } from './thrown-report.js';

assert(parentPort !== null, 'this is the program of a worker thread');
const port = parentPort;
const stopFlag = new Int32Array((workerData as ThreadStart).stopFlag);
const handlers = new Map<string, Promise<ThreadHandler>>();
let current: ThreadRun | undefined;

port.on('message', take);

function take(message: ToThread): void {
  switch (message.kind) {
    case 'load':
      void load(message.file);
      break;
    case 'run':
      void run(message);
      break;
    case 'abort':
      if (message.run === current?.number) current.abort(message.reason);
      break;
    case 'progressed':
      if (message.run === current?.number) current.progressed(message.ask, message.refusal);
      break;
  }
}

/** Takes in what was said while a handler computes; almost always nothing. */
function poll(): void {
  if (Atomics.load(stopFlag, 0) === 0) return;
  for (let told = receiveMessageOnPort(port); told !== undefined; told = receiveMessageOnPort(port))
    take(told.message as ToThread);
}

function handlerOf(file: string): Promise<ThreadHandler> {
  let handler = handlers.get(file);
  if (handler === undefined) {
    handler = loadHandler(file);
    handlers.set(file, handler);
  }
  return handler;
}

async function load(file: string): Promise<void> {
  try {
    await handlerOf(file);
    say({ kind: 'loaded', refusal: undefined });
  } catch (error) {
    say({ kind: 'loaded', refusal: messageOf(error) });
  }
}

async function run({ run: number, file, payload, facts }: ToThread & { kind: 'run' }): Promise<void> {
  const context = new ThreadRun(number, facts, say, poll);
  current = context;
  try {
    const handler = await handlerOf(file);
    const output: unknown = await withinTrace(facts.carrier, () => handler(payload, context));
    const text = output === undefined ? undefined : jsonOf(output, `the result of task '${facts.task}'`);
    say({ kind: 'completed', run: number, output: text });
  } catch (error) {
    say({ kind: 'failed', run: number, thrown: reportOf(error) });
  } finally {
    current = undefined;
  }
}

function say(message: FromThread): void {
  port.postMessage(message);
}

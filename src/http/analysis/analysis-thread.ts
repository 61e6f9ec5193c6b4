/** The program of the thread that analyses. Invariant: each request is answered once, in the order they came. */
import { parentPort } from 'node:worker_threads';
import { assert, messageOf, SluiceError, type ErrorCode } from '../../kernel/index.js';
import { analyzed, type AnalysisRequest } from './analysis-request.js';

/** What the thread answers. */
export type AnalysisReply =
  | { readonly kind: 'analyzed'; readonly answer: object }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly message: string };

assert(parentPort !== null, 'this is the program of a worker thread');
const port = parentPort;

port.on('message', (request: AnalysisRequest) => {
  port.postMessage(replyTo(request));
});

function replyTo(request: AnalysisRequest): AnalysisReply {
  try {
    return { kind: 'analyzed', answer: analyzed(request) };
  } catch (error) {
    const code = error instanceof SluiceError ? error.code : 'internal';
    return { kind: 'refused', code, message: messageOf(error) };
  }
}

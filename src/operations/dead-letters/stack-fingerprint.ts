/**
 * The fingerprint of a failure: the same for failures of one kind, whatever their values, line numbers, machine and
 * release. Pure. Invariant: the same failure has the same fingerprint in every release of Sluice that says the same
 * `version`.
 */
import { createHash } from 'node:crypto';
import { plainWords, shortPath } from './plain-words.js';
import { framesOf, type StackFrame } from './stack-frames.js';

/** Own frames that tell one failure from another; deeper ones tell how it came to be called. */
const framesMax = 5;
const version = 1;

/** What is known of why a message died. */
export interface Cause {
  /** `rejected`, `expired`, `maxlen`, `delivery_limit`, or `failed` where a program said what went wrong. */
  readonly reason: string;
  /** The queue that it died in; undefined: unknown. */
  readonly source: string | undefined;
  /** The type of the exception. */
  readonly exception: string | undefined;
  readonly message: string | undefined;
  readonly stack: string | undefined;
}

export interface Fingerprint {
  /** 16 hexadecimal digits. */
  readonly fingerprint: string;
  /** The message without what changes; empty: there is none. */
  readonly words: string;
  /** The frames that count, innermost first. */
  readonly frames: readonly string[];
}

/** The fingerprint of a cause. Where there are frames they tell it, and the words are shown alone. */
export function fingerprintOf(cause: Cause): Fingerprint {
  const { reason, source = '', exception = '', message = '', stack = '' } = cause;
  const frames = countedFrames(framesOf(stack)).map(frameText);
  const words = plainWords(message);
  const parts = [String(version), reason, source, exception, ...(frames.length > 0 ? frames : [words])];
  const fingerprint = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
  return { fingerprint, words, frames };
}

/** The program's own; without any, those of the libraries that it came through. */
function countedFrames(frames: readonly StackFrame[]): readonly StackFrame[] {
  const own = frames.filter(({ isOwn }) => isOwn);
  return (own.length > 0 ? own : frames).slice(0, framesMax);
}

function frameText({ call, file }: StackFrame): string {
  const where = file === undefined ? '' : shortPath(file);
  return [call, where].filter((part) => part !== undefined && part !== '').join(' @ ');
}

/** What DingTalk, Feishu and WeCom answer: 200 always, with a code in JSON. Pure. */
import type { Clock } from '../../../kernel/index.js';
import type { PostAnswer } from '../post.js';
import { failureOf, jsonOf, shown, type SendOutcome } from './receiver.js';

/** The names of the fields, and the codes after which trying again helps, with how long they last. */
export interface ChatCodes {
  readonly code: string;
  readonly text: string;
  readonly passing: ReadonlyMap<number, number>;
}

/** The outcome of an answer. A code that is unknown is final: these services have no other sign of it. */
export function chatOutcome(answer: PostAnswer, codes: ChatCodes, clock: Clock): SendOutcome {
  const failure = failureOf(answer, clock);
  if (failure !== undefined) return failure;
  const json = jsonOf(answer.body);
  const code = json?.[codes.code];
  if (typeof code !== 'number') return { kind: 'failed', reason: `it answered ${shown(answer.body)}` };
  if (code === 0) return { kind: 'delivered' };
  const text = json?.[codes.text];
  const reason = `it answered ${code}: ${shown(typeof text === 'string' ? text : '')}`;
  const afterMs = codes.passing.get(code);
  return afterMs === undefined ? { kind: 'refused', reason } : { kind: 'failed', reason, afterMs };
}

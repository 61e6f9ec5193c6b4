/** What a Zabbix server answers to values. Invariant: only an answer that says so counts a value as taken. */
import { SluiceError } from '../../../kernel/index.js';

/** The counts of a server that took a request. Its items, not its history: a value may still fail preprocessing. */
export interface SenderAnswer {
  readonly processed: number;
  /** No item of that key and host, or none that takes values from here. */
  readonly failed: number;
}

const answerTextMax = 200;

/** Throws `protocol` for what is no answer, `refused` for an answer that the whole request was refused. */
export function parseAnswer(body: Uint8Array): SenderAnswer {
  const { response, info } = answerFields(body);
  if (response !== 'success') throw refused(info);
  const counts = /processed:\s*(\d{1,9});\s*failed:\s*(\d{1,9});\s*total:\s*(\d{1,9})/i.exec(info);
  if (counts === null) throw unreadable(`its info is ${shown(info)}`);
  const [processed, failed, total] = [Number(counts[1]), Number(counts[2]), Number(counts[3])];
  if (processed + failed !== total) throw unreadable(`its counts do not add up: ${shown(info)}`);
  return { processed, failed };
}

function answerFields(body: Uint8Array): { readonly response: string; readonly info: string } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (cause) {
    throw unreadable('it is not JSON', cause);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw unreadable('it is no object');
  const { response, info = '' } = parsed as { readonly response?: unknown; readonly info?: unknown };
  if (typeof response !== 'string' || typeof info !== 'string') throw unreadable('it has no response');
  return { response, info };
}

function refused(info: string): SluiceError {
  return new SluiceError('refused', `the Zabbix server refused the values: ${shown(info)}`, {
    retryable: true,
  });
}

function unreadable(why: string, cause?: unknown): SluiceError {
  return new SluiceError('protocol', `the answer of the Zabbix server makes no sense: ${why}`, { cause });
}

/** As a part of one line of a log. */
function shown(text: string): string {
  return JSON.stringify(text.slice(0, answerTextMax));
}

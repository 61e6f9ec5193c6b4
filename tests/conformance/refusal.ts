/** What a refusal must look like: its code, the code's name at the start of its text, the method it answers. */
import { expect } from 'vitest';
import { methodNamed } from './wire/specification.js';

const names: Readonly<Record<number, string>> = {
  311: 'CONTENT_TOO_LARGE',
  312: 'NO_ROUTE',
  320: 'CONNECTION_FORCED',
  402: 'INVALID_PATH',
  403: 'ACCESS_REFUSED',
  404: 'NOT_FOUND',
  405: 'RESOURCE_LOCKED',
  406: 'PRECONDITION_FAILED',
  501: 'FRAME_ERROR',
  502: 'SYNTAX_ERROR',
  503: 'COMMAND_INVALID',
  504: 'CHANNEL_ERROR',
  505: 'UNEXPECTED_FRAME',
  530: 'NOT_ALLOWED',
  540: 'NOT_IMPLEMENTED',
  541: 'INTERNAL_ERROR',
};

/** Matches a close with `code` that answers `method` (0.0 when left out), its text containing `about`. */
export function refusal(code: number, method?: string, about = ''): unknown {
  const { classId, methodId } = method === undefined ? { classId: 0, methodId: 0 } : methodNamed(method);
  const text = new RegExp(`^${names[code]!}.*${about.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`, 's');
  return { code, text: expect.stringMatching(text) as string, classId, methodId };
}

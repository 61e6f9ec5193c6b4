/** Answers of a Zabbix server: the real ones are understood, and no others count a value as taken. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SluiceError } from '../../../kernel/index.js';
import { parseAnswer } from './answer.js';

function parse(answer: unknown): unknown {
  return parseAnswer(Buffer.from(JSON.stringify(answer)));
}

describe('an answer', () => {
  it('tells how many values were taken', () => {
    const info = 'processed: 3; failed: 161; total: 164; seconds spent: 0.003204';
    expect(parse({ response: 'success', info })).toEqual({ processed: 3, failed: 161 });
  });

  it('that the request was refused is retryable, and keeps to one line', () => {
    const refusal = { response: 'failed', info: 'not\nallowed' };
    expect(() => parse(refusal)).toThrow(
      expect.objectContaining({
        code: 'refused',
        retryable: true,
        message: expect.not.stringMatching('\n') as string,
      }),
    );
  });

  it.each([
    ['nothing', ''],
    ['no JSON', 'OK'],
    ['a list', '[]'],
    ['null', 'null'],
    ['no info', '{"response":"success"}'],
    ['counts that do not add up', '{"response":"success","info":"processed: 1; failed: 1; total: 1"}'],
    [
      'a count beyond all bounds',
      '{"response":"success","info":"processed: 99999999999; failed: 0; total: 1"}',
    ],
    ['a response that is no text', '{"response":{},"info":"processed: 1; failed: 0; total: 1"}'],
  ])('is refused where it is %s', (_, text) => {
    expect(() => parseAnswer(Buffer.from(text))).toThrow(expect.objectContaining({ code: 'protocol' }));
  });

  it('gives counts that add up, or an error of ours, whatever comes', () => {
    const info = fc.oneof(fc.string(), fc.tuple(fc.nat(), fc.nat(), fc.nat()).map(infoOf));
    const text = fc.oneof(
      fc.uint8Array(),
      fc.json().map((json) => Buffer.from(json)),
      fc
        .record({ response: fc.constant('success'), info })
        .map((answer) => Buffer.from(JSON.stringify(answer))),
    );
    fc.assert(
      fc.property(text, (body) => {
        try {
          const { processed, failed } = parseAnswer(body);
          expect(processed).toBeGreaterThanOrEqual(0);
          expect(failed).toBeGreaterThanOrEqual(0);
        } catch (error) {
          expect(error).toBeInstanceOf(SluiceError);
        }
      }),
    );
  });
});

function infoOf([processed, failed, total]: readonly [number, number, number]): string {
  return `processed: ${processed}; failed: ${failed}; total: ${total}; seconds spent: 0.1`;
}

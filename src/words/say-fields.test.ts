import { describe, expect, it } from 'vitest';
import { PhraseBook } from './phrase-book.js';
import { sayFields } from './say-fields.js';

const book = new PhraseBook([{ 'it is over': '已结束' }]);
const text = 'it is over';

describe('fields of an answer', () => {
  it('are said where they are named, and nowhere else', () => {
    const answer = { title: text, name: text, check: { text, code: text }, unknown: [text, 'x'] };
    expect(
      sayFields(answer, ['title', 'check.text', 'unknown[]', 'absent', 'name.no', 'title[]'], book),
    ).toEqual({
      title: '已结束',
      name: text,
      check: { text: '已结束', code: text },
      unknown: ['已结束', 'x'],
    });
    expect(answer.title).toBe(text);
  });

  it('are said in each item of a list, but for what a person wrote', () => {
    const timeline = [
      { kind: 'resolved', text },
      { kind: 'comment', text },
    ];
    expect(sayFields({ timeline }, ['timeline[].text'], book)).toEqual({
      timeline: [
        { kind: 'resolved', text: '已结束' },
        { kind: 'comment', text },
      ],
    });
  });

  it('are left alone where they are no texts', () => {
    for (const answer of [null, undefined, 7, 'x', { title: 7 }, { title: null }, { title: [text] }])
      expect(sayFields(answer, ['title'], book)).toEqual(answer);
  });
});

import { describe, expect, it } from 'vitest';
import { PhraseBook } from './phrase-book.js';

const book = new PhraseBook([
  {
    'Syncs end.': '同步能够完成。',
    '{queue} is paused, and {ready:figure} messages wait.': '{queue} 已暂停，{ready} 条消息在等待。',
    '{queue} is paused': '{queue} 已暂停',
    '{metric:metric} more than {level:figure}': '{metric} 高于 {level}',
    '{summary:sentence} ({condition:phrase})': '{summary}（{condition}）',
    'Failed: {why:phrase}': '失败：{why}',
    'it is over': '已结束',
    'Nothing has arrived at {queue} for {silence:figure}': '{queue} 已有 {silence}没有消息到达',
  },
]);

describe('a phrase book', () => {
  it('says a sentence that has no gaps', () => {
    expect(book.say('Syncs end.')).toBe('同步能够完成。');
  });

  it('puts what stood in the gaps of a sentence into the gaps of the other', () => {
    expect(book.say('orders is paused, and 1,203 messages wait.')).toBe(
      'orders 已暂停，1,203 条消息在等待。',
    );
  });

  it('takes the sentence that says more where two fit', () => {
    expect(book.say('a is paused')).toBe('a 已暂停');
  });

  it('says figures with their units, and leaves a text whose figure is none', () => {
    const said = (time: string): string => book.say(`Nothing has arrived at a for ${time}`);
    expect(said('3 min 20 s')).toBe('a 已有 3 分 20 秒没有消息到达');
    expect(said('5 min')).toBe('a 已有 5 分钟没有消息到达');
    expect(said('2 hours')).toBe('a 已有 2 小时没有消息到达');
    expect(said('5m')).toBe('a 已有 5 分钟没有消息到达');
    expect(said('unknown')).toBe('a 已有 未知没有消息到达');
    expect(said('all we know')).toBe('Nothing has arrived at a for all we know');
  });

  it('says sentences within sentences, and lists of them', () => {
    expect(book.say('a is paused (rate(x, 5m) more than 5 %)')).toBe('a 已暂停（rate(x, 5m) 高于 5 %）');
    expect(book.say('Failed: no such file')).toBe('失败：no such file');
    expect(book.say('it is over; Syncs end.')).toBe('已结束；同步能够完成。');
  });

  it('leaves in English what it does not know, whatever parts of it are', () => {
    for (const text of [
      '',
      'something else',
      'something (it is over)',
      'it is over; something',
      ' is paused',
    ])
      expect(book.say(text)).toBe(text);
  });

  it('takes no name for a sentence, and nothing in a name for a gap', () => {
    for (const name of ['it is over', '{queue}', '$1 $& $`', '__proto__', '已暂停'])
      expect(book.say(`${name} is paused, and 7 messages wait.`)).toBe(`${name} 已暂停，7 条消息在等待。`);
    expect(book.say('constructor')).toBe('constructor');
    const misleading = 'a is paused, and b is paused, and 7 messages wait.';
    expect(book.say(misleading)).toBe(misleading);
  });

  it('is done with a hostile text at once', () => {
    const text = `${' is paused, and '.repeat(200_000)} messages wait.`;
    expect(book.say(text)).toBe(text);
    const nested = `Failed: ${'Failed: '.repeat(400)}x`;
    expect(book.say(nested)).toMatch(/^失败：/);
  });
});

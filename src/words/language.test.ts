import { describe, expect, it } from 'vitest';
import { languageWanted } from './language.js';

describe('the language that is wanted', () => {
  it.each([
    [undefined, 'en'],
    ['', 'en'],
    ['*', 'en'],
    ['fr', 'en'],
    ['zh', 'zh'],
    ['zh-CN', 'zh'],
    ['zh-Hans-CN,en;q=0.5', 'zh'],
    ['en-GB,zh;q=0.9', 'en'],
    ['en;q=0.2, ZH-tw; q=0.8', 'zh'],
    ['fr, zh;q=0.3, en;q=0.2', 'zh'],
    ['zh;q=0', 'en'],
    ['zh;q=seven', 'en'],
    ['zhuang', 'en'],
    [';;;,,,q=', 'en'],
  ])('of %s is %s', (field, language) => {
    expect(languageWanted(field)).toBe(language);
  });
});

import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { command, shellWord } from './ways.ts';

it('makes one word of any text, as a shell reads it', () => {
  for (const text of ['orders', 'a b', "it's", '$(rm -rf x)', '`x`', '"', '\\', 'a\nb', '*', '-n', ''])
    expect(execFileSync('/bin/sh', ['-c', `printf %s ${shellWord(text)}`]).toString(), text).toBe(text);
  expect(command('queue', 'purge', 'a b', '--vhost', '/')).toBe("sluice queue purge 'a b' --vhost /");
});

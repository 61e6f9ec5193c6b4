/** A missing requirement is told in the title, or fails where everything is required. */
import { afterEach, expect, it, vi } from 'vitest';
import { requires, requiresProgram, requiresPython } from './requirement.js';

afterEach(() => {
  vi.unstubAllEnvs();
});

it('leaves what is present alone', () => {
  vi.stubEnv('SLUICE_REQUIRE_ALL', '1');
  const shell = requiresProgram('dash', 'sh');
  expect(shell.missing).toBe(false);
  expect(shell.label('shell')).toBe('shell');
});

it('names what is missing in the title', () => {
  vi.stubEnv('SLUICE_REQUIRE_ALL', '');
  const program = requiresProgram('sluice-absent', 'sluice-absent');
  expect(program.missing).toBe(true);
  expect(program.label('absent')).toBe('absent [skipped: sluice-absent is not installed]');
  expect(requiresPython('python3-sluice-absent', 'sluice_absent').missing).toBe(true);
});

it('fails for what is missing when everything is required', () => {
  vi.stubEnv('SLUICE_REQUIRE_ALL', '1');
  expect(() => requires('sluice-absent', () => false)).toThrow('sluice-absent is not installed');
});

/** What is wrong with a configuration, each problem with its path, and with the line or flag it came from. */
import { messageOf, SluiceError } from '../kernel/index.js';
import type { z } from 'zod';

/** One thing that is wrong. */
export interface Problem {
  /** Dotted, such as `limits.memory`; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

function listed(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}

function problemsOf(issue: z.core.$ZodIssue, at: readonly string[] = []): Problem[] {
  const path = [...at, ...issue.path.map(String)];
  if (issue.code === 'invalid_union' && issue.errors.length > 0) return problemsOfUnion(issue.errors, path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key].join('.'), message: 'unknown setting' }));
  }
  return [{ path: path.join('.'), message: describe(issue) }];
}

/** Of what may be one thing or another: what is wrong with the one that was meant, where that can be told. */
function problemsOfUnion(
  errors: readonly (readonly z.core.$ZodIssue[])[],
  path: readonly string[],
): Problem[] {
  const [meant] = errors.filter((issues) => !issues.some(isOfAnother));
  if (meant !== undefined) return meant.flatMap((issue) => problemsOf(issue, path));
  const wanted = new Set(errors.flatMap((issues) => issues.filter(isOfAnother).map(wantedBy)));
  return [{ path: path.join('.'), message: `must be ${[...wanted].join(' or ')}` }];
}

/** Whether the whole value is something else. */
function isOfAnother({ code, path }: z.core.$ZodIssue): boolean {
  return path.length === 0 && (code === 'invalid_type' || code === 'invalid_value');
}

function wantedBy(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type')
    return `${/^[aeiou]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected}`;
  return issue.code === 'invalid_value' ? issue.values.map(String).join(' or ') : issue.message;
}

function describe(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') {
    return issue.input === undefined ? 'is missing' : `must be ${wantedBy(issue)}`;
  }
  if (issue.code === 'invalid_value') return `must be one of ${listed(issue.values.map(String))}`;
  if (issue.code === 'too_small') return `must be at least ${String(issue.minimum)}`;
  if (issue.code === 'too_big') return `must be at most ${String(issue.maximum)}`;
  return issue.message;
}

/** Every problem that a schema found. */
export function problemsIn(error: z.ZodError): Problem[] {
  return error.issues.flatMap((issue) => problemsOf(issue));
}

/**
 * What was found wrong with settings only when they were used, such as a secret that is not there, with where they stand.
 * Anything else is given back as it is.
 */
export function placedProblem(
  problem: unknown,
  { where }: { readonly where: (path: string) => string | undefined },
): SluiceError {
  const { code, details } = problem instanceof SluiceError ? problem : { code: undefined, details: {} };
  const problems = (details as { readonly problems?: readonly Problem[] }).problems;
  if (code === 'config-invalid' && problems !== undefined) return configInvalid(problems, where);
  return problem instanceof SluiceError
    ? problem
    : new SluiceError('internal', messageOf(problem), { cause: problem });
}

/** The error for a configuration that was refused. `where` names the source of a path, if it is known. */
export function configInvalid(
  problems: readonly Problem[],
  where: (path: string) => string | undefined,
): SluiceError {
  const lines = problems.map(({ path, message }) => {
    const source = where(path);
    return `${source === undefined ? '' : `${source}: `}${path === '' ? '' : `${path}: `}${message}`;
  });
  return new SluiceError('config-invalid', lines.join('\n'), { details: { problems } });
}

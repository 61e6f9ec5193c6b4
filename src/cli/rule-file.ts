/**
 * Rules in a file or on standard input, in YAML or JSON: one, or a list. Invariant: what is refused is told with the
 * file, the line and the field, all of it at once.
 */
import type { RuleDefinition } from '../alerts/index.js';
import { SluiceError } from '../kernel/index.js';
import { readNamedText } from './named-file.js';
import type { Shell } from './shell.js';

/** A rule as it was written. */
export interface WrittenRule {
  readonly definition: RuleDefinition;
  /** `rule.yaml:3`: where a field of it stands, or the nearest part of it that is there. */
  readonly placeOf: (field: string) => string;
}

const fileBytesMax = 1_048_576;

/** Rejects with `bad-input`, naming the line. */
export async function readRules(shell: Shell, path: string): Promise<readonly WrittenRule[]> {
  const name = path === '-' ? 'standard input' : path;
  const { LineCounter, parseDocument } = await import('yaml');
  const lines = new LineCounter();
  const document = parseDocument(await readNamedText(shell, path, fileBytesMax), {
    lineCounter: lines,
    prettyErrors: false,
  });
  const placeAt = (offset: number): string => `${name}:${lines.linePos(offset).line}`;
  const [error] = document.errors;
  if (error !== undefined)
    throw new SluiceError('bad-input', `${placeAt(error.pos[0])}: ${error.message.split('\n')[0]}`);
  const value: unknown = document.toJS();
  const [rules, isList] = Array.isArray(value) ? [value as unknown[], true] : [[value], false];
  return rules.map((definition, at) => {
    const whole = isList ? [at] : [];
    if (!isDefinition(definition))
      throw new SluiceError('bad-input', `${name} is not a rule, nor a list of rules`);
    return { definition, placeOf: (field) => placeAt(offsetOf(document, [...whole, ...keysOf(field)])) };
  });
}

/** The only rule of a file. Rejects with `bad-input`. */
export async function readRule(shell: Shell, path: string): Promise<WrittenRule> {
  const [rule, ...others] = await readRules(shell, path);
  if (rule !== undefined && others.length === 0) return rule;
  throw new SluiceError(
    'bad-input',
    `${path} must hold one rule, and holds ${others.length + Number(rule !== undefined)}`,
  );
}

/** Checks all of them, with those that the server will be asked to put. Rejects with `bad-input`. */
export async function checkRules(rules: readonly WrittenRule[]): Promise<void> {
  const { parseRule } = await import('../alerts/index.js');
  const problems = rules.flatMap(({ definition, placeOf }) => {
    try {
      parseRule(definition);
      return [];
    } catch (problem) {
      if (!(problem instanceof SluiceError)) throw problem;
      const { problems: told = [problem.message] } = problem.details as {
        readonly problems?: readonly string[];
      };
      return told.map((each) => `${placeOf(fieldOf(each))}: ${each}`);
    }
  });
  if (problems.length > 0) throw new SluiceError('bad-input', problems.join('\n'), { details: { problems } });
}

/** The field that a problem begins with: `while.0.metric: there is no …`. */
function fieldOf(problem: string): string {
  return /^([A-Za-z_][\w.-]*): /.exec(problem)?.[1] ?? '';
}

function keysOf(field: string): readonly (string | number)[] {
  return field === '' ? [] : field.split('.').map((key) => (/^\d+$/.test(key) ? Number(key) : key));
}

type Document = ReturnType<typeof import('yaml').parseDocument>;

function offsetOf(document: Document, path: readonly (string | number)[]): number {
  for (let depth = path.length; depth > 0; depth--) {
    const node: unknown = document.getIn(path.slice(0, depth), true);
    const range = (node as { readonly range?: readonly number[] | null } | undefined)?.range;
    if (range !== undefined && range !== null) return range[0]!;
  }
  return document.contents?.range?.[0] ?? 0;
}

function isDefinition(value: unknown): value is RuleDefinition {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

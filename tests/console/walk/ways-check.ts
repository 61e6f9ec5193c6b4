/** Whether the ways that a page shows are ways: a command that the program takes, a request that the API takes. */
import { execFileSync } from 'node:child_process';
import type { OperationRights } from '../../../src/http/api/need.js';
import { programFor } from '../../../src/cli/program.js';
import { Shell } from '../../../src/cli/shell.js';

const silent = {
  write: () => Promise.resolve(),
  isTerminal: false,
  hasColour: false,
  columns: 80,
};

class WasTaken extends Error {}

/** The words of each `sluice` command in a line, as a shell reads them. */
function wordsIn(line: string): readonly (readonly string[])[] {
  const script = `sluice() { for word in "$@"; do printf '%s\\0' "$word"; done; printf '\\n\\0'; }\n${line}`;
  const out = execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8', input: '' });
  return out
    .split('\n\0')
    .filter((each) => each !== '')
    .map((each) => each.split('\0').slice(0, -1));
}

/** What is wrong with a command; undefined: the program takes it. Nothing is run. */
export async function wrongInCommand(line: string): Promise<string | undefined> {
  const commands = wordsIn(line);
  if (commands.length === 0) return 'no command';
  for (const words of commands) {
    const shell = new Shell(silent, silent, {}, '/');
    const program = await programFor(words, shell);
    program.hook('preAction', () => {
      throw new WasTaken();
    });
    try {
      await program.parseAsync([...words], { from: 'user' });
      return 'it runs nothing';
    } catch (error) {
      if (!(error instanceof WasTaken)) return error instanceof Error ? error.message : String(error);
    }
  }
  return undefined;
}

interface Documented {
  readonly 'x-sluice-needs'?: OperationRights;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: { readonly properties?: object } }>>;
  };
}

export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Documented>>>>;
}

const partOf = (template: string): string =>
  template.startsWith('{') ? '[^/]+' : template.replaceAll('.', '\\.');

/** The operation of a request, and its name in the document; undefined: there is none. */
export function operationOf(
  { paths }: OpenApi,
  method: string,
  path: string,
): { readonly name: string; readonly operation: Documented } | undefined {
  const fitting = Object.keys(paths)
    .filter((each) => new RegExp(`^${each.split('/').map(partOf).join('/')}$`).test(path))
    .filter((each) => paths[each]?.[method.toLowerCase()] !== undefined)
    // `/test` before `/{name}`.
    .sort((a, b) => a.split('{').length - b.split('{').length);
  const [found] = fitting;
  if (found === undefined) return undefined;
  return { name: `${method} ${found}`, operation: paths[found]![method.toLowerCase()]! };
}

/** What is wrong with a request as it is shown: its route, a name in its query, or a field of its body. */
export function wrongInRequest(document: OpenApi, request: string): string | undefined {
  const [, method = '', path = '', search = '', body] =
    /^([A-Z]+) ([^ ?]+)(?:\?([^ ]*))?(?: (.*))?$/s.exec(request) ?? [];
  const found = operationOf(document, method, path);
  if (found === undefined) return 'no such route';
  const query = (found.operation.parameters ?? [])
    .filter((each) => each.in === 'query')
    .map(({ name }) => name);
  const stranger = [...new URLSearchParams(search).keys()].find((name) => !query.includes(name));
  if (stranger !== undefined) return `it takes no ${stranger}`;
  if (body === undefined) return undefined;
  const { properties } = found.operation.requestBody?.content['application/json']?.schema ?? {};
  const field = Object.keys(JSON.parse(body) as object).find((name) => properties && !(name in properties));
  return field === undefined ? undefined : `its body has no ${field}`;
}

/** `sluice record`: the key-value records of the engine in the data directory, or of a server. */
import type { Command } from 'commander';
import { SluiceError } from '../../kernel/index.js';
import { printOutcome, printRows } from '../listing.js';
import { bodyText } from '../message-text.js';
import { duration, wholeNumber } from '../option-values.js';
import { recordColumns, recordJson, type RecordEntry } from '../record-text.js';
import type { Shell } from '../shell.js';
import { readInput } from '../standard-input.js';
import { withEngine, withTasks } from '../task-engine.js';
import { singleLine } from '../text.js';
import { defineWatch } from './record-watch.js';

/** More than any record holds: the engine says what is too long. */
const inputBytesMax = 16 * 1_048_576;

interface ConditionOptions {
  readonly ifVersion?: number;
  readonly ifAbsent?: boolean;
}

interface PutOptions extends ConditionOptions {
  readonly ttl?: number;
}

interface ListOptions {
  readonly count: number;
}

async function get(command: Command, shell: Shell, key: string): Promise<void> {
  const entry = await withTasks(command, shell, ({ engine }) => engine.records.get(key));
  if (entry === undefined) throw new SluiceError('not-found', `there is no record '${key}'`);
  if (shell.isJson(command)) await shell.sayJson(recordJson(entry));
  else if (shell.out.isTerminal) await shell.say(bodyText(entry.value));
  else await shell.out.write(Buffer.concat([entry.value, Buffer.from('\n')]));
}

async function list(command: Command, shell: Shell, prefix: string, { count }: ListOptions): Promise<void> {
  const found = await withTasks(command, shell, ({ engine }) => engine.records.scan(prefix));
  const rows = found.toSorted((a, b) => (a.key < b.key ? -1 : 1)).slice(0, count);
  if (shell.isJson(command)) await shell.sayJson(rows.map(recordJson));
  else await printRows(command, shell, recordColumns, rows, 'There is no record.');
  if (rows.length < found.length)
    await shell.err.write(`sluice: ${found.length - rows.length} more (see: --count)\n`);
}

async function put(
  command: Command,
  shell: Shell,
  key: string,
  text: string,
  options: PutOptions,
): Promise<void> {
  const value = text === '-' ? await readInput(process.stdin, inputBytesMax) : Buffer.from(text);
  const settings = { ...conditionOf(options), ...(options.ttl === undefined ? {} : { ttlMs: options.ttl }) };
  const outcome = await withTasks(command, shell, ({ engine }) => engine.records.put(key, value, settings));
  if (outcome.kind === 'conflict') throw conflict(key, outcome.current);
  const { version } = outcome;
  await printOutcome(command, shell, singleLine(`Wrote ${key}, version ${version}.`), { key, version });
}

async function remove(command: Command, shell: Shell, key: string, options: ConditionOptions): Promise<void> {
  const deleted = await withTasks(command, shell, async ({ engine: { records } }) => {
    const there = await records.get(key);
    if (there === undefined) throw new SluiceError('not-found', `there is no record '${key}'`);
    return records.delete(key, conditionOf(options));
  });
  if (deleted.kind === 'conflict') throw conflict(key, deleted.current);
  await printOutcome(command, shell, singleLine(`Deleted ${key}.`), { key, deleted: true });
}

function conditionOf({ ifVersion, ifAbsent }: ConditionOptions): { readonly expected?: number | 'absent' } {
  if (ifVersion !== undefined && ifAbsent === true)
    throw new SluiceError('bad-input', 'a record has a version or is absent: --if-version or --if-absent');
  if (ifAbsent === true) return { expected: 'absent' };
  return ifVersion === undefined ? {} : { expected: ifVersion };
}

function conflict(key: string, current: RecordEntry | undefined): SluiceError {
  const is = current === undefined ? 'there is none' : `it has version ${current.version}`;
  return new SluiceError('precondition-failed', `the record '${key}' was not changed: ${is}`);
}

/** Defines the commands. */
export function define(record: Command, shell: Shell): void {
  const define = (name: string, description: string): Command =>
    withEngine(record.command(name).description(description));
  const got = define('get', 'print the value of a record').argument('<key>');
  got.action((key: string) => get(got, shell, key));
  const ls = define('ls', 'list records by key')
    .argument('[prefix]', 'only keys that begin with it', '')
    .option('-n, --count <n>', 'how many', wholeNumber(1), 100);
  ls.action((prefix: string, options: ListOptions) => list(ls, shell, prefix, options));
  const written = define('put', 'write a record')
    .argument('<key>')
    .argument('<value>', 'text; - for standard input')
    .option('--ttl <duration>', 'it goes after so long', duration)
    .option('--if-version <n>', 'only if it has this version', wholeNumber(0))
    .option('--if-absent', 'only if there is none');
  written.action((key: string, value: string, options: PutOptions) =>
    put(written, shell, key, value, options),
  );
  const gone = define('delete', 'delete a record')
    .argument('<key>')
    .option('--if-version <n>', 'only if it has this version', wholeNumber(0));
  gone.action((key: string, options: ConditionOptions) => remove(gone, shell, key, options));
  defineWatch(define('watch', 'print the changes of records as they come'), shell);
}

/**
 * Reads `sluice.yaml` into a plain tree that remembers its lines. A file that cannot be read, is empty or is
 * not well-formed is refused whole: a half-written file must never pass for a short one.
 */
import { readFileSync, statSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
import { messageOf, SluiceError, systemCodeOf } from '../kernel/index.js';
import { isTree, type Tree } from './tree.js';

/** A parsed file. */
export interface ConfigFile {
  readonly path: string;
  readonly tree: Tree;
  /** The line on which the nearest known part of `path` stands. */
  lineOf(path: string): number | undefined;
}

const fileBytesMax = 1_048_576;

function refuse(path: string, message: string, cause?: unknown): never {
  throw new SluiceError('config-invalid', `${path}: ${message}`, { cause, details: { file: path } });
}

function readText(path: string): string {
  try {
    if (statSync(path).size > fileBytesMax) refuse(path, `is larger than ${fileBytesMax} bytes`);
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof SluiceError) throw error;
    if (systemCodeOf(error) === 'ENOENT') refuse(path, 'there is no such file', error);
    return refuse(path, `cannot be read: ${messageOf(error)}`, error);
  }
}

/** Throws 'config-invalid', naming the file and the line. A file of comments alone is an empty tree. */
export function readConfigFile(path: string): ConfigFile {
  const text = readText(path);
  if (text.trim() === '') {
    refuse(path, 'is empty; remove it, or write at least a comment, to run with the defaults');
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) {
    refuse(`${path}:${lines.linePos(error.pos[0]).line}`, error.message.split('\n')[0] ?? '', error);
  }
  const value: unknown = document.contents === null ? {} : document.toJS();
  if (!isTree(value)) refuse(path, 'must be a mapping of settings, such as "host: 127.0.0.1"');
  return { path, tree: value, lineOf: (dotted) => lineIn(document, lines, dotted.split('.')) };
}

function lineIn(
  document: ReturnType<typeof parseDocument>,
  lines: LineCounter,
  path: readonly string[],
): number | undefined {
  for (let depth = path.length; depth > 0; depth--) {
    const node: unknown = document.getIn(path.slice(0, depth), true);
    const range = (node as { range?: readonly [number, number, number] | null } | undefined)?.range;
    if (range !== undefined && range !== null) return lines.linePos(range[0]).line;
  }
  return undefined;
}

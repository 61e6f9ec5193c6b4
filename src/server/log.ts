/**
 * The server's log: one line an event on standard error, each with a stable code in `event`. On a terminal lines
 * are for people; elsewhere they are JSON. What comes from outside is escaped, so it cannot forge a line.
 */
import { Writable } from 'node:stream';
import { pino, type Logger as PinoLogger } from 'pino';

/** Writes one line: fields for programs, a message for people. */
export type LogLine = (fields: Readonly<Record<string, unknown>>, message: string) => void;

/** What the server's parts need of a log. */
export interface Log {
  readonly debug: LogLine;
  readonly info: LogLine;
  readonly warn: LogLine;
  readonly error: LogLine;
}

/** A log whose level can be changed while it runs. */
export interface ServerLog extends Log {
  setLevel(level: LogLevel): void;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LogOptions {
  readonly level: LogLevel;
  readonly format: 'text' | 'json';
  /** Where lines go; colours are used only when `colour` is true. */
  readonly stream: Writable;
  readonly colour: boolean;
}

const levelWords: Readonly<Record<number, string>> = { 20: 'debug', 30: 'info', 40: 'warn', 50: 'error' };
const levelColours: Readonly<Record<number, string>> = { 20: '2', 30: '32', 40: '33', 50: '31' };
/** Fields that stand in front of a readable line, or say nothing there. */
const framed = new Set(['level', 'time', 'msg', 'event', 'pid', 'hostname']);

/** Control characters, also those of terminals' 8-bit sets and the ones that reorder text. */

const unsafe = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** A text that cannot move the cursor, colour the screen or begin a line. */
export function printable(text: string): string {
  return text.replace(unsafe, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

function readableValue(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const safe = printable(text);
  return safe.includes(' ') && typeof value === 'string' ? JSON.stringify(safe) : safe;
}

/** One line for people, from pino's JSON. */
export function readableLine(json: string, colour: boolean): string {
  const record = JSON.parse(json) as Record<string, unknown>;
  const level = Number(record['level']);
  const time = new Date(Number(record['time'])).toISOString().slice(11, 23);
  const word = (levelWords[level] ?? 'log').padEnd(5);
  const shownWord = colour ? `\u001b[${levelColours[level] ?? '0'}m${word}\u001b[0m` : word;
  const fields = Object.entries(record)
    .filter(([name, value]) => !framed.has(name) && value !== undefined)
    .map(([name, value]) => `${name}=${readableValue(value)}`)
    .join(' ');
  const tail = fields === '' ? '' : colour ? `  \u001b[2m${fields}\u001b[0m` : `  ${fields}`;
  return `${time} ${shownWord} ${printable(String(record['msg']))}${tail}\n`;
}

function readable(stream: Writable, colour: boolean): { write(line: string): void } {
  return { write: (line) => void stream.write(readableLine(line, colour)) };
}

function lineOf(pinoLog: PinoLogger, level: LogLevel): LogLine {
  return (fields, message) => {
    pinoLog[level](fields, message);
  };
}

/** Makes the log. Writing to `stream` never throws into the caller. */
export function createLog(options: LogOptions): ServerLog {
  const { stream, colour, level, format } = options;
  const destination = format === 'text' ? readable(stream, colour) : stream;
  const pinoLog = pino({ level, base: { pid: process.pid } }, destination);
  return {
    debug: lineOf(pinoLog, 'debug'),
    info: lineOf(pinoLog, 'info'),
    warn: lineOf(pinoLog, 'warn'),
    error: lineOf(pinoLog, 'error'),
    setLevel: (next) => (pinoLog.level = next),
  };
}

import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createLog, printable, readableLine, type LogOptions } from './log.js';

function logInto(lines: string[], options: Partial<LogOptions> = {}) {
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  return createLog({ level: 'info', format: 'json', colour: false, stream, ...options });
}

describe('JSON lines', () => {
  it('carry the event and the fields', () => {
    const lines: string[] = [];
    logInto(lines).info({ event: 'server.ready', port: 5672 }, 'Ready');
    expect(JSON.parse(lines[0]!)).toMatchObject({
      event: 'server.ready',
      port: 5672,
      msg: 'Ready',
      level: 30,
    });
  });

  it('stay one line, whatever a client calls itself', () => {
    const lines: string[] = [];
    logInto(lines).warn({ event: 'x', user: 'a"}\n{"event":"forged"' }, 'refused\nforged');
    expect(lines.join('').trimEnd().split('\n')).toHaveLength(1);
    expect((JSON.parse(lines[0]!) as { event: string }).event).toBe('x');
  });

  it('follow a change of level', () => {
    const lines: string[] = [];
    const log = logInto(lines);
    log.debug({ event: 'a' }, 'quiet');
    log.setLevel('debug');
    log.debug({ event: 'b' }, 'told');
    log.setLevel('error');
    log.warn({ event: 'c' }, 'quiet');
    expect(lines).toHaveLength(1);
  });
});

describe('readable lines', () => {
  it('say when, how serious, what, and with what', () => {
    const lines: string[] = [];
    logInto(lines, { format: 'text' }).warn({ event: 'disk.low', freeBytes: 5, why: 'a b' }, 'Disk is low');
    expect(lines.join('')).toMatch(/^\d\d:\d\d:\d\d\.\d{3} warn {2}Disk is low {2}freeBytes=5 why="a b"\n$/);
  });

  it('cannot be forged, and cannot move the cursor', () => {
    const json = JSON.stringify({
      level: 30,
      time: 0,
      msg: 'hi\u001b[2J',
      user: 'a\n00:00:00.000 info forged',
      bidi: '\u202eabc',
    });
    const line = readableLine(json, false);
    expect(line.trimEnd()).not.toContain('\n');
    expect(line).not.toContain('\u001b');
    expect(line).not.toContain('\u202e');
  });

  it('have colours only when asked', () => {
    const json = JSON.stringify({ level: 50, time: 0, msg: 'hi' });
    expect(readableLine(json, true)).toContain('\u001b[31m');
    expect(readableLine(json, false)).not.toContain('\u001b');
  });
});

describe('printable', () => {
  it('leaves ordinary text alone', () => {
    expect(printable('Grüße, 世界 👋')).toBe('Grüße, 世界 👋');
  });
});

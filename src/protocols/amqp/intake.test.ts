/** Reading with pauses: frames are neither lost, doubled nor reordered, however they arrive and stop. */
import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChunkPool } from './chunk-pool.js';
import { frameTypes, protocolHeader } from './codec/index.js';
import { Intake, pauseReasons, type IntakeHandler } from './intake.js';
import { frameBytes, publishBytes } from './testing/test-client.js';

/** A socket whose data comes when the test says, and never while it is paused. */
class SocketDouble extends EventEmitter {
  isPaused = false;

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }
}

function started(onFrame: (intake: Intake, seen: string) => void = () => undefined) {
  const socket = new SocketDouble();
  const seen: string[] = [];
  const errors: unknown[] = [];
  const handler: IntakeHandler = {
    protocolHeader: () => undefined,
    received: () => undefined,
    frame(type, channel, buffer, start, end) {
      took(`${type} ${channel} ${buffer.toString('latin1', start, end)}`);
    },
    publish(channel, message) {
      const { buffer, routingKeyStart, routingKeyEnd, bodyBuffer, bodyStart, bodyEnd } = message;
      const key = buffer.toString('latin1', routingKeyStart, routingKeyEnd);
      took(`publish ${channel} ${key} ${bodyBuffer.toString('latin1', bodyStart, bodyEnd)}`);
    },
    unreadable: (thrown) => errors.push(thrown),
  };
  const intake = new Intake(socket as unknown as Socket, handler, new ChunkPool());
  const took = (what: string): void => {
    seen.push(what);
    onFrame(intake, what);
  };
  socket.emit('data', protocolHeader);
  return { socket, seen, errors, intake };
}

const heartbeat = (name: string): Buffer => frameBytes(frameTypes.body, 1, Buffer.from(name));
const message = (key: string): Buffer =>
  publishBytes({ exchange: '', routingKey: key, body: Buffer.from(`body of ${key}`) });

describe('suspension', () => {
  it('defers the rest of a chunk, messages included, and reads no further', () => {
    const resumes: (() => void)[] = [];
    const { socket, seen, intake } = started((at, what) => {
      if (what.endsWith('stop')) resumes.push(at.suspend());
    });
    socket.emit('data', Buffer.concat([heartbeat('stop'), message('a'), heartbeat('b'), message('c')]));
    expect(seen).toEqual(['3 1 stop']);
    expect(socket.isPaused).toBe(true);
    expect(intake.isPaused).toBe(true);
    resumes[0]!();
    expect(seen).toEqual(['3 1 stop', 'publish 1 a body of a', '3 1 b', 'publish 1 c body of c']);
    expect(socket.isPaused).toBe(false);
  });

  it('that ends before its frame does defers nothing', () => {
    const { socket, seen } = started((at, what) => {
      if (what.endsWith('at once')) at.suspend()();
    });
    socket.emit('data', Buffer.concat([heartbeat('at once'), heartbeat('b')]));
    expect(seen).toEqual(['3 1 at once', '3 1 b']);
    expect(socket.isPaused).toBe(false);
  });

  it('may be ended twice, and counts', () => {
    const { socket, intake, seen } = started();
    const first = intake.suspend();
    const second = intake.suspend();
    socket.emit('data', heartbeat('a'));
    first();
    first();
    expect(seen).toEqual([]);
    second();
    expect(seen).toEqual(['3 1 a']);
  });

  it('during a replay, also one that ends at once, keeps the order of any frames', () => {
    const kind = fc.constantFrom('plain', 'at once', 'later');
    fc.assert(
      fc.property(
        fc.array(kind, { maxLength: 30 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 8 })),
        (kinds, cuts) => {
          const waiting: (() => void)[] = [];
          const { socket, seen } = started((at, what) => {
            if (what.includes('at once')) at.suspend()();
            else if (what.includes('later')) waiting.push(at.suspend());
          });
          const names = kinds.map((name, index) => `${index} ${name}`);
          const units = names.map((name, index) => (index % 2 === 0 ? heartbeat(name) : message(name)));
          while (units.length > 0) {
            while (socket.isPaused) waiting.shift()!();
            socket.emit('data', Buffer.concat(units.splice(0, cuts.next().value as number)));
          }
          while (waiting.length > 0) waiting.shift()!();
          expect(
            seen.map((what) => what.replace(/^(3 1|publish 1) /, '').replace(/ body of .*/, '')),
          ).toEqual(names);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('pauses', () => {
  it('last until every reason is gone', () => {
    const { socket, intake } = started();
    const resume = intake.suspend();
    intake.pause(pauseReasons.publisherHeld);
    socket.emit('data', heartbeat('a'));
    resume();
    expect(socket.isPaused).toBe(true);
    intake.resume(pauseReasons.publisherHeld);
    expect(socket.isPaused).toBe(false);
    intake.resume(pauseReasons.publisherHeld);
  });
});

describe('the end', () => {
  it('of a stream that cannot be read is told once, and what follows is ignored', () => {
    const { socket, seen, errors, intake } = started();
    socket.emit('data', frameBytes(7, 1, Buffer.from('x')));
    expect(errors).toHaveLength(1);
    intake.stop();
    socket.emit('data', heartbeat('a'));
    expect(seen).toEqual([]);
    expect(errors).toHaveLength(1);
  });

  it('goes on reading, so that the peer can finish', () => {
    const { socket, intake, seen } = started();
    const resume = intake.suspend();
    socket.emit('data', heartbeat('a'));
    intake.stop();
    expect(socket.isPaused).toBe(false);
    resume();
    expect(seen).toEqual([]);
  });
});

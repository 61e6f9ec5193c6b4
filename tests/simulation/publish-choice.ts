/** What clients put into the messages that they publish: headers for the kind of queue, and large bodies in pieces. */
import type { ChunkReference } from '../../src/broker/index.js';
import type { Random } from '../../src/kernel/index.js';
import { keysMax, recordKey } from './record-dice.js';
import type { World } from './world.js';
import type { PlannedRoute } from './queue-plan.js';

/** Who shares a queue: two with weights of their own, two without. */
const tenants = ['gold', 'bronze', 'plain', 'other'] as const;

/** Headers of a message for a route. */
export function headersFor(world: World, kind: PlannedRoute['headers']): Record<string, unknown> {
  const { random, clock, ledger } = world;
  switch (kind) {
    case 'none':
      return random.next() < 0.1 ? { note: 'x'.repeat(random.integer(40)) } : {};
    case 'key':
      return { 'x-key': `${ledger.life}-${random.integer(8)}` };
    case 'tenant':
      return random.next() < 0.9 ? { 'x-tenant': tenants[random.integer(tenants.length)] } : {};
    case 'delay':
      return { 'x-delay': 1 + random.integer(600) };
    case 'after':
      return random.next() < 0.8 ? { 'x-after': awaitedKeys(random) } : {};
    case 'deadline':
      return random.next() < 0.9 ? { 'x-deadline': clock.now() + random.integer(5_000) } : {};
  }
}

function awaitedKeys(random: Random): string[] {
  return Array.from({ length: random.integer(4) }, () => recordKey(random.integer(keysMax)));
}

/** Journals a large body in pieces, as it would arrive. */
export function appendChunks({ random, broker }: World, body: Buffer): ChunkReference[] {
  const chunks: ChunkReference[] = [];
  const pieceBytes = 20_000 + random.integer(40_000);
  for (let at = 0; at < body.length; at += pieceBytes)
    chunks.push(broker.appendChunk(body, at, Math.min(body.length, at + pieceBytes)));
  return chunks;
}

/**
 * Routes a second through each exchange type's bindings, in process. Needs a build (`npm run build`).
 * Flags: `--bindings N` (100000), `--seconds S` for each measurement (2).
 */
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createIndex } from '../../dist/broker/routing/index.js';
import { seededRandom } from '../../dist/kernel/index.js';

const { values: flags } = parseArgs({
  options: { bindings: { type: 'string', default: '100000' }, seconds: { type: 'string', default: '2' } },
});
const bindings = Number(flags.bindings);
const measureMs = Number(flags.seconds) * 1_000;
const warmupMs = measureMs / 2;
const keysMeasured = 50_000;

const regions = Array.from({ length: 20 }, (_, at) => `region${at}`);
const services = Array.from({ length: 100 }, (_, at) => `service-${at}`);
const levels = ['debug', 'info', 'warning', 'error'];

/** Keys of four words: region.service.level.id. */
function topicKey(random) {
  const one = (words) => words[random.integer(words.length)];
  return `${one(regions)}.${one(services)}.${one(levels)}.${random.integer(100_000)}`;
}

/** Of eight patterns four are exact, two have one `*`, two have a `#`: behind, and in front. */
function topicPattern(random) {
  const words = topicKey(random).split('.');
  const shape = random.integer(8);
  if (shape === 4) words[random.integer(3)] = '*';
  else if (shape === 5) words.splice(2, 2, '*', '*');
  else if (shape === 6) words.splice(3, 1, '#');
  else if (shape === 7) words.splice(0, 3, '#');
  return words.join('.');
}

/** Bytes on the heap once nothing unused is left on it. */
function heapBytes() {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}

const random = seededRandom(1);
const headers = { get: () => undefined, property: () => undefined };
const queue = (at) => ({ kind: 'queue', name: `queue-${at}` });
const topicKeys = Array.from({ length: keysMeasured }, () => topicKey(random));

const scenarios = [
  {
    type: 'direct',
    keyOf: (at) => `key-${at}`,
    keys: Array.from({ length: keysMeasured }, () => `key-${random.integer(bindings)}`),
  },
  { type: 'topic', keyOf: () => topicPattern(random), keys: topicKeys },
  { type: 'x-consistent-hash', bindings: 16, keyOf: () => '1', keys: topicKeys },
];

function run({ type, bindings: count = bindings, keyOf, keys }) {
  const added = Array.from({ length: count }, (_, at) => [keyOf(at), queue(at)]);
  const bytesBefore = heapBytes();
  const index = createIndex(type);
  for (const [key, destination] of added) index.add(key, destination);
  const bytes = heapBytes() - bytesBefore;
  const encoded = keys.map((key) => Buffer.from(key));
  let found = 0;
  const collector = { add: () => void found++ };
  const routeFor = (durationMs) => {
    const start = performance.now();
    let routes = 0;
    found = 0;
    while (performance.now() - start < durationMs) {
      // Decoded each time, as from a socket: no hash of an earlier look-up is remembered.
      for (let burst = 0; burst < 256; burst++)
        index.route(encoded[routes++ % encoded.length].latin1Slice(), headers, collector);
    }
    return { routes, ms: performance.now() - start };
  };
  routeFor(warmupMs);
  const { routes, ms } = routeFor(measureMs);
  return {
    exchange: type,
    bindings: count,
    'routes/s': Math.round((routes / ms) * 1_000),
    'matches/route': Number((found / routes).toFixed(2)),
    'bytes/binding': Math.round(bytes / count),
  };
}

console.log(
  `Node ${process.version}, ${keysMeasured} different keys, ${warmupMs / 1_000} s warm-up, ${measureMs / 1_000} s measured`,
);
console.table(scenarios.map(run));

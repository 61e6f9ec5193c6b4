/** Ends its thread in each way that there is, the first time; the second time it is well. */
export default function crash(how, { attempt }) {
  if (attempt > 1) return 'well';
  if (how === 'exit') process.exit(3);
  if (how === 'throw')
    setImmediate(() => {
      throw new RangeError('out of reach');
    });
  if (how === 'memory') for (const kept = []; ;) kept.push(new Array(100_000).fill(Math.random()));
  return new Promise(() => setInterval(() => undefined, 1_000));
}

/** Counts primes, in a thread: it computes without a pause, and still hears its signal. */
export default function countPrimes(limit, { signal, progress }) {
  let primes = 0;
  for (let candidate = 2; candidate <= limit; candidate++) {
    if (candidate % 100_000 === 0) {
      signal.throwIfAborted(); // cancelled, or out of time
      void progress({ at: candidate });
    }
    if (isPrime(candidate)) primes++;
  }
  return { primes };
}

function isPrime(number) {
  for (let divisor = 2; divisor * divisor <= number; divisor++) if (number % divisor === 0) return false;
  return true;
}

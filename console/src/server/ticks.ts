/**
 * The beat that live pages move to. Invariant: whatever goes on by the same period goes on in the same turn, so that its
 * requests become one; a page that nobody sees rests, and goes on as soon as it is seen.
 */
interface Beat {
  readonly listeners: Set<() => void>;
  readonly timer: ReturnType<typeof setInterval>;
}

const beats = new Map<number, Beat>();

function tell(periodMs: number): void {
  if (document.hidden) return;
  for (const listener of beats.get(periodMs)?.listeners ?? []) listener();
}

function seen(): void {
  for (const periodMs of beats.keys()) tell(periodMs);
}

function begin(periodMs: number): Beat {
  if (beats.size === 0) document.addEventListener('visibilitychange', seen);
  const timer = setInterval(() => {
    tell(periodMs);
  }, periodMs);
  const beat = { listeners: new Set<() => void>(), timer };
  beats.set(periodMs, beat);
  return beat;
}

/** Calls the listener once in every period; gives the function that ends it. */
export function onTick(periodMs: number, listener: () => void): () => void {
  const { listeners, timer } = beats.get(periodMs) ?? begin(periodMs);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0 || beats.get(periodMs)?.timer !== timer) return;
    clearInterval(timer);
    beats.delete(periodMs);
    if (beats.size === 0) document.removeEventListener('visibilitychange', seen);
  };
}

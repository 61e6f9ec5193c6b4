/**
 * Computes without end. `hears` makes it look at its signal, which stops it; `yields` gives it back the event loop now
 * and then.
 */
export default async function spin(
  { hears = false, yields = false, deaf = false },
  { signal, progress, attempt },
) {
  await progress({ attempt });
  let isAborted = false;
  signal.addEventListener('abort', () => (isAborted = true));
  for (;;) {
    if (hears) signal.throwIfAborted();
    if (yields) await new Promise((resolve) => setImmediate(resolve));
    if (yields && !deaf && isAborted) throw signal.reason;
  }
}

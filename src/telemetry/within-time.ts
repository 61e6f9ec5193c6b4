/** Ends that others hold up. */

/** Resolves when `closing` is settled, however, and after `ms` at the latest. */
export async function withinTime(ms: number, closing: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    await Promise.race([closing.catch(() => undefined), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Lets a handler in a thread go on with its attempt's trace, where the thread has a tracer of its own. */

/** Runs `work` in the context that `carrier` tells; as it is where nobody traces. */
export async function withinTrace<Result>(
  carrier: Readonly<Record<string, string>> | undefined,
  work: () => Result,
): Promise<Awaited<Result>> {
  if (carrier === undefined) return await work();
  const { context, propagation, ROOT_CONTEXT } = await import('@opentelemetry/api');
  return await context.with(propagation.extract(ROOT_CONTEXT, carrier), work);
}

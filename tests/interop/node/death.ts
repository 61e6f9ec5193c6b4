/** The first x-death entry of a message's headers, with the same parts for every client. */
export function deathOf(headers: unknown): unknown {
  const deaths = (headers as Record<string, unknown>)['x-death'] as readonly Record<string, unknown>[];
  const first = deaths[0]!;
  const { reason, queue, count } = first;
  return { reason, queue, count: Number(count), routingKeys: first['routing-keys'] };
}

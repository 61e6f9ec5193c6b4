/** Uses all of its context. */
export default async function context(
  payload,
  { taskId, task, attempt, enqueuedAt, deadline, key, signal, progress, send },
) {
  await progress({ page: 1 });
  send('labels', { order: payload.order });
  send('labels', Buffer.from('bytes'));
  const refused = await progress(1n).catch((error) => error.code);
  return { taskId, task, attempt, enqueuedAt, deadline, key, isAborted: signal.aborted, refused };
}

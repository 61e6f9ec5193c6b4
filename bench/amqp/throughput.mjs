/** One measured run of a client program against one server, with the server's processor time for it. */
import { processorMicroseconds } from '../support/process-usage.mjs';
import { runWorker } from '../support/run-worker.mjs';

const clientUrl = new URL('./throughput-client.mjs', import.meta.url);

/** Runs `client` against `server`; processor time is read when the client says `started` and `ended`. */
export async function measureThroughput(server, settings, client = clientUrl) {
  let before;
  let after;
  const result = await runWorker(client, { ...settings, url: server.url }, (message) => {
    if (message.event === 'started') before = processorMicroseconds(server.pid);
    if (message.event === 'ended') after = processorMicroseconds(server.pid);
  });
  const spent = (await after) - (await before);
  return { ...result, processorMicrosecondsPerMessage: spent / result.messages };
}

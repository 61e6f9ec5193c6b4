/**
 * Ends channels and connections of the client library. Invariant: it is over though the other side goes before it has
 * said so; amqplib 2.3 forgets whoever waits for a close that the end of the connection overtakes.
 */

/** A channel or a connection of the client library. */
export interface Closable {
  close(): Promise<void>;
  once(event: 'close', listener: () => void): unknown;
}

/** Rejects with what the client library throws for one that is closed already. */
export function closePolitely(closable: Closable): Promise<void> {
  return new Promise((resolve, reject) => {
    closable.once('close', resolve);
    closable.close().then(resolve, reject);
  });
}

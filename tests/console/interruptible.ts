/** A way to a server that a test can interrupt: what a pulled cable or a sleeping laptop is to a browser. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Interruptible {
  readonly port: number;
  /** Breaks every connection, and takes no more. */
  interrupt(): void;
  /** Takes connections again. */
  mend(): void;
  close(): Promise<void>;
}

export async function interruptible(port: number): Promise<Interruptible> {
  const sockets = new Set<Socket>();
  let isBroken = false;
  const server = createServer((client) => {
    if (isBroken) {
      client.destroy();
      return;
    }
    const beyond = connect(port, '127.0.0.1');
    for (const [socket, other] of [
      [client, beyond],
      [beyond, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const breakAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    interrupt() {
      isBroken = true;
      breakAll();
    },
    mend() {
      isBroken = false;
    },
    async close() {
      breakAll();
      server.close();
      await once(server, 'close');
    },
  };
}

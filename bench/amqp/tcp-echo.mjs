/** A plain TCP echo on the loopback address, in a process of its own: the floor of any request and reply. */
import { createServer } from 'node:net';

const server = createServer((socket) => {
  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  socket.pipe(socket);
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));

/** What the exam needs of its server from the start: a user with few rights and a second virtual host. */
import type { ServerOptions } from '../support/server.mjs';

/** May configure, write and read only what its name begins with; elsewhere nothing. */
export const limitedUser = {
  name: 'limited',
  password: 'limited-password',
  virtualHost: '/',
  configure: '^limited\\..*',
  write: '^limited\\..*',
  read: '^limited\\..*',
};

export const otherHost = 'other';

export const serverOptions: ServerOptions = {
  users: [limitedUser],
  virtualHosts: [otherHost],
  // How often RabbitMQ looks for consumers over their acknowledgement timeout.
  advanced: '[{rabbit, [{channel_tick_interval, 200}]}].\n',
};

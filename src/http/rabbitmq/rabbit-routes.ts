/** Every route of RabbitMQ's management API that is served: the one list. */
import type { RabbitRoute } from './rabbit-route.js';
import { bindingRoutes } from './routes/binding-routes.js';
import { connectionRoutes } from './routes/connection-routes.js';
import { definitionRoutes } from './routes/definition-routes.js';
import { exchangeRoutes } from './routes/exchange-routes.js';
import { healthRoutes } from './routes/health-routes.js';
import { messageRoutes } from './routes/message-routes.js';
import { nodeRoutes } from './routes/node-routes.js';
import { overviewRoutes } from './routes/overview-routes.js';
import { parameterRoutes } from './routes/parameter-routes.js';
import { permissionRoutes } from './routes/permission-routes.js';
import { policyRoutes } from './routes/policy-routes.js';
import { queueRoutes } from './routes/queue-routes.js';
import { userRoutes } from './routes/user-routes.js';
import { vhostLimitRoutes } from './routes/vhost-limit-routes.js';
import { vhostRoutes } from './routes/vhost-routes.js';

export const rabbitRoutes: readonly RabbitRoute[] = [
  ...overviewRoutes,
  ...nodeRoutes,
  ...vhostRoutes,
  ...vhostLimitRoutes,
  ...exchangeRoutes,
  ...queueRoutes,
  ...messageRoutes,
  ...bindingRoutes,
  ...connectionRoutes,
  ...userRoutes,
  ...permissionRoutes,
  ...policyRoutes,
  ...parameterRoutes,
  ...definitionRoutes,
  ...healthRoutes,
];

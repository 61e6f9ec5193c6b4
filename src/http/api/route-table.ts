/** Every route of the API: the one list that is served and documented. */
import { accessRoutes } from '../routes/access-routes.js';
import { messageRoutes } from '../routes/message-routes.js';
import { queueRoutes } from '../routes/queue-routes.js';
import { serverRoutes } from '../routes/server-routes.js';
import { taskRoutes } from '../routes/task-routes.js';
import { topologyRoutes } from '../routes/topology-routes.js';
import type { Route } from './route.js';

export const routeTable: readonly Route[] = [
  ...serverRoutes,
  ...queueRoutes,
  ...messageRoutes,
  ...taskRoutes,
  ...topologyRoutes,
  ...accessRoutes,
];

/** Every route of the API: the one list that is served and documented. */
import { accessRoutes } from '../routes/access-routes.js';
import { engineRoutes } from '../routes/engine-routes.js';
import { engineTopologyRoutes } from '../routes/engine-topology-routes.js';
import { analysisRoutes } from '../routes/analysis-routes.js';
import { exportRoutes } from '../routes/export-routes.js';
import { deadLetterRoutes } from '../routes/dead-letter-routes.js';
import { figureRoutes } from '../routes/figure-routes.js';
import { alertsRoutes } from '../routes/alert-routes.js';
import { messageRoutes } from '../routes/message-routes.js';
import { policyRoutes } from '../routes/policy-routes.js';
import { notificationRoutes } from '../routes/notification-routes.js';
import { remedyRoutes } from '../routes/remedy-routes.js';
import { queueRoutes } from '../routes/queue-routes.js';
import { availabilityRoutes } from '../routes/availability-routes.js';
import { reportRoutes } from '../routes/report-routes.js';
import { serverRoutes } from '../routes/server-routes.js';
import { sessionRoutes } from '../routes/session-routes.js';
import { taskRoutes } from '../routes/task-routes.js';
import { topologyRoutes } from '../routes/topology-routes.js';
import { traceRoutes } from '../routes/trace-routes.js';
import { zabbixRoutes } from '../routes/zabbix-routes.js';
import type { Route } from './route.js';

export const routeTable: readonly Route[] = [
  ...serverRoutes,
  ...queueRoutes,
  ...messageRoutes,
  ...traceRoutes,
  ...deadLetterRoutes,
  ...taskRoutes,
  ...analysisRoutes,
  ...figureRoutes,
  ...engineRoutes,
  ...engineTopologyRoutes,
  ...topologyRoutes,
  ...policyRoutes,
  ...accessRoutes,
  ...sessionRoutes,
  ...alertsRoutes,
  ...remedyRoutes,
  ...notificationRoutes,
  ...reportRoutes,
  ...availabilityRoutes,
  ...exportRoutes,
  ...zabbixRoutes,
];

/** `/api/nodes`: the one node there is, for whoever monitors. */
import { runOperation } from '../../api/operation-route.js';
import { answerList, short } from '../answer-list.js';
import { churnItem } from '../churn.js';
import { columnsOf, onlyColumns, type Item } from '../columns.js';
import { nodeName } from '../identity.js';
import { memoryItem, nodeFigures, nodeItem } from '../node-item.js';
import { withNodeSamples } from '../object-samples.js';
import { found } from '../operation.js';
import { get, json, monitors, type RabbitRoute, type Visit } from '../rabbit-route.js';

async function node(visit: Visit): Promise<Item> {
  const { call, source } = visit;
  const status = await runOperation(call, 'status', {});
  const { connections } = await runOperation(call, 'connection.list', {});
  const measured = nodeFigures(call.services);
  const item = nodeItem(status, source.clock.now(), connections.length, measured);
  const whole = measured === undefined ? item : await withNodeSamples(visit, measured.node, item);
  return { ...whole, ...(await churnItem(visit, 'node_stats')) };
}

/** Throws `not-found` for another node. */
function requireNode(visit: Visit): void {
  found(visit.path('name') === nodeName ? nodeName : undefined);
}

export const nodeRoutes: readonly RabbitRoute[] = [
  get('/nodes', monitors, async (visit) =>
    answerList(
      visit,
      short(
        [await node(visit)],
        (item) => item,
        () => [nodeName],
      ),
    ),
  ),
  get('/nodes/{name}', monitors, async (visit) => {
    requireNode(visit);
    return json(onlyColumns(await node(visit), columnsOf(visit.query('columns'))));
  }),
  get('/nodes/{name}/memory', monitors, async (visit) => {
    requireNode(visit);
    const status = await runOperation(visit.call, 'status', {});
    return json(memoryItem(status, nodeFigures(visit.call.services)));
  }),
];

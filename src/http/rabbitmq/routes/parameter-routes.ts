/** `/api/parameters`, `/api/global-parameters` and limits of users: there are none, and none is taken. */
import { SluiceError } from '../../../kernel/index.js';
import { runOperation } from '../../api/operation-route.js';
import { found, requireVhost } from '../operation.js';
import {
  administers,
  done,
  get,
  json,
  put,
  remove,
  type Allowance,
  type RabbitAnswer,
  type RabbitRoute,
  type Visit,
} from '../rabbit-route.js';

/** Whoever may make policies reads parameters too. */
const makesPolicies: Allowance = ({ caller }) => {
  caller.requireTag('set-policy');
};

const none = (): RabbitAnswer => json([]);

const absent = (): RabbitAnswer => {
  throw new SluiceError('not-found', 'Not Found');
};

function refuse(reason: string) {
  return (): RabbitAnswer => {
    throw new SluiceError('unsupported', reason);
  };
}

const noComponent = (visit: Visit): RabbitAnswer => {
  const component = visit.path('component');
  throw new SluiceError('unsupported', `Validation failed\n\ncomponent ${component} not found\n`);
};

const ofVhost = async (visit: Visit): Promise<RabbitAnswer> => {
  await requireVhost(visit);
  return json([]);
};

// What was never set is cleared: tools clear limits before they set others.
const cleared = (): RabbitAnswer => done;

const globalReason = 'global parameters are not supported';
const userLimitReason = 'limits of users are not supported';

export const parameterRoutes: readonly RabbitRoute[] = [
  get('/parameters', makesPolicies, none),
  get('/parameters/{component}', makesPolicies, none),
  get('/parameters/{component}/{vhost}', makesPolicies, ofVhost),
  get('/parameters/{component}/{vhost}/{name}', makesPolicies, absent),
  put('/parameters/{component}/{vhost}/{name}', makesPolicies, noComponent),
  remove('/parameters/{component}/{vhost}/{name}', makesPolicies, absent),
  get('/global-parameters', makesPolicies, none),
  get('/global-parameters/{name}', makesPolicies, absent),
  put('/global-parameters/{name}', administers, refuse(globalReason)),
  remove('/global-parameters/{name}', administers, absent),
  get('/user-limits', administers, none),
  get('/user-limits/{user}', administers, async (visit) => {
    const { users } = await runOperation(visit.call, 'user.list', {});
    found(users.find(({ name }) => name === visit.path('user')));
    return json([]);
  }),
  put('/user-limits/{user}/{name}', administers, refuse(userLimitReason)),
  remove('/user-limits/{user}/{name}', administers, cleared),
];

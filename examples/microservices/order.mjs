/** The order service: takes orders, and keeps what became of each. Started by main.mjs. */
import { ask, serve } from './service.mjs';

await serve('orders', (ledger, say) => {
  const record = (order, state) => {
    const { isNew } = ledger.once(`${order}/${state}`, () => ({ order, state }));
    say(`${order} ${state}${isNew ? '' : ' already'}`);
  };
  return {
    'order.place': ({ order, item, cents }, { send }) => {
      record(order, 'placed');
      send(...ask('payment.charge', { order, item, cents }));
    },
    // One after another for each order, so the states of an order are written as they came about.
    'order.event': ({ order, state }) => record(order, state),
  };
});

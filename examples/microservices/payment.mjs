/** The payment service: charges, and gives the money back when the rest of the order fails. Started by main.mjs. */
import { setTimeout } from 'node:timers/promises';
import { ask, serve } from './service.mjs';

const bankMs = 5;

await serve('payments', (ledger, say) => {
  // The key makes it once, as an idempotency key does with a bank: after a crash the task comes again.
  const pay = async (order, what, cents) => {
    await setTimeout(bankMs);
    const { isNew } = ledger.once(`${order}/${what}`, () => ({ order, cents }));
    say(`${order} ${what}${isNew ? '' : ' already'}`);
  };
  return {
    'payment.charge': async ({ order, item, cents }, { send }) => {
      await pay(order, 'charged', cents);
      send(...ask('order.event', { order, state: 'paid' }));
      send(...ask('stock.reserve', { order, item, cents }));
    },
    'payment.refund': async ({ order, cents }, { send }) => {
      await pay(order, 'refunded', -cents);
      send(...ask('order.event', { order, state: 'refunded' }));
    },
  };
});

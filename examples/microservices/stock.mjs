/** The stock service: ships while there is something, and asks for the refund when there is not. Started by main.mjs. */
import { ask, serve } from './service.mjs';

const stocked = Number(process.argv[3]);

await serve('stock', (ledger, say) => ({
  'stock.reserve': ({ order, item, cents }, { send }) => {
    // Decided once: a task that comes again after a crash gets the same answer.
    const { entry, isNew } = ledger.once(order, () => {
      const shipped = ledger.entries().filter(({ state }) => state === 'shipped').length;
      return { order, item, state: shipped < stocked ? 'shipped' : 'out of stock' };
    });
    say(`${order} ${entry.state}${isNew ? '' : ' already'}`);
    if (entry.state === 'shipped') send(...ask('order.event', { order, state: 'shipped' }));
    else send(...ask('payment.refund', { order, cents }));
  },
}));

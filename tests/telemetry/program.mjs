/** A program that traces: `enqueue` sends an order, `work` charges it and sends a receipt along. */
import { open } from '../../dist/index.js';

const [role, engine, endpoint] = process.argv.slice(2);
const app = await open({ engine, telemetry: { otlp: { endpoint, service: role } } });
const charge = app.task('charge', { retry: { attempts: 3, delay: '1ms' } });
const receipt = app.task('receipt');

if (role === 'enqueue') {
  await charge.enqueue({ order: 'A1' });
} else {
  charge.handle((order, { attempt, send }) => {
    if (attempt === 1) throw new TypeError('the bank is busy');
    send('receipts', { body: order });
    return receipt.enqueue(order).then(() => 'charged');
  });
  const worker = app.worker({ tasks: [charge] });
  await app.queue('receipts').declare();
  await new Promise((resolve) => worker.once('completed', resolve));
}
await app.close();

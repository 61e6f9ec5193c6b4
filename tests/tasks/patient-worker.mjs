/** A worker that has nothing but its engine: neither a port nor a timer of its own keeps its process alive. */
import { open } from '../../dist/index.js';

const app = await open({ engine: process.argv[2] });
const task = app.task('patient', { run: () => 'done' });
await app.worker({ tasks: [task] }).ready;
console.log('ready');

/** `sluice up`, which ends with its standard input: with whoever started it, however that one ends. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

process.stdin.on('end', () => process.kill(process.pid, 'SIGTERM')).resume();
await import(pathToFileURL(join(import.meta.dirname, '../../bin/sluice.js')).href);

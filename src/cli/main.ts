/** Where the `sluice` program starts. */
import { processShell } from './process-shell.js';
import { runProgram } from './program.js';

process.exitCode = await runProgram(process.argv.slice(2), processShell());

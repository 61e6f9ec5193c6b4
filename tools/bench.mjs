/** `npm run bench -- NAME`: measures; the scenarios are the folders of `bench/` that hold a `run.mjs`. */
import { runScenario } from './preparation/scenarios.mjs';

await runScenario('bench', 'bench');

/** `npm run torture -- NAME`: long seeded runs; the scenarios are the folders of `tests/torture/`. */
import { runScenario } from './preparation/scenarios.mjs';

await runScenario('torture', 'tests/torture');

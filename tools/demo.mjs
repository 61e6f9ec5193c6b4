/** `npm run demo`: becomes `sluice demo`. */
import { becomeSluice } from './preparation/become.mjs';

await becomeSluice('demo');

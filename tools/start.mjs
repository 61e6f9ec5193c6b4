/** `npm start`: becomes `sluice up`. */
import { becomeSluice } from './preparation/become.mjs';

await becomeSluice('up');

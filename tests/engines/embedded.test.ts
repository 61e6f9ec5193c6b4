/** The embedded engine takes the exam. */
import { exerciseEngine } from './exercise-engine.js';
import { embeddedTarget } from './target.js';

exerciseEngine(embeddedTarget);

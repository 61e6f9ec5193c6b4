/** The scenes, in the order of what Sluice promises: the key of each is its place, counted from 1. */
import { SluiceError } from '../../kernel/index.js';
import type { Scene } from '../scene.js';
import { alert } from './alert.js';
import { order } from './order.js';
import { permission } from './permission.js';
import { together } from './together.js';

export const scenes: readonly Scene[] = [together, alert, order, permission];

/** Throws `bad-input` for a name that no scene has. */
export function sceneNamed(name: string): Scene {
  const scene = scenes.find((each) => each.name === name);
  if (scene !== undefined) return scene;
  const names = scenes.map((each) => each.name).join(', ');
  throw new SluiceError('bad-input', `there is no scene '${name}': ${names}`);
}

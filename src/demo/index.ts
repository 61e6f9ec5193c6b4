/** The demonstration: a server, a living load and scenes; the command line shows it. */
export { openDemo, type Demo, type DemoOptions } from './demo.js';
export type { Row, Scene, SceneResult, Stage } from './scene.js';
export { sceneNamed, scenes } from './scenes/index.js';

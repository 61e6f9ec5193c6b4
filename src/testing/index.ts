/** `sluice/testing`: the whole engine in memory, with time that moves only when told. */
export { openTesting, TestingApp, TestingClock, type TestingOptions } from './testing-app.js';

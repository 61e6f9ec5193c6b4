#!/usr/bin/env node
/** The launcher of the `sluice` program; in a clone that is not built, or is being built, it builds first. */
import { existsSync } from 'node:fs';
import { requireNode } from './require-node.js';

const program = new URL('../dist/cli/main.js', import.meta.url);
/** Written when a build is whole. */
const stamp = new URL('../dist/.built', import.meta.url);
const build = new URL('../tools/build.mjs', import.meta.url);

requireNode();
if (!existsSync(stamp) && existsSync(build)) await import(build.href);
await import(program.href);

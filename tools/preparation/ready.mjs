/**
 * Installs what is missing and builds what is stale. Invariant: one process at a time does so in a clone, so that a
 * second command started meanwhile waits instead of building into the same folders.
 */
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { ensureBuilt } from './build.mjs';
import { ensureInstalled } from './install.mjs';
import { inRoot } from './paths.mjs';

/** Holds the process id of whoever prepares. */
const lockPath = inRoot('.preparing');
const retryMs = 200;

/** Tells whether anything was built. */
export async function ensureReady() {
  await takeLock();
  try {
    await ensureInstalled();
    return await ensureBuilt();
  } finally {
    rmSync(lockPath, { force: true });
  }
}

async function takeLock() {
  let isTold = false;
  while (!tryLock()) {
    if (!isHeld()) {
      rmSync(lockPath, { force: true });
      continue;
    }
    if (!isTold) process.stderr.write('Another command is building; waiting for it ...\n');
    isTold = true;
    await wait(retryMs);
  }
}

/** A link appears with its content, or not at all. */
function tryLock() {
  const own = `${lockPath}-${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, lockPath);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Whoever was killed left the lock behind. */
function isHeld() {
  try {
    process.kill(Number(readFileSync(lockPath, 'utf8')), 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

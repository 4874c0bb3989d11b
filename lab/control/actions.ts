import { restartApiServer, startApiServer, stopApiServer } from './api-server.ts';
import { healClock, skewClock } from './clock.ts';
import { compact } from './compact.ts';
import type { Action } from './context.ts';
import { cut, rejoin } from './cut.ts';
import { delayDisk, failDisk, healDisk } from './disk.ts';
import { faults, look } from './faults.ts';
import { freeze, thaw } from './freeze.ts';
import { importImages } from './import-images.ts';
import { crash, start } from './power.ts';
import { runInNode } from './run-in-node.ts';
import { fast, slow } from './slow.ts';

/** All that a lab that is up can be asked to do, by name. */
export const actions: Record<string, Action> = {
  run: runInNode,
  look,
  faults,
  crash,
  start,
  freeze,
  thaw,
  cut,
  join: rejoin,
  slow,
  fast,
  'disk-fail': failDisk,
  'disk-delay': delayDisk,
  'disk-heal': healDisk,
  'clock-skew': skewClock,
  'clock-heal': healClock,
  'apiserver-stop': stopApiServer,
  'apiserver-start': startApiServer,
  'apiserver-restart': restartApiServer,
  'etcd-compact': compact,
  'import-images': importImages,
};

import type { Devices } from '../engine/device.ts';
import type { ReplicaProcesses } from '../engine/replica-process.ts';
import type { Uploads } from '../engine/upload.ts';
import type { Behaviour } from '../environment.ts';
import type { Log } from '../log.ts';
import type { Datastore } from './datastore.ts';
import type { EventRecorder } from './events.ts';
import type { Targets } from './targets.ts';

/** What every controller of a manager works with. */
export type ManagerContext = Behaviour & {
  /** Which version of Longhorn it stands for, as `v1.12.1`. */
  version: string;
  /** Name of the node this manager runs on, and with it the ID it owns objects by. */
  node: string;
  datastore: Datastore;
  devices: Devices;
  uploads: Uploads;
  targets: Targets;
  replicas: ReplicaProcesses;
  recorder: EventRecorder;
  /** Folder of replicas and engine binaries, /var/lib/longhorn. */
  dataRoot: string;
  /** The longhorn command of the default engine image on this node. */
  binary: string;
  log: Log;
  signal: AbortSignal;
};

/** A time, by default now, as Kubernetes writes it: whole seconds, UTC. */
export const timestamp = (at = new Date()): string => `${at.toISOString().slice(0, 19)}Z`;

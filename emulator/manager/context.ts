import type { Devices } from '../engine/device.ts';
import type { ReplicaProcesses } from '../engine/replica-process.ts';
import type { Uploads } from '../engine/upload.ts';
import type { Behaviour } from '../environment.ts';
import type { Log } from '../log.ts';
import type { Datastore } from './datastore.ts';
import type { EventRecorder } from './events.ts';
import type { TargetClients } from './targets.ts';

/** What every controller of a manager uses. */
export type ManagerContext = Behaviour & {
  /** Emulated version of Longhorn, such as `v1.12.1`. */
  version: string;
  /** Name of the node of this manager. It is also its ID as an owner of objects. */
  node: string;
  /** Address of this node's instance manager, which has its engines and replicas. */
  ip: string;
  datastore: Datastore;
  devices: Devices;
  uploads: Uploads;
  targets: TargetClients;
  replicas: ReplicaProcesses;
  recorder: EventRecorder;
  /** Folder of replicas and engine binaries, /var/lib/longhorn. */
  dataRoot: string;
  /** Path of the default engine image's longhorn command on this node. */
  binary: string;
  log: Log;
  signal: AbortSignal;
};

/** Formats a time as Kubernetes does: whole seconds, UTC. Default: now. */
export const timestamp = (at = new Date()): string => `${at.toISOString().slice(0, 19)}Z`;

import type { Kind } from './kind.ts';
import { conditions, flag, integer, map, object, text } from './schema.ts';

export const nodeKinds: Kind[] = [
  { kind: 'Setting', plural: 'settings', shortNames: ['lhs'], value: text(), status: object({ applied: flag() }) },
  {
    kind: 'Node',
    plural: 'nodes',
    shortNames: ['lhn'],
    spec: object({
      name: text(),
      allowScheduling: flag(),
      disks: map(object({ type: text(), path: text(), allowScheduling: flag(), storageReserved: integer() })),
    }),
    status: object({
      region: text(),
      zone: text(),
      conditions,
      diskStatus: map(
        object({
          diskName: text(),
          diskPath: text(),
          filesystemType: text(),
          conditions,
          storageAvailable: integer(),
          storageMaximum: integer(),
          storageScheduled: integer(),
        }),
      ),
    }),
  },
  {
    kind: 'EngineImage',
    plural: 'engineimages',
    shortNames: ['lhei'],
    spec: object({ image: text() }),
    status: object({
      ownerID: text(),
      state: text(),
      incompatible: flag(),
      version: text(),
      nodeDeploymentMap: { type: 'object', additionalProperties: flag(), nullable: true },
    }),
  },
  {
    kind: 'InstanceManager',
    plural: 'instancemanagers',
    shortNames: ['lhim'],
    spec: object({ nodeID: text(), image: text(), type: text(), dataEngine: text() }),
    status: object({ ownerID: text(), currentState: text(), ip: text() }),
  },
];

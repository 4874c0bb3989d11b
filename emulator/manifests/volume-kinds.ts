import { defaultBackupTarget } from '../modelled-on.ts';
import type { Kind } from './kind.ts';
import { conditions, flag, integer, map, object, open, text, texts } from './schema.ts';

// What users write is open, so that a field beyond the emulator is not pruned but answered; what the emulator writes is closed.
// The defaults are those of Longhorn's webhook.
export const volumeKinds: Kind[] = [
  {
    kind: 'Volume',
    plural: 'volumes',
    shortNames: ['lhv'],
    spec: open(
      {
        size: text(),
        numberOfReplicas: integer({ default: 3 }),
        frontend: text({ default: 'blockdev' }),
        accessMode: text({ default: 'rwo' }),
        backupCompressionMethod: text({ default: 'lz4' }),
        backupTargetName: text({ default: defaultBackupTarget }),
        dataEngine: text({ default: 'v1' }),
        fromBackup: text({ default: '' }),
        nodeID: text({ default: '' }),
        disableFrontend: flag(),
        image: text({ default: '' }),
      },
      ['size'],
    ),
    status: object({
      ownerID: text(),
      state: text(),
      robustness: text(),
      currentNodeID: text(),
      currentImage: text(),
      actualSize: integer(),
      lastBackup: text(),
      lastBackupAt: text(),
      frontendDisabled: flag(),
      restoreRequired: flag(),
      restoreInitiated: flag(),
      conditions,
    }),
  },
  {
    kind: 'VolumeAttachment',
    plural: 'volumeattachments',
    shortNames: ['lhva'],
    spec: object({
      volume: text(),
      attachmentTickets: map(
        object({ id: text(), type: text(), nodeID: text(), generation: integer(), parameters: texts }, ['id', 'type', 'nodeID']),
      ),
    }),
    status: object({
      attachmentTicketStatuses: map(object({ id: text(), satisfied: flag(), generation: integer(), conditions })),
    }),
  },
  {
    kind: 'Replica',
    plural: 'replicas',
    shortNames: ['lhr'],
    spec: object({ volumeName: text(), nodeID: text(), diskPath: text(), dataDirectoryName: text(), volumeSize: text() }),
    status: object({ ownerID: text(), currentState: text() }),
  },
  {
    kind: 'Snapshot',
    plural: 'snapshots',
    shortNames: ['lhsnap'],
    spec: open({ volume: text(), createSnapshot: flag(), labels: texts }, ['volume']),
    status: object({
      ownerID: text(),
      parent: text(),
      children: { type: 'object', additionalProperties: flag(), nullable: true },
      creationTime: text(),
      requestedTime: text(),
      readyToUse: flag(),
      restoreSize: integer(),
      size: integer(),
      userCreated: flag(),
      markRemoved: flag(),
      checksum: text(),
      labels: texts,
      error: text(),
    }),
  },
];

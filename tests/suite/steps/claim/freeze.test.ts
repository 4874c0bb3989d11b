import { expect, test } from 'vitest';
import { judgeFreeze, mustBeThawed } from '../../../../e2e/suite/steps/claim/freeze.ts';
import type { Context } from '../../../../e2e/suite/steps/context.ts';
import type { BackupHandle, VolumeHandle } from '../../../../e2e/suite/steps/handles.ts';
import { InconclusiveError } from '../../../../e2e/suite/steps/judging.ts';
import { stubCluster } from '../../../support/stub-cluster.ts';

const blockSize = 4096;

/** A backup whose first block has a superblock with this magic and these features. It is the second one in its list. */
const backupWith = (magic: number, features: number): BackupHandle => {
  const first = Buffer.alloc(blockSize);
  first.writeUInt16LE(magic, 1024 + 56);
  first.writeUInt32LE(features, 1024 + 96);
  const blocks = [
    { offset: blockSize, checksum: 'bbbbb' },
    { offset: 0, checksum: 'aaaaa' },
  ];
  const store = {
    config: async () => ({ blocks, blockSize, compression: 'none' }),
    source: { read: async (path: string) => (path.includes('aaaaa') ? first : Buffer.alloc(blockSize)) },
  };
  return { name: 'b1', label: 'the backup', volume: { name: 'v1', target: { store } } } as never;
};

test('the journal of ext4 tells whether its file system was frozen', async () => {
  const [inUse, frozen] = [backupWith(0xef53, 0x2c6), backupWith(0xef53, 0x2c2)];
  await expect(judgeFreeze(inUse, { isFrozen: false })).resolves.toBeUndefined();
  await expect(judgeFreeze(frozen, { isFrozen: true })).resolves.toBeUndefined();
  await expect(judgeFreeze(inUse, { isFrozen: true })).rejects.toThrow('it was not frozen');
  await expect(judgeFreeze(frozen, { isFrozen: false })).rejects.toThrow('it was frozen');
  await expect(judgeFreeze(backupWith(0, 0), { isFrozen: true })).rejects.toThrow(InconclusiveError);
});

test('a file system that can be thawed was frozen', async () => {
  const pod = {
    metadata: {
      name: 'longhorn-manager-1',
      namespace: 'longhorn-system',
      labels: { app: 'longhorn-manager' },
    },
    ...{ spec: { nodeName: 'node1', containers: [] }, status: { phase: 'Running' } },
  };
  const look = (stdout: string) => {
    const exec = async () => ({ stdout, stderr: '', exitCode: 0 });
    const context = { cluster: stubCluster({ objects: { pods: [pod] }, exec }) } as Context;
    return mustBeThawed(context, { name: 'v1', node: 'node1' } as VolumeHandle);
  };
  await expect(look('thawed\n')).resolves.toBeUndefined();
  await expect(look('frozen\n')).rejects.toThrow('volume v1 was still frozen');
});

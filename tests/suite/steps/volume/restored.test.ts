import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../../../../e2e/kube/cluster.ts';
import type { Volume } from '../../../../e2e/longhorn/types.ts';
import { blockSize } from '../../../../e2e/store/format/pack-block.ts';
import type { Context } from '../../../../e2e/suite/steps/context.ts';
import { nothingCreated } from '../../../../e2e/suite/steps/created-objects.ts';
import { InconclusiveError } from '../../../../e2e/suite/steps/judging.ts';
import { runStep } from '../../../../e2e/suite/steps/step.ts';
import { writeData } from '../../../../e2e/suite/steps/volume/data.ts';
import { checksumOfZeros } from '../../../../e2e/suite/steps/volume/empty.ts';
import * as restores from '../../../../e2e/suite/steps/volume/restored.ts';
import { hasRestoredData } from '../../../../e2e/suite/steps/volume/steps.ts';
import { exported, someBlocks } from '../../../store/support/written-store.ts';
import { stubCluster } from '../../../support/stub-cluster.ts';
import { aTarget, createTestContext, emptyTimelines } from '../../../support/test-context.ts';
import { handleOf } from '../recordings.ts';

const size = 8 << 20;
const url = 'nfs://store:/opt?backup=b&volume=v';
const nodes = ['node1', 'node2', 'node3'];
const ready = { status: { conditions: [{ type: 'Ready', status: 'True' }] } };

let store: Awaited<ReturnType<typeof exported>>;
beforeEach(async () => {
  store = await exported();
});
afterEach(() => store.remove());

const underWay = { restoreInitiated: true, restoreRequired: true };
const done = { state: 'detached', restoreInitiated: true, restoreRequired: false };

/**
 * A Longhorn that restores on node2, or as given: it answers to each request with what a watch then
 * shows.
 */
const stand = (restored: NonNullable<Volume['status']> = done) => {
  const timelines = emptyTimelines();
  const requests: { what: string; object: object }[] = [];
  const event = <T extends KubernetesObject>(object: T) => ({ kind: 'modified' as const, at: 0, object });
  const volume = (status: NonNullable<Volume['status']>) =>
    timelines.volumes.push(event({ ...wanted, status }));
  const known = (name: string) => {
    const status = { state: 'Completed', url, backupTargetName: 'target' };
    timelines.backups.push(event({ metadata: { name }, spec: { snapshotName: 's' }, status }));
  };
  const attachment = (status: object) =>
    timelines.attachments.push(event({ metadata: wanted.metadata, spec: {}, status }));
  let wanted: Volume;
  const answers: Record<string, (object: object) => void> = {
    'patch backuptargets': () => known(context.made.written[0]?.backup ?? ''),
    'create volumes': (object) => {
      wanted = object as Volume;
      attachment({});
      // New volumes are detached as well.
      volume({ state: 'detached' });
      volume({ ...done, ...underWay });
      volume({ ...underWay, state: 'attached', currentNodeID: 'node2' });
      volume(restored);
    },
    'patch volumeattachments': () => {
      attachment({ attachmentTicketStatuses: { corral: { satisfied: true } } });
      volume({ state: 'attached', robustness: 'healthy', currentNodeID: 'node2' });
    },
  };
  const cluster = stubCluster({
    objects: {
      nodes: nodes.map((name) => ({ metadata: { name }, ...ready })),
      pods: nodes.map((name) => ({
        metadata: { name: `manager-${name}`, labels: { app: 'longhorn-manager' } },
        ...{ spec: { nodeName: name }, status: { phase: 'Running' } },
      })),
      volumes: [],
      backuptargets: [{ metadata: { name: 'target' } }],
      volumeattachments: [{ metadata: { name: 'corral-volume' } }],
    },
    onAsk: ({ verb, plural, body }) => {
      if (body === undefined) return;
      requests.push({ what: `${verb} ${plural}`, object: body });
      answers[`${verb} ${plural}`]?.(body);
    },
  });
  const { context } = createTestContext({ cluster, target: 'target', root: store.root, timelines });
  return { context, made: context.made, requests, known };
};
const ticket = (disableFrontend: 'true' | 'false') => {
  const corral = { id: 'corral', type: 'longhorn-api', nodeID: 'node2', parameters: { disableFrontend } };
  return { spec: { attachmentTickets: { corral } } };
};

describe('a backup is restored', () => {
  const backup = handleOf('b', 'the first backup', {
    volume: { name: 'v', target: aTarget, node: 'node1', size },
  });
  const sha256 = 'a'.repeat(64);
  const data = [
    { offset: 0, size: 2 << 20, sha256 },
    { offset: 4 << 20, size: 1 << 20, sha256 },
  ];
  /** With what a manager of the volume's node prints of each range that was written, and of the others. */
  const restore = async (
    printed: string,
    {
      missingCapabilities = [],
      beside = checksumOfZeros,
    }: { missingCapabilities?: Context['missingCapabilities']; beside?(size: number): string } = {},
  ) => {
    const { context, requests, known } = stand();
    context.missingCapabilities = missingCapabilities;
    const read: string[] = [];
    context.cluster.exec = async ({ name }, command) => {
      read.push([name, ...command.slice(4)].join(' '));
      const [offset = 0, mebibytes = 0] = command.slice(5).map(Number);
      const isWritten = data.some((written) => written.offset === offset << 20);
      return { stdout: `${isWritten ? printed : beside(mebibytes << 20)}  -\n`, stderr: '', exitCode: 0 };
    };
    known('b');
    const handle = await restores.judgeRestore(context, { backup, data });
    return { handle, requests: requests.map(({ object }) => object), read };
  };

  test('into a volume of its own, in which each range is read that was written, and then the others; where there is no block device, by the restore alone', async () => {
    const { handle, requests, read } = await restore(sha256);
    expect(handle).toMatchObject({ name: 'corral-volume', node: 'node2' });
    expect(requests).toMatchObject([{ spec: { fromBackup: url, size: String(size) } }, ticket('false')]);
    const device = 'manager-node2 /host/dev/longhorn/corral-volume';
    expect(read).toEqual(['0 2', '4 1', '2 2', '5 3'].map((range) => `${device} ${range}`));
    const blind = await restore(sha256, { missingCapabilities: ['block-device'] });
    expect([blind.requests.at(-1), blind.read]).toEqual([ticket('true'), []]);
  });

  test('with other data, or where Longhorn does not know it, that is an error', async () => {
    await expect(restore('b'.repeat(64))).rejects.toThrow(
      /^the first backup was restored with other data than were written: 2097152 bytes at 0 have the checksum b+, not a+$/,
    );
    await expect(restore(sha256, { beside: () => sha256 })).rejects.toThrow(
      /^the first backup was restored with data where nothing was written: 2097152 bytes at 2097152 are not all zeros$/,
    );
    const { context } = stand();
    context.timeouts = { ...context.timeouts, backupVolumeKnown: { within: '20ms', owner: 'the test' } };
    await expect(restores.judgeRestore(context, { backup, data })).rejects.toThrow(
      'not seen that Longhorn has read the first backup in the store',
    );
  });
});

test("a restore that fails ends at once, with Longhorn's reason", async () => {
  const message = 'checksum verification failed for block';
  const conditions = [{ type: 'Restore', status: 'False', reason: 'RestoreFailure', message }];
  const faulted = stand({ state: 'attached', robustness: 'faulted', restoreRequired: true, conditions });
  await expect(
    restores.makeRestoredVolume(faulted.context, {
      size,
      target: await faulted.context.own.first(async () => aTarget),
    }),
  ).rejects.toThrow(
    'Longhorn did not restore volume corral-volume: attached, faulted, RestoreFailure, checksum verification failed for block',
  );
});

test('a request that Longhorn refuses leaves the written backup to the cleanup', async () => {
  const { context, made } = stand();
  context.cluster.patch = () => Promise.reject(new Error('refused'));
  await expect(
    restores.makeRestoredVolume(context, { size, target: await context.own.first(async () => aTarget) }),
  ).rejects.toThrow('refused');
  const backup = expect.stringMatching(/^backup-[0-9a-f]{16}$/);
  const volume = 'corral-source';
  const filled = [{ volume, offset: 0, size }];
  expect(made).toEqual({ ...nothingCreated(), written: [{ volume, backup }], filled });
});

/** Blocks by their places, such as `a0 b1`. */
const blocksAt = (text: string) =>
  text.split(' ').map(([checksum = '', index]) => ({ offset: Number(index) * blockSize, checksum }));
const other = '1 of its blocks hold other data, such as that at 2097152';
const missing = (at: number) => `2 of its blocks are missing, such as that at ${at}`;
const never = '2 of its blocks were never written, such as that at 4194304';

test.each([
  ['the same in another order', 'c3 b1 a0', []],
  ['with other data', 'a0 c1 c3', [other]],
  ['with less', 'a0', [missing(2097152)]],
  ['moved by one', 'a1 b2 c4', [other, missing(0), never]],
])('blocks that are %s', (_, found, differences) => {
  expect(restores.differencesOf(blocksAt('a0 b1 c3'), blocksAt(found))).toEqual(differences);
});

test('a backup of what was written is one, and says of how much; of other data, or without a config, it is none', async () => {
  const numbers = [1, 2, 3, 4];
  const blocks = someBlocks(() => numbers.shift() ?? 0, 8);
  const backup = { volume: 'restored', backup: 'backup-1', size: 8 * blockSize, blocks };
  const restored = await store.write(backup);
  const { context, ended } = createTestContext({ root: store.root });
  const judged = async (name: string, of: typeof restored) => {
    const target = await context.own.first(async () => aTarget);
    const volume = { name: 'restored', target, node: 'node1', size: 8 * blockSize, restored: of };
    return runStep(context, hasRestoredData, handleOf(name, 'the first backup', { volume }));
  };
  await judged('backup-1', restored);
  expect(ended()).toEqual([
    'Then the first backup has the data that the volume was restored with: 4 blocks, each with the checksum that was written',
  ]);
  const changed = restored.with(2, { ...restored[2], checksum: 'f'.repeat(64) } as (typeof restored)[number]);
  await expect(judged('backup-1', changed)).rejects.toThrow(
    'the first backup (backup-1) is not of what volume restored was restored with: 1 of its blocks hold other data, such as that at 4194304',
  );
  await expect(judged('backup-2', restored)).rejects.toThrow('no config of the first backup (backup-2)');
});

test('a volume without a device is not written to, and the error says what the scenario must declare', async () => {
  const volume = { name: 'v', target: aTarget, node: 'node1', size: 64 << 20, restored: [] };
  await expect(writeData(createTestContext().context, { volume, offset: 0, size: 1 << 20 })).rejects.toThrow(
    'volume v has no block device to write to: the scenario must say that it needs one',
  );
});

const notFound =
  'replica r1 failed the restore: tcp://10.0.0.1:10000: failed to get the current restoring backup info: cannot find backupstore/volumes/1f/c3/v1/volume.cfg in backupstore';

test.each([
  ['the store has it', {}, true],
  ['the store has it not', { stored: [] }, false],
  ['the store needs no credentials', { credentialSecret: '' }, false],
  ['no other target has any', { targets: ['', 'secret'] }, false],
  ['a block is damaged', { message: 'replica r1 failed the restore: failed to checksum' }, false],
  ['nobody says why', { message: undefined }, false],
])('a restore that did not find its backup is another one of credentials where %s', async (_, how, is) => {
  const { stored, credentialSecret, message, targets } = {
    ...{ stored: ['b1'], credentialSecret: 'secret', targets: ['', 'secret', 'another'] },
    message: notFound as string | undefined,
    ...how,
  };
  const items = message === undefined ? [] : [{ reason: 'FailedRestore', message }];
  const context = {
    version: 'v1.12.1',
    cluster: { list: () => Promise.resolve({ items }) },
    timelines: {
      volumes: { current: () => ({ status: { robustness: 'faulted' } }) },
      backupTargets: { objects: () => targets.map((secret) => ({ spec: { credentialSecret: secret } })) },
    },
  } as unknown as Context;
  const store = { credentialSecret, backups: () => Promise.resolve(stored) };
  const backup = { name: 'b1', label: 'the first backup', volume: { name: 'v1', target: { store } } };
  const lost = await restores.otherCredentialsUsed(context, { name: 'r1', backup: backup as never });
  expect(lost instanceof InconclusiveError).toBe(is);
});

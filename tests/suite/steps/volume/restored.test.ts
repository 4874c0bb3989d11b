import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ReplayedTimeline } from '../../../../e2e/history/replay.ts';
import type { KubernetesObject } from '../../../../e2e/kube/cluster.ts';
import type { Backup, Volume } from '../../../../e2e/longhorn/types.ts';
import { parseBackup, parseVolume } from '../../../../e2e/store/format/config.ts';
import { blockSize } from '../../../../e2e/store/format/pack-block.ts';
import type { Context } from '../../../../e2e/suite/steps/context.ts';
import { nothingMade } from '../../../../e2e/suite/steps/made.ts';
import { writeData } from '../../../../e2e/suite/steps/volume/data.ts';
import {
  differencesOf,
  judgeRestore,
  judgeRestored,
  makeRestoredVolume,
} from '../../../../e2e/suite/steps/volume/restored.ts';
import { exported, someBlocks } from '../../../store/support/written-store.ts';
import { stubCluster } from '../../../support/stub-cluster.ts';
import { createTestContext, emptyTimelines } from '../../../support/test-context.ts';
import { handleOf } from '../recordings.ts';

const size = 8 << 20;
const url = 'nfs://store:/opt?backup=b&volume=v';
const nodes = ['node1', 'node2', 'node3'];

let store: Awaited<ReturnType<typeof exported>>;
beforeEach(async () => {
  store = await exported();
});
afterEach(() => store.remove());

/**
 * A Longhorn that restores on node2, or as it is told: it answers to each request with what a watch then
 * shows.
 */
const stand = (
  restored: NonNullable<Volume['status']> = {
    state: 'detached',
    restoreInitiated: true,
    restoreRequired: false,
  },
) => {
  const timelines = emptyTimelines();
  const asked: { what: string; object: object }[] = [];
  const event = <T extends KubernetesObject>(object: T) => ({ kind: 'modified' as const, at: 0, object });
  const volume = (of: Volume, status: Volume['status']) =>
    timelines.volumes.push(event({ ...of, ...(status && { status }) }));
  let wanted: Volume;
  const answers: Record<string, (object: object) => void> = {
    'patch backuptargets': () => {
      const [{ backup: name = '' } = {}] = context.made.written;
      timelines.backups.push(
        event({ metadata: { name }, spec: { snapshotName: 's' }, status: { state: 'Completed', url } }),
      );
    },
    'create volumes': (object) => {
      wanted = object as Volume;
      timelines.attachments.push(event({ metadata: wanted.metadata, spec: {} }));
      // New volumes are detached as well.
      volume(wanted, { state: 'detached' });
      volume(wanted, { state: 'detached', restoreInitiated: true, restoreRequired: true });
      const under = { restoreInitiated: true, restoreRequired: true };
      volume(wanted, { state: 'attached', currentNodeID: 'node2', ...under });
      volume(wanted, restored);
    },
    'patch volumeattachments': () => {
      const status = { attachmentTicketStatuses: { corral: { satisfied: true } } };
      timelines.attachments.push(event({ metadata: wanted.metadata, spec: {}, status }));
      volume(wanted, { state: 'attached', robustness: 'healthy', currentNodeID: 'node2' });
    },
  };
  const cluster = stubCluster({
    objects: {
      nodes: nodes.map((name) => ({
        metadata: { name },
        status: { conditions: [{ type: 'Ready', status: 'True' }] },
      })),
      pods: nodes.map((name) => ({
        metadata: { name: `manager-${name}`, labels: { app: 'longhorn-manager' } },
        spec: { nodeName: name },
        status: { phase: 'Running' },
      })),
      volumes: [],
      backuptargets: [{ metadata: { name: 'target' } }],
      volumeattachments: [{ metadata: { name: 'corral-volume' } }],
    },
    onAsk: ({ verb, plural, body }) => {
      if (body === undefined) return;
      asked.push({ what: `${verb} ${plural}`, object: body });
      answers[`${verb} ${plural}`]?.(body);
    },
  });
  const { context } = createTestContext({ cluster, target: 'target', root: store.root, timelines });
  return { context, made: context.made, asked };
};

test('it is restored from a backup that lies in the store, and attached without a frontend where it was restored', async () => {
  const { context, made, asked } = stand();
  const handle = await makeRestoredVolume(context, { size });
  expect(asked.map(({ what }) => what)).toEqual([
    'patch backuptargets',
    'create volumes',
    'patch volumeattachments',
  ]);
  const [sync, volume, attachment] = asked.map(({ object }) => object);
  expect(sync).toEqual({ spec: { syncRequestedAt: expect.stringMatching(/^\d{4}-.*Z$/) } });
  expect(volume).toMatchObject({
    spec: { fromBackup: url, size: String(size), backupTargetName: 'target', backupBlockSize: '2097152' },
  });
  const ticket = {
    id: 'corral',
    type: 'longhorn-api',
    nodeID: 'node2',
    parameters: { disableFrontend: 'true' },
  };
  expect(attachment).toEqual({ spec: { attachmentTickets: { corral: ticket } } });
  expect(handle).toMatchObject({ name: 'corral-volume', node: 'node2', size });

  const [{ volume: source, backup } = { volume: '', backup: '' }] = made.written;
  expect({ ...made, written: [] }).toEqual({ ...nothingMade(), volumes: ['corral-volume'] });
  expect(parseVolume(await store.read('volume.cfg', source)).config).toMatchObject({ Size: size });
  expect(parseBackup(await store.read(`backups/backup_${backup}.cfg`, source)).config?.blocks).toEqual(
    handle.restored,
  );
  expect(handle.restored).toHaveLength(4);
});

describe('a backup is restored', () => {
  const backup = handleOf('b', 'the first backup', { volume: { name: 'v', node: 'node1', size } });
  const sum = 'a'.repeat(64);
  /** What a manager of the volume's node prints of each stretch that is read. */
  const reading = (printed: string, without: Context['without'] = []) => {
    const { context, asked } = stand();
    context.without = without;
    const read: string[][] = [];
    context.cluster.exec = async ({ name }, command) => {
      read.push([name, ...command.slice(4)]);
      return { stdout: `${printed}  -\n`, stderr: '', exitCode: 0 };
    };
    (context.timelines.backups as ReplayedTimeline<Backup>).push({
      kind: 'modified',
      at: 0,
      object: { metadata: { name: 'b' }, spec: { snapshotName: 's' }, status: { state: 'Completed', url } },
    });
    return { context, asked, read };
  };
  const data = [
    { offset: 0, size: 2 << 20, sha256: sum },
    { offset: 4 << 20, size: 1 << 20, sha256: sum },
  ];

  test('into a volume of its own, in which each stretch is read that was written', async () => {
    const { context, asked, read } = reading(sum);
    expect(await judgeRestore(context, { backup, data })).toMatchObject({
      name: 'corral-volume',
      node: 'node2',
    });
    const [created, attached] = asked.map(({ object }) => object);
    expect(created).toMatchObject({ spec: { fromBackup: url, size: String(size) } });
    expect(attached).toMatchObject({
      spec: { attachmentTickets: { corral: { parameters: { disableFrontend: 'false' } } } },
    });
    expect(read).toEqual([
      ['manager-node2', '/host/dev/longhorn/corral-volume', '0', '2'],
      ['manager-node2', '/host/dev/longhorn/corral-volume', '4', '1'],
    ]);
  });

  test('with other data, or where Longhorn does not know it, that is an error', async () => {
    await expect(judgeRestore(reading('b'.repeat(64)).context, { backup, data })).rejects.toThrow(
      /^the first backup was restored with other data than were written: 2097152 bytes at 0 have the checksum b+, not a+$/,
    );
    await expect(judgeRestore(stand().context, { backup, data })).rejects.toThrow(
      'Longhorn knows no URL of the first backup (b) to restore it from',
    );
  });

  test('where there is no block device, by the restore alone', async () => {
    const { context, asked, read } = reading(sum, ['block-device']);
    await judgeRestore(context, { backup, data });
    expect(asked.at(-1)?.object).toMatchObject({
      spec: { attachmentTickets: { corral: { parameters: { disableFrontend: 'true' } } } },
    });
    expect(read).toEqual([]);
  });
});

test("a restore that fails ends at once, with Longhorn's reason", async () => {
  const message = 'checksum verification failed for block';
  const conditions = [{ type: 'Restore', status: 'False', reason: 'RestoreFailure', message }];
  const { context } = stand({ state: 'attached', robustness: 'faulted', restoreRequired: true, conditions });
  await expect(makeRestoredVolume(context, { size })).rejects.toThrow(
    'Longhorn did not restore volume corral-volume: attached, faulted, RestoreFailure, checksum verification failed for block',
  );
});

test('a request that Longhorn refuses leaves the written backup to the cleanup', async () => {
  const { context, made } = stand();
  context.cluster.patch = () => Promise.reject(new Error('refused'));
  await expect(makeRestoredVolume(context, { size })).rejects.toThrow('refused');
  expect(made).toEqual({
    ...nothingMade(),
    written: [{ volume: 'corral-source', backup: expect.stringMatching(/^backup-[0-9a-f]{16}$/) }],
  });
});

const at = (index: number, checksum: string) => ({ offset: index * blockSize, checksum });
const written = [at(0, 'a'), at(1, 'b'), at(3, 'c')];

test.each([
  ['the same', written, []],
  ['the same in another order', written.toReversed(), []],
  [
    'with other data',
    [at(0, 'a'), at(1, 'c'), at(3, 'c')],
    ['1 of its blocks hold other data, such as that at 2097152'],
  ],
  ['with less', [at(0, 'a')], ['2 of its blocks are missing, such as that at 2097152']],
  ['with more', [...written, at(4, 'a')], ['1 of its blocks were never written, such as that at 8388608']],
  [
    'moved by one',
    [at(1, 'a'), at(2, 'b'), at(4, 'c')],
    [
      '1 of its blocks hold other data, such as that at 2097152',
      '2 of its blocks are missing, such as that at 0',
      '2 of its blocks were never written, such as that at 4194304',
    ],
  ],
  ['of an empty volume', [], ['3 of its blocks are missing, such as that at 0']],
])('blocks that are %s', (_, found, differences) => {
  expect(differencesOf(written, found)).toEqual(differences);
});

test('a backup of what was written is one, and says of how much; of other data, or without a config, it is none', async () => {
  const numbers = [1, 2, 3, 4];
  const blocks = someBlocks(() => numbers.shift() ?? 0, 8);
  const restored = await store.write({
    volume: 'restored',
    backup: 'backup-1',
    size: 8 * blockSize,
    blocks,
  });
  const { context, told } = createTestContext({ root: store.root });
  const judged = (name: string, of: typeof restored) => {
    const volume = { name: 'restored', node: 'node1', size: 8 * blockSize, restored: of };
    return judgeRestored(context, handleOf(name, 'the first backup', { volume }));
  };
  await judged('backup-1', restored);
  const sentence = 'Then the first backup has the data that the volume was restored with';
  expect(told).toEqual([`${sentence} ...`, `${sentence}: 4 blocks, each with the checksum that was written`]);
  const changed = restored.with(2, { ...restored[2], checksum: 'f'.repeat(64) } as (typeof restored)[number]);
  await expect(judged('backup-1', changed)).rejects.toThrow(
    'the first backup (backup-1) is not of what volume restored was restored with: 1 of its blocks hold other data, such as that at 4194304',
  );
  await expect(judged('backup-2', restored)).rejects.toThrow(
    'the store has no config of the first backup (backup-2)',
  );
});

test('a volume without a device is not written to, and the scenario is told what it must say', async () => {
  const volume = { name: 'v', node: 'node1', size: 64 << 20, restored: [] };
  await expect(writeData(createTestContext().context, { volume, offset: 0, size: 1 << 20 })).rejects.toThrow(
    'volume v has no block device to write to: the scenario must say that it needs one',
  );
});

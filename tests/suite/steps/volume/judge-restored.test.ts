import { afterEach, beforeEach, expect, test } from 'vitest';
import { blockSize } from '../../../../e2e/store/format/pack-block.ts';
import { writeData } from '../../../../e2e/suite/steps/volume/data.ts';
import { differencesOf, judgeRestored } from '../../../../e2e/suite/steps/volume/restored.ts';
import { exported, someBlocks } from '../../../store/support/written-store.ts';
import { createTestContext } from '../../../support/test-context.ts';

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

let store: Awaited<ReturnType<typeof exported>>;
beforeEach(async () => {
  store = await exported();
});
afterEach(() => store.remove());

const judged = async (change: 'nothing' | 'a block' | 'no config') => {
  const numbers = [1, 2, 3, 4];
  const size = 8 * blockSize;
  const blocks = someBlocks(() => numbers.shift() ?? 0, 8);
  const restored = await store.write({
    volume: 'restored',
    backup: change === 'no config' ? 'backup-2' : 'backup-1',
    size,
    blocks,
  });
  const changed =
    change === 'a block'
      ? restored.map((block, index) => (index === 2 ? { ...block, checksum: 'f'.repeat(64) } : block))
      : restored;
  const { context, told } = createTestContext({ root: store.root });
  const volume = { name: 'restored', node: 'node1', size, restored: changed };
  const backup = {
    name: 'backup-1',
    label: 'the first backup',
    volume,
    snapshot: { name: 's', volume },
    since: { made: 0 },
  };
  return { judging: judgeRestored(context, backup), told };
};

test('a backup of what was written is one, and says of how much', async () => {
  const { judging, told } = await judged('nothing');
  await judging;
  const sentence = 'Then the first backup has the data that the volume was restored with';
  expect(told).toEqual([`${sentence} ...`, `${sentence}: 4 blocks, each with the checksum that was written`]);
});

test('a backup of other data is not', async () => {
  const { judging } = await judged('a block');
  await expect(judging).rejects.toThrow(
    'the first backup (backup-1) is not of what volume restored was restored with: 1 of its blocks hold other data, such as that at 4194304',
  );
});

test('nor is one that the store has not', async () => {
  const { judging } = await judged('no config');
  await expect(judging).rejects.toThrow('the store has no config of the first backup (backup-1)');
});

test('a volume without a device is not written to, and the scenario is told what it must say', async () => {
  const volume = { name: 'v', node: 'node1', size: 64 << 20, restored: [] };
  await expect(writeData(createTestContext().context, { volume, offset: 0, size: 1 << 20 })).rejects.toThrow(
    'volume v has no block device to write to: the scenario must say that it needs one',
  );
});

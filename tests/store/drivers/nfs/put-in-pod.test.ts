import { chmod, readdir, rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { incoming } from '../../../../e2e/store/drivers/nfs/pod-store.ts';
import { blockSize } from '../../../../e2e/store/format/pack-block.ts';
import { stubCluster } from '../../../support/stub-cluster.ts';
import { exported } from '../../support/written-store.ts';

let store: Awaited<ReturnType<typeof exported>>;
beforeEach(async () => {
  store = await exported();
});
afterEach(() => store.remove());

test('files of any bytes come whole: none, the ends of lines, and what looks like the next file', async () => {
  const contents = [
    Buffer.alloc(0),
    Buffer.from('\n\n\0\r\n'),
    Buffer.from('end .\n5 volume.cfg\n'),
    Buffer.alloc(3 << 20, '\x80\xff\n'),
  ];
  const { put, publish } = store.open('source');
  await put(contents.map((bytes, index) => ({ path: `blocks/aa/bb/${index}`, bytes })));
  await publish();
  const read = await Promise.all(contents.map((_, index) => store.read(`blocks/aa/bb/${index}`)));
  expect(read.map((bytes, index) => bytes.equals(contents[index] as Buffer))).toEqual([
    true,
    true,
    true,
    true,
  ]);
});

test('nothing is where Longhorn looks before all of it is, and nothing is left beside it', async () => {
  const { put, publish } = store.open('source');
  await put([{ path: 'volume.cfg', bytes: Buffer.from('{}') }]);
  expect(await store.isThere('source')).toBe(false);
  await publish();
  expect(await store.isThere('source')).toBe(true);
  expect(await readdir(store.root)).toEqual(['backupstore']);
});

test('a stream that is cut off is an error, wherever it is', async () => {
  const whole = stubCluster();
  const cut = (keep: (length: number) => number): typeof whole => ({
    ...whole,
    exec: (pod, command, { stdin, ...rest } = {}) =>
      whole.exec(pod, command, {
        ...rest,
        ...(stdin !== undefined && {
          stdin: Buffer.from(stdin as Uint8Array).subarray(0, keep(stdin.length)),
        }),
      }),
  });
  for (const keep of [() => 0, () => 3, (length: number) => length / 2, (length: number) => length - 6]) {
    const pod = { namespace: 'store', name: 'backupstore' };
    const { put } = incoming({ cluster: cut(keep), pod, root: store.root }, { volume: 'source' });
    await expect(put([{ path: 'blocks/aa/bb/1', bytes: Buffer.alloc(blockSize) }])).rejects.toThrow(
      /ended before its last line/,
    );
  }
});

test('a store that cannot be written to is an error that says so', async () => {
  const { put, publish } = store.open('source');
  await rm(store.root, { recursive: true });
  await writeFile(store.root, 'no folder');
  await chmod(store.root, 0o444);
  await expect(put([{ path: 'volume.cfg', bytes: Buffer.from('{}') }])).rejects.toThrow(
    /writing into the backup store failed in pod store\/backupstore with exit code 1: .*Not a directory/,
  );
  await expect(publish()).rejects.toThrow(/bringing a backup to its place in the store failed/);
});

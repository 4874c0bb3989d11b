import { readdir } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { incoming } from '../../../../e2e/store/drivers/folder/pod-store.ts';
import { stubCluster } from '../../../support/stub-cluster.ts';
import { exported } from '../../support/written-store.ts';

let store: Awaited<ReturnType<typeof exported>>;
beforeEach(async () => {
  store = await exported();
});
afterEach(() => store.remove());

test('files of any bytes come whole, none is where Longhorn looks before all are, and nothing is left beside them', async () => {
  const contents = [
    Buffer.alloc(0),
    Buffer.from('\n\n\0\r\n'),
    Buffer.from('end .\n5 volume.cfg\n'),
    Buffer.alloc(3 << 20, '\x80\xff\n'),
  ];
  const { put, publish } = store.open('source');
  await put(contents.map((bytes, index) => ({ path: `blocks/aa/bb/${index}`, bytes })));
  expect(store.isThere('source')).toBe(false);
  await publish();
  expect(store.isThere('source')).toBe(true);
  expect(await readdir(store.root)).toEqual(['backupstore']);
  for (const [index, bytes] of contents.entries())
    expect(bytes.equals(await store.read(`blocks/aa/bb/${index}`)), `${index}`).toBe(true);
});

test.each([
  ['its first line', () => 3],
  ['its last line', (length: number) => length - 6],
])('a stream that lacks %s is an error', async (_, keep) => {
  const whole = stubCluster();
  const exec: typeof whole.exec = (pod, command, { stdin = '', ...rest } = {}) =>
    whole.exec(pod, command, { ...rest, stdin: Buffer.from(stdin).subarray(0, keep(stdin.length)) });
  const pod = { namespace: 'store', name: 'backupstore' };
  const { put } = incoming({ cluster: { ...whole, exec }, pod, root: store.root }, { volume: 'source' });
  const files = [{ path: 'blocks/aa/bb/1', bytes: Buffer.alloc(9_000) }];
  await expect(put(files)).rejects.toThrow(/ended before its last line/);
});

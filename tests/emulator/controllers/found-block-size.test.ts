import { expect, test } from 'vitest';
import { foundBlockSize } from '../../../emulator/controllers/backup-volume/block-size.ts';
import type { ManagerContext } from '../../../emulator/manager/context.ts';

const parameters = (stated: string) => ({ Labels: {}, Parameters: { 'backup-block-size': stated } });

// backup_volume_controller.go, reconcile, v1.10.0 to v1.12.1.
test.each<[string, unknown, string]>([
  ['16 MiB', parameters('16777216'), '16777216'],
  ['nothing', { Labels: {}, Parameters: null }, '2097152'],
  ['another size', parameters('4194304'), '-1'],
  ['a size, but has no labels', { ...parameters('2097152'), Labels: null }, '-1'],
  ['that it is unfinished', 'inProgress', '-1'],
  ['nothing that can be read', new Error('unexpected end of JSON input'), '-1'],
])('a backup that is found whose config states %s', async (_, found, expected) => {
  const context = { mutant: undefined, log: { warning: () => undefined } } as unknown as ManagerContext;
  const inspect = async () => {
    if (found instanceof Error) throw found;
    return found;
  };
  const place = { client: { inspect } as never, url: 'nfs://store', volume: 'v' };
  expect(await foundBlockSize(context, place, 'b')).toBe(expected);
});

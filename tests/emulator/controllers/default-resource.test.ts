import { expect, test } from 'vitest';
import { applyDefaultResourceAtStart } from '../../../emulator/controllers/default-resource.ts';
import { ApiFailure } from '../../../emulator/kubernetes/client.ts';
import { createLog } from '../../../emulator/log.ts';
import type { ManagerContext } from '../../../emulator/manager/context.ts';

const spec = { backupTargetURL: 'nfs://a:/', credentialSecret: 'keys', pollInterval: '7m0s' };

const start = async (
  text: string,
  { refused = false, mutant }: { refused?: boolean; mutant?: string } = {},
) => {
  const patches: object[] = [];
  const lines: string[] = [];
  const target = { metadata: { name: 'default' }, spec };
  const configMap = { metadata: { resourceVersion: '7' }, data: { 'default-resource.yaml': text } };
  const patch = async (_: string, change: { spec?: Record<string, string> }) => {
    if (refused) throw new ApiFailure('PATCH', 422, 'Invalid', 'url a is the same to backup target b');
    const { syncRequestedAt: _at, ...changed } = change.spec ?? {};
    patches.push(changed);
  };
  const datastore = { backupTargets: { get: () => target, patch }, configMaps: { get: () => configMap } };
  const log = createLog((line) => lines.push(line));
  const ended = await applyDefaultResourceAtStart({
    datastore,
    log,
    mutant,
  } as unknown as ManagerContext).then(
    () => false,
    () => true,
  );
  return { patches, ended, lines };
};

test('what the ConfigMap names is set, and what it does not name stays', async () => {
  expect((await start('backup-target: nfs://b:/\n')).patches).toEqual([{ backupTargetURL: 'nfs://b:/' }]);
  expect((await start('')).patches).toEqual([]);
  expect((await start('backup-target: nfs://a:/\n')).patches).toEqual([]);
});

test('what it names, and leaves empty, is that of a new Longhorn', async () => {
  const text = 'backup-target: ""\nbackup-target-credential-secret:\nbackupstore-poll-interval: ""\n';
  expect((await start(text)).patches).toEqual([
    { backupTargetURL: '', credentialSecret: '', pollInterval: '5m0s' },
  ]);
});

test('a manager that is refused the change ends, and says why', async () => {
  const { ended, lines } = await start('backup-target: nfs://b:/\n', { refused: true });
  expect([ended, lines.join('')]).toEqual([
    true,
    expect.stringMatching(/level=fatal msg="Error starting manager: url a is the same to backup target b"/),
  ]);
  const mutant = 'fixed:refused-default-resource-ends-managers';
  expect((await start('backup-target: nfs://b:/\n', { refused: true, mutant })).ended).toBe(false);
});

import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { healByLabels, mutableCommand } from '../../e2e/faults/heal-by-labels.ts';
import type { Cluster, Resource } from '../../e2e/kube/cluster.ts';
import { localPods } from '../support/local-pods.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'corral-labels-'));
});
afterEach(() => rm(folder, { recursive: true }));

const run = ([program = '', ...args]: string[]): string => execFileSync(program, args, { encoding: 'utf8' });

test('policies are found by the label of the run, and no other run is touched', async () => {
  const labelled: Record<string, string> = { validatingadmissionpolicies: 'abc123', validatingadmissionpolicybindings: 'abc123' };
  const removed: string[] = [];
  const cluster = {
    ...localPods(),
    list: async ({ plural }: Resource, { labelSelector }: { labelSelector: string }) => ({
      items: labelSelector === `corral.test/run=${labelled[plural]}` ? [{ metadata: { name: `corral-${plural}` } }] : [],
    }),
    delete: async ({ plural }: Resource, { name }: { name: string }) => void removed.push(`${plural}/${name}`),
  } as unknown as Cluster;
  expect(await healByLabels(cluster, 'other1')).toEqual([]);
  expect(removed).toEqual([]);
  await healByLabels(cluster, 'abc123');
  expect(removed).toEqual([
    'validatingadmissionpolicybindings/corral-validatingadmissionpolicybindings',
    'validatingadmissionpolicies/corral-validatingadmissionpolicies',
  ]);
});

/** Only root may set the attribute, and not every file system has it. */
const canBeImmutable = (() => {
  try {
    execFileSync('bash', ['-c', 'f=$(mktemp) && chattr +i "$f" && chattr -i "$f"; code=$?; rm "$f"; exit $code'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

test.runIf(canBeImmutable)('every immutable file of a store is mutable again', async () => {
  const config = join(folder, 'backups', 'backup_b.cfg');
  await mkdir(join(folder, 'backups'));
  await writeFile(config, '{}');
  await writeFile(join(folder, 'volume.cfg'), '{}');
  run(['chattr', '+i', config]);
  expect(run(mutableCommand(folder))).toBe(`${config}\n`);
  expect(run(mutableCommand(folder))).toBe('');
});

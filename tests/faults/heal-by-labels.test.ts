import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { healByLabels, mutableCommand, unwrapCommand } from '../../e2e/faults/heal-by-labels.ts';
import { wrapperCommand } from '../../e2e/faults/unwrap-engine.ts';
import type { Cluster, Resource } from '../../e2e/observe/cluster.ts';
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

test('an engine binary that the run has wrapped is as it was, one of another run stays', async () => {
  const binary = join(folder, 'engine', 'longhorn');
  await mkdir(join(folder, 'engine'));
  await writeFile(binary, '#!/bin/sh\necho real\n');
  await chmod(binary, 0o755);
  run(wrapperCommand('wrap', 'token', binary, 'corral-abc123-volume-0001', '600'));
  expect(run(unwrapCommand(folder, 'other1'))).toBe('');
  expect(await readFile(binary, 'utf8')).toContain('corral-wrapper');
  expect(run(unwrapCommand(folder, 'abc123'))).toBe(`${binary}\n`);
  expect(run([binary])).toBe('real\n');
  expect(await readdir(join(folder, 'engine'))).toEqual(['longhorn']);
});

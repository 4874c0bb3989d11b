import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runSuite, suiteOf } from '../support/run-suite.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const suite = suiteOf('before-a-run');

const plan = [
  '4 scenarios, provider lab, Longhorn: emulator',
  '1 of them will run, 3 skipped:',
  '  2: kills longhorn-manager pods: not without --allow manager-kill',
  '  1: needs the lab (its nodes can be made to fail)',
  'scenarios for Longhorn >=1.8 are skipped on other versions',
];

test('a run says before it starts what it will run, and why not the rest, and the report agrees', async () => {
  const { stdout, report } = await runSuite(suite);
  expect(stdout.split('\n').slice(0, 6)).toEqual([...plan, 'Booting three nodes ...']);
  expect(report?.totals).toEqual({ passed: 1, knownBugs: 0, failed: 0, skipped: 3, notProvable: 0 });
  const reasons = report?.scenarios.flatMap(({ reason }) => (reason === null ? [] : [`  : ${reason}`])) ?? [];
  expect(new Set(reasons)).toEqual(new Set(plan.slice(2, 4).map((line) => line.replace(/\d/, ''))));
});

test('--list prints the chosen scenarios, for people and for programs, and starts nothing', async () => {
  const ended = await runSuite(suite, { how: 'dies', flags: ['--list', '--only', 'crashes'] });
  expect(ended).toMatchObject({ exitCode: 0, stderr: '', report: undefined });
  expect(ended.stdout).toMatchInlineSnapshot(`
    "a.e2e.ts
      It crashes a node
        time not known yet; no tags
        needs lab
        on Longhorn >=1.9
        skipped: needs the lab (its nodes can be made to fail)
    1 scenario, provider lab, Longhorn: emulator; time not known yet
    none of them will run, 1 skipped:
      1: needs the lab (its nodes can be made to fail)
    Nothing was started, and no cluster was looked at (--list)."
  `);
  const { stdout } = await runSuite(suite, {
    how: 'dies',
    flags: ['--list', '--output', 'json', '--only', 'It kills$'],
  });
  expect(JSON.parse(stdout)).toEqual([
    {
      ...{ name: 'It kills', file: 'a.e2e.ts', seed: null, tags: [], needs: [], longhorn: '*', store: 'nfs' },
      ...{ exclusive: ['longhorn-managers'], disruptions: ['manager-kill'], expected: null },
      skipped: 'kills longhorn-manager pods: not without --allow manager-kill',
    },
  ]);
});

test('docs/running.md says how many of the scenarios run on a cluster that is there, those in a browser that is still to be fetched among them', async () => {
  const disruptions = 'manager-kill,process-hold,manager-mount,store-stall,unmount,admission-policy,settings';
  const existing = ['--provider', 'existing', '--kubeconfig', 'package.json', '--context', 'x'];
  const args = ['scripts/corral.ts', 'e2e', '--list', '--output', 'json', ...existing, '--store-image', 'x'];
  // No browser, and all that fetching one takes.
  const PATH = await temporaryFolder();
  for (const name of ['apt-get', 'dpkg-deb', 'tar', 'flock'])
    await writeFile(join(PATH, name), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  const env = { PATH, XDG_CACHE_HOME: '/nowhere', CORRAL_DEBIAN_MIRROR: 'http://127.0.0.1:9/debian' };
  const ask = (...more: string[]) => {
    const listed: { skipped: string | null }[] = JSON.parse(
      execFileSync(process.execPath, [...args, ...more], { cwd: root, env, encoding: 'utf8' }),
    );
    const skipped = listed.flatMap((each) => each.skipped ?? []);
    return {
      all: listed.length,
      skipped,
      share: `${listed.length - skipped.length} of the ${listed.length}`,
    };
  };
  const { share } = ask();
  const { all, share: shareOfAll, skipped } = ask('--all');
  const document = readFileSync(join(root, 'docs/running.md'), 'utf8');
  expect(document).toContain(`| by default | ${share} | all`);
  expect(document).toContain(`| with \`--all\` | ${shareOfAll} |`);
  expect(document).toContain(`--allow ${disruptions}`);
  const unfit = skipped.filter((reason) => !reason.includes('not without --allow'));
  const ofLab = unfit.filter((reason) => reason.includes('needs the lab')).length;
  expect(document).toContain(
    `${all - unfit.length} of the ${all}; ${unfit.length - ofLab} more need S3 (\`--store all\`), and ${ofLab} need the lab`,
  );
  const missing = skipped.flatMap(
    (reason) => /: not without --allow (\S+)$/.exec(reason)?.[1]?.split(',') ?? [reason],
  );
  const needed = [
    'needs the lab (its nodes can be made to fail)',
    'needs a backup store in which what is deleted stays as a version, under retention: an NFS backup store cannot',
    'needs a backup store that is asked by HTTP, where chosen requests can be answered wrongly: an NFS backup store cannot',
    'needs a backup store that Longhorn logs in to by a key, which can be replaced: an NFS backup store cannot',
    'needs backup stores of two kinds, and the run makes those of one alone: --store all',
  ];
  expect([...new Set(missing)].toSorted()).toEqual([...disruptions.split(','), ...needed].toSorted());
});

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { redactFor } from '../../e2e/cli/bugs/private.ts';
import { runBugsCommand } from '../../e2e/cli/bugs.ts';
import { bugIds, bugs } from '../../e2e/longhorn/bugs/bugs.ts';
import { plantAll } from '../safety/support/sentinels.ts';
import { runInProcess } from '../support/run-in-process.ts';
import { sampleReport, scenarioReport } from '../support/scenario-report.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const id = 'deletion-destroys-other-backups';

/** What is private of a cluster and of a machine, as it stands in what is kept of a run. */
const secrets = {
  node: 'worker-7.rack3',
  namespace: 'team-payments',
  context: 'prod-admin@eu',
  server: 'https://api.prod.acme.example:6443',
  storeHost: 'filer.acme.example',
  address: '10.23.45.67',
  address6: 'fd00:10:23::45',
  home: '/home/jane.doe/work/.corral/last',
  mount: '/srv/acme/exports',
};
const volume = 'corral-abc123-volume-1234abcd';
const log = [
  `2026-11-22T08:36:13Z time="2026-11-22T08:36:13Z" level=info msg="Start deleting backup nfs://${secrets.storeHost}:${secrets.mount}?backup=backup-1&volume=${volume}" func="engineapi.(*BackupTargetClient).BackupDelete" file="backups.go:302" node=${secrets.node}`,
  `2026-11-22T08:36:14Z time="2026-11-22T08:36:14Z" level=warning msg="Failed to list nfs://${secrets.storeHost}:${secrets.mount}?volume=${volume}: dial tcp ${secrets.address}:2049, [${secrets.address6}]:2049, lookup ${secrets.storeHost} on ${secrets.address}:53: i/o timeout" node=${secrets.node}`,
  `2026-11-22T08:36:15Z time="2026-11-22T08:36:15Z" level=error msg="another volume" node=${secrets.node}`,
].join('\n');

/** A folder of results in which the bug showed; `said` stands in all of it. */
const layOut = async (said: string): Promise<string> => {
  const folder = await temporaryFolder();
  const evidence = 'evidence/it-shows';
  const seen = (resource: string, metadata: object, more = {}) => ({
    ...{ at: 1, type: 'ADDED', resource },
    object: { metadata, ...more },
  });
  const lines = [
    { recording: 'It shows', startedAt: '2026-11-22T08:36:00Z' },
    seen('volumes', { name: volume, namespace: 'longhorn-system' }, { status: { ownerID: secrets.node } }),
    seen('pods', { name: 'store', namespace: secrets.namespace }),
  ];
  const bug = { id, title: 't', severity: 'data loss', kept: false, listed: true } as const;
  const bugs = [{ ...bug, seen: `${said}\n    at throwIfAny (/suite/judging.ts:45:11)` }];
  const scenario = scenarioReport('It shows', { state: 'known-bug', reason: said, evidence, bugs });
  const { server, context } = secrets;
  const report = sampleReport([scenario], { kubernetes: { server, context, version: 'v1.34.1' } });
  await mkdir(join(folder, evidence, 'logs'), { recursive: true });
  for (const [path, text] of Object.entries({
    'report.json': JSON.stringify(report),
    [`${evidence}/history.ndjson`]: lines.map((line) => JSON.stringify(line)).join('\n'),
    [`${evidence}/logs/longhorn-manager-1.log`]: `${log}\n${repeated}\n2026-11-22T08:36:16Z level=warning ${volume} ${said}`,
  }))
    await writeFile(join(folder, path), text);
  return folder;
};

const repeated = ['08:36:10.5', '08:36:15.5']
  .map(
    (time) => `2026-11-22T${time}Z E1122 ${time}31 1 engine_controller.go:1009] "Unhandled Error" ${volume}`,
  )
  .join('\n');

const write = async (said: string) =>
  runInProcess(async () => runBugsCommand(['report', id, '--from', await layOut(said)]));

test('what is written up says all that is needed, and nothing private', async () => {
  const said = `block 1 of ${volume} is missing on ${secrets.node} in ${secrets.namespace} (${secrets.home}/x.log, ${secrets.server}, ${secrets.context})`;
  const { exitCode, stdout, stderr } = await write(said);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(Object.entries(secrets).filter(([, value]) => stdout.includes(value))).toEqual([]);
  const seen = `block 1 of ${volume} is missing on NODE-1 in NAMESPACE-1 (PATH, API-SERVER, CONTEXT)`;
  for (const part of [
    '# One deletion destroys the data of every other backup of the volume while they cannot be listed\n\n## Expected\n',
    `The scenario "It shows" saw it so:\n\n~~~~text\n${seen}\n~~~~\n\n## Versions\n\n- Longhorn v1.12.1\n- Kubernetes v1.34.1\n`,
    'chmod 0300 backups\nlonghorn backup rm "vfs://$STORE?backup=$FIRST&volume=$VOLUME"',
    `msg="Failed to list nfs://HOST:PATH?volume=${volume}: dial tcp ADDRESS:2049, [ADDRESS]:2049, lookup HOST on ADDRESS:53: i/o timeout" node=NODE-1`,
    `"Unhandled Error" ${volume} (2 times)\n2026`,
    `level=warning ${volume} ${seen}\n~~~~\n\n## Where it comes from\n`,
    '- Upstream: not reported yet\n',
    "- Corral's run abc123\n- The bundle, in the folder of the run: evidence/it-shows.tar.gz. Secrets are redacted in it, addresses and names are not.",
  ])
    expect(stdout).toContain(part);
  expect(stdout).not.toContain('another volume');
});

test('of fifty sentinels none is left that stands where secrets stand', () => {
  const { sentinels, env, ...rest } = plantAll(1234);
  const all = [JSON.stringify(env), JSON.stringify(rest)].join('\n');
  // What is printed goes through another guard.
  const written = redactFor(null, '')(all);
  const byRule = sentinels.filter(({ where }) =>
    /PEM|JWT|header|URL|variable|flag|Authorization/i.test(where),
  );
  expect(byRule.length).toBeGreaterThan(10);
  expect(byRule.filter(({ value }) => written.includes(value))).toEqual([]);
});

test('the list has each bug with how bad it is, its versions, its title and where it is shown', async () => {
  const { exitCode, stdout } = await runInProcess(() => runBugsCommand([]));
  expect(exitCode).toBe(0);
  for (const each of bugIds) {
    const { severity, versions, title, upstream } = bugs[each];
    const issue = upstream.replace(/^.*\/issues\/|^not reported yet$/, '');
    const head = `${each}: ${severity}, Longhorn ${versions}${issue && `, #${issue}`}`;
    expect(stdout).toContain(`${head}\n  ${title}\n  shown by: `);
  }
  expect(stdout).toMatch(/^first-run-warns: .*\n.*\n {2}shown by: the finding first-run-warns$/m);
});

test.each([
  ['13245', ['manager-panics-on-late-failure']],
  ['#13587', ['snapshot-cleanup-stops-the-job', 'snapshot-cleanup-fails-the-job']],
])('the number of an issue stands for all bugs that it is about: %s', async (number, found) => {
  const { exitCode, stdout } = await runInProcess(() => runBugsCommand(['show', number]));
  expect(exitCode).toBe(0);
  expect(bugIds.filter((each) => stdout.includes(`${each}: ${bugs[each].title}\n\nseverity: `))).toEqual(
    found,
  );
});

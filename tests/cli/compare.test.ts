import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCompareCommand } from '../../e2e/cli/compare.ts';
import type { ScenarioReport } from '../../e2e/report/schema.ts';
import { runInProcess } from '../support/run-in-process.ts';
import { sampleReport, scenarioReport } from '../support/scenario-report.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A state of an object: when, of what, and how it was. */
type Seen = readonly [at: number, resource: string, name: string, status: object | 'gone'];

const history = (action: number | undefined, seen: readonly Seen[]): string => {
  const step = (at: number, id: number, sentence: string) => ({
    ...{ at, marker: sentence },
    step: { id, phase: 'begins', sentence },
  });
  const events = seen.map(([at, resource, name, status], index) => {
    const isFirst = seen.findIndex((each) => each[2] === name) === index;
    const metadata = { name, resourceVersion: `${index + 1}` };
    const [type, now] = status === 'gone' ? ['DELETED', {}] : [isFirst ? 'ADDED' : 'MODIFIED', status];
    return { at, type, resource, object: { kind: 'x', metadata, status: now } };
  });
  const steps = action === undefined ? [] : [step(action, 2, 'When the first backup is deleted')];
  const lines = [step(0, 1, 'Given a volume'), ...steps, ...events];
  const header = { recording: 'It goes', corral: 1, startedAt: '2026-01-01T00:00:00.000Z', seconds: 60 };
  const sorted = lines.toSorted((one, other) => one.at - other.at);
  return [header, ...sorted].map((line) => JSON.stringify(line)).join('\n');
};

const put = async (folder: string, scenarios: ScenarioReport[], histories: Record<string, string> = {}) => {
  await mkdir(folder);
  await writeFile(join(folder, 'report.json'), JSON.stringify(sampleReport(scenarios)));
  for (const [name, text] of Object.entries(histories)) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'history.ndjson'), text);
  }
};

const compared = async (
  one: [ScenarioReport[], Record<string, string>?],
  other: [ScenarioReport[], Record<string, string>?],
) => {
  const folder = await temporaryFolder();
  await put(join(folder, 'one'), ...one);
  await put(join(folder, 'other'), ...other);
  const ended = await runInProcess(() => runCompareCommand([join(folder, 'one'), join(folder, 'other')]));
  return { ...ended, stdout: ended.stdout.replaceAll(folder, '') };
};

const passed = (name: string) => scenarioReport(name, { evidence: 'kept' });
const reason = 'the first backup did not go\nits history';
const failed = (name: string) => scenarioReport(name, { state: 'failed', reason, evidence: 'kept' });
/** The same scenario, passed with the one history and failed with the other. */
const beside = (one: string, other: string) =>
  compared([[passed('A')], { kept: one }], [[failed('A')], { kept: other }]);
const alike = 'all objects went through the same states, and said the same';

const [backup, error] = ['backups', (messages: object = {}) => ({ state: 'Error', messages })];
const before: Seen[] = [
  [1, 'volumes', 'corral-aaaaaa-volume-11111111', { state: 'attached', robustness: 'healthy' }],
  [5, backup, 'backup-1111111111111111', { state: 'Completed' }],
];
const elsewhere: Seen[] = [
  [2, 'volumes', 'corral-bbbbbb-volume-22222222', { state: 'attached', robustness: 'healthy' }],
  [9, backup, 'backup-2222222222222222', { state: 'Completed' }],
];
const first = (status: object) => history(10, [...before, [12, backup, 'backup-1111111111111111', status]]);
const second = (status: object) =>
  history(20, [...elsewhere, [23, backup, 'backup-2222222222222222', status]]);

test('one that ended otherwise is aligned at its action, with the first state that differs', async () => {
  const one = history(10, [
    ...before,
    [10.5, backup, 'backup-1111111111111111', { state: 'Deleting' }],
    [11, backup, 'backup-1111111111111111', 'gone'],
    [12, 'volumes', 'corral-aaaaaa-volume-11111111', { state: 'detached' }],
  ]);
  const other = history(20, [
    ...elsewhere,
    [20.4, backup, 'backup-2222222222222222', { state: 'Deleting' }],
    [23, backup, 'backup-2222222222222222', error({ error: 'permission denied' })],
  ]);
  const ended = await compared(
    [[passed('It goes'), passed('Other')], { kept: one }],
    [[failed('It goes'), passed('Other')], { kept: other }],
  );
  expect(ended).toMatchObject({ exitCode: 1, stderr: '' });
  expect(ended.stdout).toMatchInlineSnapshot(`
    "first: /one, run abc123: Longhorn v1.12.1 (official)
    second: /other, run abc123: Longhorn v1.12.1 (official)

    ≠ passed        failed        It goes
      passed        passed        Other

    It goes
      second, failed: the first backup did not go
      counted from "When the first backup is deleted"; the first state that differs, of backups 1 (backup-1111111111111111 | backup-2222222222222222):
              0.0 s  Completed        0.0 s  Completed
              0.5 s  Deleting         0.4 s  Deleting
        ≠     1.0 s  gone             3.0 s  Error
            second, not in the catalogue: permission denied
      states differ too of: volumes 1

    2 scenarios: 1 ended otherwise"
  `);
});

test('a state that says something else differs, but for names and numbers', async () => {
  const one = first(error({ error: 'of corral-aaaaaa-volume-1a2b3c4d: denied' }));
  const differs = await beside(one, second(error({ error: 'of backup-2222222222222222: away' })));
  expect(differs.stdout).toContain('the first state that differs, of backups 1');
  expect(differs.stdout).toContain(
    '        first, not in the catalogue: of corral-aaaaaa-volume-1a2b3c4d: denied\n',
  );
  expect(differs.stdout).toMatch(/ {4}≠ +2\.0 s {2}Error +3\.0 s {2}Error$/m);
  const same = await beside(one, second(error({ error: 'of corral-bbbbbb-volume-9f8e7d6c: denied' })));
  expect(same.stdout).toContain(alike);
  expect(same.exitCode).toBe(1);
});

test('what the catalogue knows is the same by what it means, whatever its words', async () => {
  const held = (name: string) => ({
    ...{ state: 'Pending' },
    messages: { info: `Wait for backup ${name} to be deleted` },
  });
  const one = first(held('backup-of-mine'));
  expect((await beside(one, second(held('its-twin')))).stdout).toContain(alike);
  const { stdout } = await beside(one, second({ state: 'Pending' }));
  expect(stdout).toContain('first, waits-for-deletion: Wait for backup backup-of-mine to be deleted');
});

test('without an action, or without a history, that is said', async () => {
  const early = history(undefined, [...before, [12, backup, 'backup-1111111111111111', error()]]);
  const ended = await beside(history(10, before), early);
  expect(ended.stdout).toContain('counted from its beginning, as one of them did not get to an action');
  const none = await compared([[passed('A')]], [[failed('A')], { kept: early }]);
  expect(none.stdout).toContain('  no history of it was kept by the first: there is nothing to align\n');
});

test('the order counts for nothing; a scenario that only one has, and a round that did not pass, are differences', async () => {
  const skipped = scenarioReport('C', { state: 'skipped', reason: 'not here' });
  const rounds = [skipped, passed('A'), { ...failed('A'), round: 2 }];
  const { exitCode, stdout } = await compared([[passed('A'), passed('B'), skipped]], [rounds]);
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(
    /^≠ passed {8}failed {8}A\n≠ passed {8}not there {5}B\n {2}skipped {7}skipped {7}C$/m,
  );
  expect(stdout).toMatch(/^3 scenarios: 2 ended otherwise$/m);
});

test('images that are not the same in both are reported', async () => {
  const folder = await temporaryFolder();
  const image = (name: string, digest: string) => ({ name: `longhornio/${name}:master-head`, digest });
  const same = image('longhorn-engine', 'sha256:ee');
  for (const [name, digest] of Object.entries({ one: 'sha256:aa', other: 'sha256:bb' })) {
    const images = [same, image('longhorn-manager', digest)];
    const kubernetes = { server: 's', context: 'c', version: 'v1', images };
    await mkdir(join(folder, name));
    await writeFile(
      join(folder, name, 'report.json'),
      JSON.stringify(sampleReport([scenarioReport('A')], { kubernetes })),
    );
  }
  const { stdout, exitCode } = await runInProcess(() =>
    runCompareCommand([join(folder, 'one'), join(folder, 'other')]),
  );
  expect(exitCode).toBe(0);
  expect(stdout).toContain(
    '\nonly in the first: longhornio/longhorn-manager:master-head sha256:aa\nonly in the second: longhornio/longhorn-manager:master-head sha256:bb\n\n',
  );
  expect(stdout).not.toContain('longhorn-engine');
});

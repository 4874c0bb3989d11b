import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runReplayCommand } from '../../e2e/cli/replay.ts';
import { ledgerPath } from '../../e2e/faults/ledger.ts';
import { reportPath } from '../../e2e/report/file.ts';
import { makeRunOfFile } from '../../e2e/report/html/page-run.ts';
import type { Report } from '../../e2e/report/schema.ts';
import { runInProcess } from '../support/run-in-process.ts';
import { type Ended, runCommandIn, withSuite } from '../support/run-suite.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const head = `import { longhornScenario } from '${root}tests/support/inline-longhorn.ts';
import { patchedObject } from '${root}e2e/faults/patched-object.ts';
import { waitUntil } from '${root}e2e/history/expectation.ts';
const event = (object) => ({ kind: 'modified', at: Date.now(), object: { ...object, metadata: { uid: 'u', creationTimestamp: new Date().toISOString(), ...object.metadata } } });
const volume = (name, status) => event({ metadata: { name }, spec: { size: '1' }, status });
const change = {
  kind: patchedObject,
  title: 'no backup is taken on',
  data: { resource: { group: 'longhorn.io', version: 'v1beta2', plural: 'settings' }, namespace: 'longhorn-system', name: 'x', before: {} },
  inject: async () => {},
  prove: async () => 'it is so',
};
const attaches = async ({ volumes, made, does }) => {
  made.volumes.push('v1');
  volumes.push(volume('v1', { state: 'attaching', robustness: 'unknown', ownerID: 'node1' }));
  await does('Given a volume', () => waitUntil(volumes, ({ status }) => status?.state === 'attached', { name: 'v1', label: 'volume v1 is attached', within: '300ms', owner: 'a test' }));
};
`;

type ReportedCause = { state: string; at: string; because: string; reason: string };

type Read = { folder: string; ended: Ended; replay: string };

/** What report.json says of a scenario; and that the console, JUnit, the page and the replay say the same. */
const causeOf = async (name: string, { folder, ended, replay }: Read): Promise<ReportedCause> => {
  const scenario = ended.report?.scenarios.find((each) => each.name === name);
  // Also where the only one that did not pass is not provable.
  expect(ended.exitCode).toBe(1);
  const { pointsTo } = scenario?.failure ?? {};
  if (scenario === undefined || pointsTo === undefined)
    throw new Error(`${name} points nowhere:\n${ended.stdout}\n${ended.stderr}`);
  const { place, ...hint } = pointsTo;
  const page = await makeRunOfFile(ended.report as Report, reportPath(join(folder, 'out')));
  expect(page.run.scenarios.find((each) => each.name === name)?.hint).toMatchObject(hint);
  const junit = await readFile(join(folder, 'out/junit.xml'), 'utf8');
  const ofCase = junit.split('<testcase ').find((each) => each.startsWith(`name="${name}"`));
  const ofReplay = replay.split('\n\n').find((each) => each.startsWith(`${name}\n`));
  const ofConsole = ended.stdout.split(`\n${name}\n`)[1];
  const places = [ofConsole, ofCase, ofReplay].map((said) => said?.split('oints to: ')[1]?.startsWith(place));
  expect(places, 'on the console, in JUnit, of the replay').toEqual([true, true, true]);
  const { state, reason } = scenario;
  return { state, at: pointsTo.at, because: pointsTo.because.join('\n'), reason: reason ?? '' };
};

const scenario = 'A recurring job goes on making backups while the engine deletes none';
const recording = join(root, 'fixtures/recordings/runs/volume-beside-a-wrapped-engine.ndjson.gz');
const begun = Date.parse('2026-11-22T07:28:00.398Z');
// As that run's own history has it.
const [wrapped, unwrapped] = ['2026-11-22T07:25:30.742Z', '2026-11-22T07:28:15.217Z'].map(Date.parse);
const line = String.raw`time="2026-11-22T07:28:17Z" level=error msg="Error running start replica command: exec: \"/host/var/lib/longhorn/engine-binaries/x/corral-576e63f9/longhorn\": stat /host/var/lib/longhorn/engine-binaries/x/corral-576e63f9/longhorn: no such file or directory" volume=corral-hiqt6e-volume-571e6c69`;

const suite = (begins: number) => `${head}const inForce = Promise.withResolvers();
const failed = Promise.withResolvers();
const started = Promise.withResolvers();
longhornScenario('Its volume starts', {}, async ({ replays, attach, answers, does, later }) => {
  later(started.resolve);
  replays('recorded.ndjson.gz', { start: ${begins}, until: 200 });
  const replica = (name) => ({ metadata: { name }, spec: { nodeID: 'node1', desireState: 'stopped', failedAt: '2026-11-22T07:28:17Z' }, status: { currentState: 'stopped' } });
  answers.lists = { replicas: [replica('r-1'), replica('r-2')], pods: [{ metadata: { name: 'instance-manager-a' } }] };
  answers.log = ${JSON.stringify(line)};
  await does('Given a volume', () => attach('corral-hiqt6e-volume-571e6c69', 'node3'));
});
longhornScenario('It changes a setting', {}, async ({ faults }) => { await started.promise; await faults.inject(change); inForce.resolve(); await failed.promise; });
longhornScenario('It stands beside', {}, async (steps) => { steps.later(failed.resolve); await inForce.promise; await attaches(steps); });
`;

test('a fault of another scenario points to the suite, by the name of both, as of a volume that a real v1.12.1 started beside a wrapped engine', async () => {
  const shift = Date.now() - begun - 30_000;
  const at = (time = 0): string => new Date(time + shift).toISOString();
  const title = "the engine's binary refuses to delete a backup of the job's volume";
  const fault = {
    id: '78c303fe',
    server: 'https://cluster.invalid',
    kind: 'wrapped-engine',
    title,
    data: {},
  };
  const ledger = [
    { ...fault, scenario, recordedAt: at(wrapped) },
    { healed: fault.id, healedAt: at(unwrapped) },
  ];
  await withSuite({ 'one.e2e.ts': suite(begun + shift) }, async ({ folder, config }) => {
    await copyFile(recording, join(folder, 'recorded.ndjson.gz'));
    await mkdir(join(folder, 'out'));
    const lines = ledger.map((each) => `${JSON.stringify(each)}\n`);
    await writeFile(ledgerPath(join(folder, 'out')), lines.join(''));
    const ended = await runCommandIn(folder, config, { flags: ['--workers', '2'] });
    const { stdout } = await runInProcess(() => runReplayCommand([join(folder, 'out')]));
    const of = (name: string) => causeOf(name, { folder, ended, replay: stdout });
    const recorded = await of('Its volume starts');
    expect(recorded).toMatchObject({ state: 'not-provable', at: 'suite' });
    expect(recorded.because).toContain(
      `the scenario "${scenario}" had a fault in force, wrapped-engine (the engine's binary refuses`,
    );
    expect(recorded.because).toContain('it reaches every volume that starts meanwhile, and this one did');
    const [, first] = recorded.reason.split('\n');
    for (const part of [
      'volume corral-hiqt6e-volume-571e6c69 is faulted, all its replicas have failed: it can no longer happen that',
      'nearest cause: volume corral-hiqt6e-volume-571e6c69: it is detached, faulted; 2 of 2 replicas failed; ',
      'Error running start replica command: exec: "/host/var/lib/longhorn/engine-binaries/x/corral-576e63f9/longhorn": stat',
    ])
      expect(first).toContain(part);
    const beside = await of('It stands beside');
    expect(beside).toMatchObject({ state: 'not-provable', at: 'suite' });
    expect(beside.because).toMatch(
      /^the scenario "It changes a setting" had a fault in force, patched-object \(no backup is taken on\), from \S+ on: it reaches everything$/,
    );
    expect(beside.reason).toMatch(
      /it reaches everything, so this is no verdict on Longhorn:\ntimed out after 300 ms \(a test\)/,
    );
  });
});

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nothingSpent, type Report, type ScenarioReport } from '../../../../e2e/report/schema.ts';
import { sampleReport, scenarioReport } from '../../../support/scenario-report.ts';

const recordings = new URL('../../../../fixtures/recordings/longhorn-v1.12.1/', import.meta.url);

const startedAt = '2026-11-20T03:00:00.000Z';

/** What a page must show as a text, and nothing else. */
export const hostile = '</script><img src=x onerror="window.broken=true"><!--';

type Line = Record<string, unknown> & { at: number };

const step = (at: number, id: number, phase: string, sentence: string): Line => ({
  at,
  marker: sentence,
  step: { id, phase, sentence },
});

const passedSteps: Line[] = [
  step(0, 1, 'begins', 'Given a volume of 512 MiB, attached to a node'),
  step(10.1, 1, 'passed', 'Given a volume of 512 MiB, attached to a node: vz-e on node1'),
  step(12.2, 2, 'begins', 'Given the first backup, completed and settled'),
  step(45.2, 2, 'passed', 'Given the first backup, completed and settled: ze-b1'),
];

const expectation = (id: number, from: number, steps: string[]) => {
  const label = 'the first backup';
  const common = {
    id,
    label,
    from,
    steps,
    resource: 'backups',
    name: 'ze-b1',
    limit: 120,
    owner: 'the retry',
  };
  const line = (at: number, more: Record<string, unknown>): Line => ({
    ...{ at, marker: `awaits: ${label}` },
    expectation: { ...common, ...more },
  });
  return { set: line(from, { phase: 'set' }), end: line };
};

const firstGoesError = expectation(1, 45.6, ['Deleting', 'Error']);
const firstGoes = expectation(2, 51.2, ['Deleting', 'gone']);

const fault = (at: number, phase: string, detail: string): Line => ({
  ...{ at, marker: detail },
  fault: { id: 'abcd0123', name: 'immutable-file', phase, detail },
});
const lock = (at: number, phase: string, thing: string): Line => ({
  ...{ at, marker: phase },
  lock: { things: [thing], phase },
});
const gap = (at: number, since: number, resource: string, reason: string): Line => ({
  ...{ at, type: 'GAP', resource, reason, since },
});
const found = { title: 'The message names the store twice', detail: 'in v1.12.1' };
const immutable = 'the config of the first backup is immutable';
const failedSentence = 'Then the first backup goes Deleting, and is gone';
const redMarkers: Line[] = [
  ...passedSteps,
  lock(11, 'asks', 'the default backup target'),
  lock(12, 'has', 'the default backup target'),
  fault(45.4, 'entered', immutable),
  fault(45.5, 'injected', immutable),
  fault(45.55, 'proved', 'lsattr: ----i---------e------- backup_ze-b1.cfg; unlink: Operation not permitted'),
  step(45.6, 3, 'begins', 'When the first backup is deleted'),
  step(45.65, 3, 'passed', 'When the first backup is deleted'),
  firstGoesError.set,
  step(45.7, 4, 'begins', 'Then the first backup goes Deleting, and Error with the text on permissions'),
  firstGoesError.end(51.103, { phase: 'met', reached: [{ label: 'Error', at: 51.103 }] }),
  step(51.11, 4, 'passed', 'Then the first backup goes Deleting, and Error with the text on permissions'),
  { at: 51.15, marker: 'finding', finding: found },
  firstGoes.set,
  step(51.2, 5, 'begins', failedSentence),
  firstGoes.end(141, { phase: 'broken', reason: `the first backup was Error before Deleting ${hostile}` }),
  step(141, 5, 'failed', failedSentence),
  fault(141.1, 'healed', 'mutable again'),
  gap(200, 170, 'snapshots', '410 Gone'),
];

const log = Array.from({ length: 1500 }, (_, index) => {
  const at = new Date(Date.parse(startedAt) + index * 190).toISOString().replace('Z', '000000Z');
  const level = index % 97 === 0 ? 'error' : index % 31 === 0 ? 'warning' : 'info';
  return `${at} time="${at}" level=${level} msg="Failed to sync backup ${index} ${index === 97 ? hostile : ''}" controller=longhorn-backup node=node1`;
}).join('\n');

const writeEvidence = async (folder: string, recording: string, markers: Line[]): Promise<void> => {
  await mkdir(join(folder, 'logs'), { recursive: true });
  const recorded = await readFile(new URL(`${recording}.ndjson`, recordings), 'utf8');
  const [, ...all] = recorded.trim().split('\n');
  const events = all.map((line): Line => JSON.parse(line));
  const lines = [...events.filter((line) => markers.length === 0 || !('marker' in line)), ...markers];
  const header = { recording, corral: 1, startedAt, run: 'abc123' };
  const sorted = [header, ...lines.toSorted((one, other) => one.at - other.at)];
  await writeFile(join(folder, 'history.ndjson'), sorted.map((line) => `${JSON.stringify(line)}\n`).join(''));
  await writeFile(join(folder, 'logs', 'longhorn-manager-x1.longhorn-manager.log'), `${log}\n`);
};

const step10 = { state: 'passed', duration: 10_000, account: nothingSpent } as const;

const scenario = (name: string, more: Partial<ScenarioReport>): ScenarioReport =>
  scenarioReport(name, {
    file: 'e2e/scenarios/backup-deletion/sample.e2e.ts',
    seed: 'delete-backup-asynchronously#delete-error',
    tags: ['backup-deletion'],
    startedAt,
    duration: 290_900,
    steps: [{ sentence: 'Given a volume of 512 MiB, attached to a node', ...step10 }],
    ...more,
  });

const red = (): ScenarioReport => {
  const first = `The first backup did not go as expected: it was Error where Deleting was expected ${hostile}`;
  const reason = `${first}\n\nexpected: Deleting, gone\nreached: nothing\n\nthe first backup (ze-b1)\n  +51.103 s  4031  modified  Error`;
  const message = {
    of: 'backup ze-b1',
    text: `failed to delete backup: operation not permitted ${hostile}`,
    class: 'failure',
    id: 'deletion-denied',
    meaning: 'the store did not let Longhorn delete a file',
  };
  return scenario('A failed backup deletion is retried and blocks nobody', {
    state: 'failed',
    reason,
    cells: ["delete | the backup's config | no permission to remove it"],
    evidence: 'evidence/red',
    steps: [{ ...step10, sentence: failedSentence, state: 'failed', duration: 90_000 }],
    findings: [found],
    failure: {
      ...{ step: failedSentence, reason, messages: [message], faults: [] },
      evidence: ['.corral/last/evidence/red', '.corral/last/evidence/red.tar.gz'],
    },
  });
};

/** Writes the results of a run to a folder: report.json and the evidence that it names. */
export const writeSampleRun = async (
  out: string,
  colour: 'red' | 'green',
  run = 'abc123',
): Promise<Report> => {
  const green = [
    scenario('A deleted backup is gone, and a second one of its volume can be made at once', {
      ...{ evidence: 'evidence/normal', cells: ['delete | backups/ | no permission to list it'] },
    }),
    scenario('A recurring job makes its backups and keeps as many as it retains', {
      ...{ evidence: 'evidence/job', duration: 277_000 },
    }),
    scenario('A backup made during a deletion waits for it, then runs', {
      ...{ evidence: 'evidence/conflict', tags: ['backup-deletion', 'ui'] },
      account: { ...nothingSpent, locks: 150_000 },
    }),
    scenario('A wrapped engine fails each deletion', {
      ...{ state: 'skipped', reason: 'needs block devices, which this cluster lacks' },
      ...{ startedAt: null, steps: [], duration: 0 },
    }),
  ];
  const crash = scenario('The deletion survives the crash of its controller', {
    state: 'not-provable',
    reason: 'Expected: the first backup goes gone after Deleting\nGot:      the watch has a gap\n\nHistory',
    evidence: 'evidence/crash',
  });
  const [normal, ...others] = green as [ScenarioReport, ...ScenarioReport[]];
  const scenarios = colour === 'red' ? [normal, red(), crash, ...others] : green;
  const promise = { promise: `Only what nobody uses is removed ${hostile}`, severity: 5 };
  const judged = scenarios
    .slice(0, 1)
    .map(({ name }) => ({ ...promise, id: 'D2', state: 'kept' as const, scenarios: [name] }));
  const promises = { judged, others: 359 };
  const report = sampleReport(scenarios, { run, startedAt, duration: 912_000, promises });
  const evidence = join(out, 'evidence');
  await writeEvidence(join(evidence, 'normal'), 'normal', passedSteps);
  await writeEvidence(join(evidence, 'job'), 'recurring-job', []);
  await writeEvidence(join(evidence, 'conflict'), 'lock-conflict', [
    lock(10, 'asks', 'longhorn-managers'),
    lock(160, 'has', 'longhorn-managers'),
  ]);
  await writeEvidence(join(evidence, 'crash'), 'controller-crash', [
    gap(60, 32, 'backups', 'the API server was away'),
  ]);
  await writeEvidence(join(evidence, 'red'), 'delete-error', redMarkers);
  await writeFile(join(out, 'report.json'), JSON.stringify(report));
  return report;
};

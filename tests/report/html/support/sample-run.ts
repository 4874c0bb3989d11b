import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { countStates, type Report, type ScenarioReport, untold } from '../../../../e2e/report/schema.ts';

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

const expectation = (id: number, label: string, name: string, from: number, steps: string[]) => {
  const told = {
    id,
    resource: 'backups',
    name,
    label,
    from,
    steps,
    limit: 120,
    owner: 'the retry of a deletion: 90 s were seen',
  };
  const line = (at: number, more: Record<string, unknown>): Line => ({
    at,
    marker: `awaits: ${label}`,
    expectation: { ...told, ...more },
  });
  return { set: line(from, { phase: 'set' }), end: line };
};

const firstGoesError = expectation(1, 'the first backup', 'ze-b1', 45.6, ['Deleting', 'Error']);
const firstGoes = expectation(2, 'the first backup', 'ze-b1', 51.2, ['Deleting', 'gone']);

const fault = (at: number, phase: string, detail: string): Line => ({
  at,
  marker: detail,
  fault: { id: 'abcd0123', name: 'immutable-file', phase, detail },
});

const redMarkers: Line[] = [
  ...passedSteps,
  { at: 11, marker: 'asks', lock: { things: ['the default backup target'], phase: 'asks' } },
  { at: 12, marker: 'has', lock: { things: ['the default backup target'], phase: 'has' } },
  fault(45.4, 'entered', 'the config of the first backup is immutable'),
  fault(45.5, 'injected', 'the config of the first backup is immutable'),
  fault(45.55, 'proved', 'lsattr: ----i---------e------- backup_ze-b1.cfg; unlink: Operation not permitted'),
  step(45.6, 3, 'begins', 'When the first backup is deleted'),
  step(45.65, 3, 'passed', 'When the first backup is deleted'),
  firstGoesError.set,
  step(45.7, 4, 'begins', 'Then the first backup goes Deleting, and Error with the text on permissions'),
  firstGoesError.end(51.103, {
    phase: 'met',
    reached: [
      { label: 'Deleting', at: 45.654 },
      { label: 'Error', at: 51.103 },
    ],
  }),
  step(51.11, 4, 'passed', 'Then the first backup goes Deleting, and Error with the text on permissions'),
  {
    at: 51.15,
    marker: 'finding',
    finding: { title: 'The message names the store twice', detail: 'in v1.12.1' },
  },
  firstGoes.set,
  step(51.2, 5, 'begins', 'Then the first backup goes Deleting, and is gone'),
  firstGoes.end(141, { phase: 'broken', reason: `the first backup was Error before Deleting ${hostile}` }),
  step(141, 5, 'failed', 'Then the first backup goes Deleting, and is gone'),
  fault(141.1, 'healed', 'mutable again'),
  { at: 200, type: 'GAP', resource: 'snapshots', reason: '410 Gone', since: 170 },
];

const log = Array.from({ length: 1500 }, (_, index) => {
  const at = new Date(Date.parse(startedAt) + index * 190).toISOString().replace('Z', '000000Z');
  const level = index % 97 === 0 ? 'error' : index % 31 === 0 ? 'warning' : 'info';
  return `${at} time="${at}" level=${level} msg="Failed to sync backup ${index} ${index === 97 ? hostile : ''}" controller=longhorn-backup node=node1`;
}).join('\n');

const writeEvidence = async (folder: string, recording: string, markers: Line[]): Promise<void> => {
  await mkdir(join(folder, 'logs'), { recursive: true });
  const [, ...events] = (await readFile(new URL(`${recording}.ndjson`, recordings), 'utf8'))
    .trim()
    .split('\n');
  const lines = [
    ...events
      .map((line) => JSON.parse(line) as Line)
      .filter((line) => markers.length === 0 || !('marker' in line)),
    ...markers,
  ];
  const header = { recording, corral: 1, startedAt, run: 'abc123' };
  const text = [header, ...lines.toSorted((one, other) => one.at - other.at)]
    .map((line) => JSON.stringify(line))
    .join('\n');
  await writeFile(join(folder, 'history.ndjson'), `${text}\n`);
  await writeFile(join(folder, 'logs', 'longhorn-manager-x1.longhorn-manager.log'), `${log}\n`);
};

const account = { cluster: 0, locks: 0, suite: 0, others: 0 };

const scenario = (name: string, more: Partial<ScenarioReport>): ScenarioReport => ({
  ...untold,
  name,
  file: 'e2e/scenarios/backup-deletion/sample.e2e.ts',
  seed: 'delete-backup-asynchronously#delete-error',
  tags: ['backup-deletion'],
  round: 1,
  state: 'passed',
  reason: null,
  startedAt,
  duration: 290_900,
  steps: passedSteps
    .filter((_, index) => index % 2 === 1)
    .map((line) => ({ sentence: String(line.marker), state: 'passed', duration: 10_000, account })),
  ...more,
});

const failedSentence = 'Then the first backup goes Deleting, and is gone';

const red = (): ScenarioReport => {
  const first = `The first backup did not go as expected: it was Error where Deleting was expected ${hostile}`;
  const reason = `${first}\n\nexpected: Deleting, gone\nreached: nothing\n\nthe first backup (ze-b1)\n  +51.103 s  4031  modified  Error\n  +140.928 s  4210  modified  Error`;
  return scenario('A failed backup deletion is retried and blocks nobody', {
    state: 'failed',
    reason,
    evidence: 'evidence/red',
    steps: [
      {
        sentence: 'Given a volume of 512 MiB, attached to a node',
        state: 'passed',
        duration: 10_100,
        account,
      },
      { sentence: failedSentence, state: 'failed', duration: 90_000, account },
    ],
    findings: [
      {
        title: 'The message names the store twice',
        detail: 'in v1.12.1',
        link: 'https://github.com/longhorn/longhorn/issues/1',
      },
    ],
    failure: {
      step: failedSentence,
      reason,
      messages: [
        {
          of: 'backup ze-b1',
          text: `failed to delete backup: operation not permitted ${hostile}`,
          class: 'failure',
          id: 'deletion-denied',
          meaning: 'the store did not let Longhorn delete a file',
        },
      ],
      faults: [
        { name: 'immutable-file', state: 'proved', proof: 'lsattr: ----i---------e------- backup_ze-b1.cfg' },
      ],
      evidence: ['.corral/last/evidence/red', '.corral/last/evidence/red.tar.gz'],
    },
  });
};

const compose = (run: string, scenarios: ScenarioReport[]): Report => ({
  schemaVersion: 1,
  run,
  startedAt,
  duration: 912_000,
  provider: 'lab',
  target: { name: 'official', version: 'v1.12.1' },
  kubernetes: { server: 'https://127.0.0.1:6443', context: 'corral', version: 'v1.35.4' },
  judged: 'Longhorn v1.12.1 (official)',
  end: { state: 'finished', reason: null },
  scenarios,
  totals: countStates(scenarios),
});

/** Writes the results of a run to a folder: report.json and the evidence that it names. */
export const writeSampleRun = async (
  out: string,
  colour: 'red' | 'green',
  run = 'abc123',
): Promise<Report> => {
  const green = [
    scenario('A deleted backup is gone, and a second one of its volume can be made at once', {
      evidence: 'evidence/normal',
    }),
    scenario('A recurring job makes its backups and keeps as many as it was told', {
      evidence: 'evidence/job',
      duration: 277_000,
    }),
    scenario('A backup made during a deletion waits for it, then runs', {
      evidence: 'evidence/conflict',
      tags: ['backup-deletion', 'ui'],
      account: { ...account, locks: 150_000 },
    }),
    scenario('A wrapped engine fails each deletion', {
      state: 'skipped',
      reason: 'needs block devices, which this cluster lacks',
      startedAt: null,
      steps: [],
      duration: 0,
    }),
  ];
  const gap = scenario('The deletion survives the crash of its controller', {
    state: 'not-provable',
    reason: 'Expected: the first backup goes gone after Deleting\nGot:      the watch has a gap\n\nHistory',
    evidence: 'evidence/crash',
  });
  const report = compose(
    run,
    colour === 'red' ? [green[0] as ScenarioReport, red(), gap, ...green.slice(1)] : green,
  );
  const evidence = join(out, 'evidence');
  await writeEvidence(join(evidence, 'normal'), 'normal', passedSteps);
  await writeEvidence(join(evidence, 'job'), 'recurring-job', []);
  await writeEvidence(join(evidence, 'conflict'), 'lock-conflict', [
    { at: 10, marker: 'asks', lock: { things: ['longhorn-managers'], phase: 'asks' } },
    { at: 160, marker: 'has', lock: { things: ['longhorn-managers'], phase: 'has' } },
  ]);
  await writeEvidence(join(evidence, 'crash'), 'controller-crash', [
    { at: 60, type: 'GAP', resource: 'backups', reason: 'the API server was away', since: 32 },
  ]);
  await writeEvidence(join(evidence, 'red'), 'delete-error', redMarkers);
  await writeFile(join(out, 'report.json'), JSON.stringify(report));
  return report;
};

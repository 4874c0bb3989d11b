import { readFile, watch } from 'node:fs/promises';
import { expect, test } from 'vitest';
import {
  type Ended,
  handedOn,
  junitIn,
  runBare,
  runSuite,
  type Signalled,
  type Suite,
  withSuite,
} from '../support/run-suite.ts';

// What the scenarios of a suite do, in the order of its doing, is in the file `log` of its folder, whatever
// process does it.
const head = `import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
const log = (what) => appendFileSync('log', what + '\\n');
const logged = () => (existsSync('log') ? readFileSync('log', 'utf8').split('\\n').filter(Boolean) : []);
const until = async (is) => { while (!is(logged())) await pause(10); };
const never = (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
`;

// It is the process of the scenarios that keeps them apart: what the command does beside that is tested elsewhere.
const run = (suite: Suite, signals: Signalled[] = []) =>
  withSuite(suite, ({ folder, config }) =>
    runBare(folder, config, { env: handedOn({ output: 'verbose' }), signals }),
  );
const named = ({ report }: Ended, name: string) => report?.scenarios.find((each) => each.name === name);

test('all are at work at once, also those of one file', async () => {
  const meet = (name: string) =>
    `scenario('${name} meets the others', {}, async () => { log('${name}'); await until((all) => all.length === 3); });\n`;
  const ended = await runSuite(
    { 'a.e2e.ts': head + meet('One') + meet('Two'), 'b.e2e.ts': head + meet('Three') },
    { flags: ['--output', 'verbose'] },
  );
  expect(ended.exitCode).toBe(0);
  expect(ended.report?.totals.passed).toBe(3);
  // Which comes first is not said; what belongs to which is.
  const lines = ended.stdout.split('\n');
  for (const name of ['One', 'Two', 'Three']) {
    const number = lines.find((line) => line.endsWith(` ${name} meets the others`))?.slice(0, 1);
    expect(lines).toContain(`${number} ${name} meets the others`);
    expect(lines).toContain(`${number} passed in <time>: ${name} meets the others`);
  }
});

// As long as two decisions.
test('where the load decides how many are at work, the report says how many were', async () => {
  const suite = { 'a.e2e.ts': `${head}scenario('It takes a while', {}, () => pause(12_000));` };
  const { report } = await withSuite(suite, ({ folder, config }) =>
    runBare(folder, config, { env: handedOn({ begun: 3 }) }),
  );
  expect(report?.concurrency).toEqual({ least: 1, most: 1, mean: 1 });
});

test('one that is alone is set up beside the others, and waits for them; its time does not run meanwhile', async () => {
  const ended = await run({
    'a.e2e.ts': `${head}scenario('It kills managers', { exclusive: ['longhorn-managers'], timeout: '2s' }, async ({ does, exclusive, later }) => {
  later(async () => { log('cleans up'); await pause(300); log('has cleaned up'); });
  await does('Given a set-up', async () => { log('sets up'); await until((all) => all.includes('other begins')); });
  log('waits');
  await exclusive('longhorn-managers');
  log('is alone');
});`,
    'b.e2e.ts': `${head}scenario('It needs nothing alone', {}, async ({ disconnects, later }) => {
  later(() => log('other has cleaned up'));
  disconnects(() => log('other disconnects'));
  await until((all) => all.includes('sets up'));
  log('other begins');
  await until((all) => all.includes('waits'));
  await pause(2500);
});`,
    'c.e2e.ts': `${head}scenario('It needs the same alone', { exclusive: ['longhorn-managers'] }, async ({ exclusive, note }) => {
  await until((all) => all.includes('waits'));
  await pause(100);
  await exclusive('longhorn-managers');
  note(logged().join(', '));
});`,
  });
  expect(ended.report?.totals.passed).toBe(3);
  // Nobody has to wait for the cleanup of the other one, nor stands beside its open connections.
  expect(named(ended, 'It needs the same alone')?.steps.at(-1)?.sentence).toBe(
    'sets up, other begins, waits, other disconnects, is alone, cleans up, has cleaned up',
  );
  const waited = named(ended, 'It kills managers');
  expect(waited?.account.locks).toBeGreaterThan(2300);
  const { cluster = 0, locks = 0, suite = 0, others = 0 } = waited?.account ?? {};
  expect(cluster + locks + suite + others).toBeLessThanOrEqual((waited?.duration ?? 0) + 5);
  expect(cluster + locks + suite + others).toBeGreaterThan((waited?.duration ?? 0) - 200);
});

test('a process that dies takes all scenarios along: the report says which were under way, and what was judged stays', async () => {
  const files = {
    'a.e2e.ts': `${head}scenario('It has passed', {}, ({ does }) => does('Given a thing'));
scenario('It dies', {}, async ({ does }) => {
  await does('Given another at work', () => until((all) => all.includes('begins')));
  await pause(200);
  process.kill(process.pid, 'SIGKILL');
  await pause(10_000);
});`,
    'b.e2e.ts': `${head}scenario('It is at work beside it', {}, async ({ does }) => {
  await does('When nothing comes', () => { log('begins'); return pause(10_000); });
});`,
    'c.e2e.ts': `${head}scenario('It stands in line', {}, () => {});`,
  };
  await withSuite(files, async ({ folder, config }) => {
    const ended = await runBare(folder, config, { env: handedOn({ workers: 2 }) });
    const reason = 'the process that runs the scenarios ended before it did; it was at: ';
    expect(await junitIn(folder)).toContain(`<failure type="failed" message="${reason}When nothing comes">`);
    expect(ended.exitCode).toBe(1);
    expect(
      ended.report?.scenarios.map((each) => [each.name, each.state, each.reason?.split('\n')[0] ?? null]),
    ).toEqual([
      ['It has passed', 'passed', null],
      ['It dies', 'failed', `${reason}Given another at work`],
      ['It is at work beside it', 'failed', `${reason}When nothing comes`],
      ['It stands in line', 'skipped', 'the process that runs the scenarios ended before this one began'],
      ['Nothing fails outside the scenarios', 'failed', expect.any(String)],
    ]);
  });
});

// Each says that it has cleaned up; the one of a file of its own waits in line when the interruption comes.
const hanging = (name: string) => `scenario('${name}', {}, async ({ does, later }) => {
  later(async () => { await pause(500); log('${name} has cleaned up'); console.log('${name} has cleaned up'); });
  await does('Given ${name}', () => log('${name}'));
  await does('When nothing comes', never);
});
`;
const three = {
  'a.e2e.ts': head + hanging('One') + hanging('Two'),
  'b.e2e.ts': `${head}scenario('Three', { exclusive: ['nodes'] }, async ({ does, exclusive, later }) => {
  later(() => { log('Three has cleaned up'); console.log('Three has cleaned up'); });
  await until((all) => all.includes('One') && all.includes('Two'));
  await does('Given Three');
  await exclusive('nodes');
});
`,
};
const names = ['One', 'Two', 'Three'];

test('Ctrl-C with three at work lets all of them clean up', async () => {
  const ended = await run(three, [{ after: 'begins: Given nodes for itself alone', signal: 'SIGINT' }]);
  expect(ended.exitCode).toBe(4);
  for (const name of names) expect(ended.stdout).toContain(`${name} has cleaned up`);
  expect(
    ended.report?.scenarios.map(({ name, state, reason }) => `${name}: ${state}: ${reason}`).toSorted(),
  ).toEqual([
    'One: skipped: interrupted; it was at: When nothing comes',
    'Three: skipped: interrupted; it was at: Given nodes for itself alone',
    'Two: skipped: interrupted; it was at: When nothing comes',
  ]);
});

test('when the command is killed, its cluster goes with it: they end at once, and are in the report', async () => {
  const ended = await runSuite(three, { signals: [{ after: '✓ Given Three', signal: 'SIGKILL' }] });
  expect(ended.stdout).toContain('Interrupted by the end of the command: the cluster goes down');
  for (const name of names) expect(ended.stdout).not.toContain(`${name} has cleaned up`);
  expect(ended.report).toMatchObject({ end: { state: 'interrupted' }, totals: { skipped: 3 } });
});

test('when the process that runs them is killed, all of them clean up', async ({ signal }) => {
  // Nobody is left to read what they print.
  const silent = Object.fromEntries(
    Object.entries(three).map(([name, text]) => [name, text.replace(/console\.log\(.*?\);/g, '')]),
  );
  await withSuite(silent, async ({ folder, config }) => {
    const changes = watch(folder, { signal });
    const killed = runBare(folder, config, {
      env: handedOn({ output: 'verbose' }),
      signals: [{ after: '✓ Given Three', signal: 'SIGKILL' }],
    });
    const isDone = async () => {
      const log = await readFile(`${folder}/log`, 'utf8').catch(() => '');
      return names.every((name) => log.includes(`${name} has cleaned up`));
    };
    for await (const _ of changes) if (await isDone()) break;
    expect((await killed).exitCode).toBeUndefined();
  });
});

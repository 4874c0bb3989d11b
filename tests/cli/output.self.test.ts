import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { type JsonEvent, jsonEventSchema } from '../../e2e/report/json-events.ts';
import { junitIn, runCommandIn, runInTerminal, runSuite, withSuite } from '../support/run-suite.ts';
import { openTerminal } from '../support/terminal.ts';

const suite = {
  'one.e2e.ts': `scenario('One is green', {}, async ({ does, finds }) => {
  console.log('by itself');
  await does('Given a thing');
  finds({ title: 'The manual is wrong', detail: 'It says A' });
});
`,
  'two.e2e.ts': `scenario('Two is red', {}, async ({ does }) => {
  await does('Then it breaks', () => {
    throw Object.assign(new Error('expected: 100%\\n  got: another'), { verdict: { state: 'broken' } });
  });
});
`,
};

const never = `(signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))`;
const hanging = {
  'one.e2e.ts': `scenario('It hangs', {}, async ({ does, later }) => {
  later(() => does('Cleanup', () => new Promise((resolve) => setTimeout(resolve, 300))));
  await does('Given a thing');
  await does('When nothing comes', ${never});
});
`,
};

const readEvents = (stdout: string): JsonEvent[] =>
  stdout.split('\n').map((line) => jsonEventSchema.parse(JSON.parse(line)));

describe('--json', () => {
  test('an event a line, and nothing else on stdout', async () => {
    const ended = await runSuite(suite, { flags: ['--json', '--workers', '1', '--repeat', '2', '--keep'] });
    expect(ended.exitCode).toBe(1);
    const events = readEvents(ended.stdout.replace('(kept)\n', ''));
    const told = events.map((event) =>
      'scenario' in event ? `${event.event}: ${event.scenario}, ${event.round}` : event.event,
    );
    const round = (number: number) => [
      `scenario-start: Two is red, ${number}`,
      'cluster',
      ...['step-begins', 'step', 'failure', 'scenario-end'].map((each) => `${each}: Two is red, ${number}`),
      ...['scenario-start', 'step-begins', 'step', 'finding', 'scenario-end'].map(
        (each) => `${each}: One is green, ${number}`,
      ),
    ];
    expect(told).toEqual(['run-start', ...round(1), ...round(2), 'run-end']);
    expect(new Set(events.map(({ run }) => run))).toEqual(new Set([ended.report?.run]));
    expect(events.at(0)).toMatchObject({ provider: 'lab', target: { name: 'emulator' }, scenarios: 2 });
    expect(events.at(-1)).toMatchObject({
      ...{ target: { version: '0.0.0' }, end: { state: 'finished' }, totals: { passed: 2, failed: 2 } },
      ...{ report: 'out/report.json', junit: 'out/junit.xml' },
    });
    // What is for people is not lost.
    for (const line of ['Booting three nodes', 'by itself', 'The cluster is left up'])
      expect(ended.stderr).toContain(line);
  });

  test('also when it is interrupted', async () => {
    await withSuite(hanging, async ({ folder, config }) => {
      const signals = [{ after: '"When nothing comes"', signal: 'SIGINT' }] as const;
      const ended = await runCommandIn(folder, config, { flags: ['--json'], signals: [...signals] });
      expect(ended.exitCode).toBe(4);
      const events = readEvents(ended.stdout);
      expect(events.at(-1)).toMatchObject({ event: 'run-end', end: { state: 'interrupted' } });
      expect(events.find(({ event }) => event === 'scenario-end')).toMatchObject({ state: 'skipped' });
      const junit = await junitIn(folder);
      expect(junit).toContain('<error type="interrupted"');
      expect(junit).toContain('<skipped message="interrupted; it was at: When nothing comes"/>');
    });
  });
});

test('the summary and the annotations of a job on GitHub, and junit.xml', async () => {
  await withSuite(suite, async ({ folder, config }) => {
    const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: join(folder, 'summary.md') };
    const ended = await runCommandIn(folder, config, { env });
    expect(ended.exitCode).toBe(1);
    expect(ended.stdout.split('\n').filter((line) => line.startsWith('::'))).toEqual([
      '::error file=two.e2e.ts,line=2,title=Two is red::expected: 100%25%0A  got: another',
      '::notice file=one.e2e.ts,line=2,title=known difference%2C emulated%3A The manual is wrong::It says A',
    ]);
    expect(await readFile(join(folder, 'summary.md'), 'utf8')).toContain('### 1 passed, 1 failed');
    const junit = await junitIn(folder);
    for (const each of ['tests="2" failures="1" errors="0"', 'message="expected: 100%">', '✓ Given a thing'])
      expect(junit).toContain(each);
  });
});

describe('in a terminal', () => {
  const size = { columns: 60, rows: 20 };
  const bold = '\u001b[1m';
  const show = (written: string): string => {
    const terminal = openTerminal(size.columns, size.rows);
    terminal.write(written);
    return terminal.text();
  };

  test('what is under way is drawn below, and gone at the end', async () => {
    const slow = "'Given a thing', () => new Promise((resolve) => setTimeout(resolve, 1500))";
    const one = suite['one.e2e.ts'].replace("'Given a thing'", slow);
    await withSuite({ 'one.e2e.ts': one }, async ({ folder, config }) => {
      const { exitCode, written } = await runInTerminal(folder, config, { size, env: { NO_COLOR: '1' } });
      expect(exitCode).toBe(0);
      expect(written).not.toContain(bold);
      // By the list of the set-up, which gives it back; a process that is killed could not.
      const played = written.slice(written.indexOf('Corral run'), written.indexOf('1 passed'));
      expect(played).not.toContain('\u001b[?25l');
      expect(stripVTControlCharacters(written)).toMatch(
        /One is green \(\d s\)\r\n +Given a thing \(\d s\)\r\n1 at work/,
      );
      const seen = show(written);
      expect(seen).not.toContain('at work');
      expect(seen).toMatch(/One is green\n(.*\n)+.*✓ Given a thing \(1\.\d s\)\n/);
      expect(seen).toContain('\n1 passed, 0 failed\n');
    });
  });

  test('Ctrl-C leaves it whole', async () => {
    await withSuite(hanging, async ({ folder, config }) => {
      const pressed = [{ after: 'When nothing comes', keys: '\u0003' }];
      const { exitCode, written } = await runInTerminal(folder, config, { size, pressed });
      expect(exitCode).toBe(4);
      const seen = show(written);
      expect(seen).not.toContain('at work');
      expect(seen).toContain('Interrupted by SIGINT: cleaning up');
      expect(seen).toContain('The run did not finish: interrupted by SIGINT');
      // The list of the set-up hides the cursor, and gives it back.
      expect(written.lastIndexOf('\u001b[?25h')).toBeGreaterThanOrEqual(written.lastIndexOf('\u001b[?25l'));
      expect(written).toContain(bold);
    });
  });
});

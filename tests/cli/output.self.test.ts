import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { jsonEventSchema } from '../../e2e/report/json-events.ts';
import { runInTerminal, runSuite, suiteOf, withSuite } from '../support/run-suite.ts';
import { openTerminal } from '../support/terminal.ts';

const suite = suiteOf('output');

test('--output json: an event a line, and nothing else on stdout', async () => {
  const ended = await runSuite(suite, {
    flags: ['--output', 'json', '--workers', '1', '--repeat', '2', '--keep'],
  });
  expect(ended.exitCode).toBe(1);
  const lines = ended.stdout.replace('(kept)\n', '').split('\n');
  const events = lines.map((line) => jsonEventSchema.parse(JSON.parse(line)));
  const kinds = events.map((event) =>
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
  expect(kinds).toEqual(['run-start', ...round(1), ...round(2), 'run-end']);
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

test('in a terminal, what is under way is drawn below, and Ctrl-C leaves the terminal whole', async () => {
  const hanging = `scenario('It hangs', {}, async ({ does }) => {
  await does('Given a thing');
  await does('When nothing comes', (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))));
});`;
  await withSuite({ 'one.e2e.ts': hanging }, async ({ folder, config }) => {
    const size = { columns: 60, rows: 20 };
    // From 2 s on: a busy machine may draw no second in between.
    const pressed = [{ after: /It hangs \(([2-9]|\d\d+) s\)/, keys: '\u0003' }];
    const env = { NO_COLOR: '1' };
    const { exitCode, written } = await runInTerminal(folder, config, { size, pressed, env });
    expect(exitCode).toBe(4);
    expect(stripVTControlCharacters(written)).toMatch(
      /\r\n1 running[\s\S]*It hangs \(\d+ s\)\r\n +When nothing comes \(\d+ s\)\r\n/,
    );
    const terminal = openTerminal(size.columns, size.rows);
    terminal.write(written);
    expect(terminal.text()).not.toContain('running');
    expect(terminal.text()).toMatch(/It hangs\n(.*\n)+.*✓ Given a thing \(\d+(\.\d)? m?s\)\n/);
    expect(terminal.text()).toContain('Interrupted by SIGINT: the cluster goes down');
    // The list of the set-up hides the cursor, and gives it back; a process that is killed could not.
    const whileRunning = written.slice(written.indexOf('Corral run'), written.indexOf('Interrupted'));
    expect(whileRunning).not.toContain('\u001b[?25l');
    expect(written.lastIndexOf('\u001b[?25h')).toBeGreaterThanOrEqual(written.lastIndexOf('\u001b[?25l'));
    // Nothing is in bold.
    expect(written).not.toContain('\u001b[1m');
  });
});

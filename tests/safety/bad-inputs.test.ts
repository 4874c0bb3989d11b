import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { scenariosOfFix } from '../../bench/mutants/expected.ts';
import { runE2e } from '../../e2e/cli/run-command.ts';
import { mutants } from '../../emulator/mutants.ts';
import { runLabCommand } from '../../lab/command/run.ts';
import { emulatorSettings } from '../../providers/emulator-settings.ts';
import { existingProvider } from '../../providers/existing/existing.ts';
import { archiveTarget } from '../../providers/longhorn/target.ts';
import { plainProgress } from '../../providers/progress.ts';
import { runCorral } from '../../scripts/commands.ts';
import { asCommand, captured } from '../support/run-in-process.ts';
import { writeBadFiles } from './support/bad-files.ts';
import '../support/image-tools.ts';

let dir: string;
const home = process.cwd();
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'corral-bad-'));
  await writeBadFiles(dir);
  await mkdir(join(dir, '.corral/last'), { recursive: true });
  await writeFile(join(dir, '.corral/last/report.json'), 'of an earlier run');
  process.chdir(dir);
});
beforeEach(() => {
  vi.stubEnv('XDG_CACHE_HOME', join(dir, 'cache'));
  vi.stubEnv('CORRAL_CHROMIUM', '/nowhere/chromium');
});
afterAll(async () => {
  process.chdir(home);
  await rm(dir, { recursive: true });
});

const none = () => Promise.reject(new Error('a cluster was brought up'));
const progress = plainProgress(() => {});
const signal = new AbortController().signal;
const uid = '11111111-2222-3333-4444-555555555555';

type Command = (argv: string[]) => number | Promise<number>;
// What is judged without the command itself; all others are as npx corral runs them.
const commands: Record<string, Command> = {
  // Without what it prints of its steps.
  lab: (argv) => runLabCommand(argv, progress.step),
  e2e: (argv) =>
    runE2e({ argv, config: '/nowhere', providers: { lab: none, kind: none, k3d: none, existing: none } }),
  // As far as it looks before it makes anything; one argument each.
  existing: ([file = '']) => {
    const given = { kubeconfig: join('kube', file), context: 'x', expectCluster: uid, storeImage: 'i' };
    const cluster = { ...given, namespace: undefined, allow: [] };
    return asCommand(() =>
      existingProvider.up({
        longhorn: 'installed',
        run: 'abc123',
        out: dir,
        existing: cluster,
        signal,
        progress,
      }),
    );
  },
  archive: ([folder = '']) =>
    asCommand(() => archiveTarget(join('release', folder), { registryMirror: undefined, progress })),
  settings: ([variable = '']) => {
    const [name = '', value] = variable.split('=');
    return asCommand(async () => emulatorSettings({ [name]: value }));
  },
};

const testedFixes = Object.entries(scenariosOfFix).flatMap(([fix, scenarios]) =>
  scenarios.length > 0 ? [fix] : [],
);

// Behind "$" what is asked for; under it the exit code, and what is printed on stderr.
const rows = readFileSync(new URL('bad-inputs.txt', import.meta.url), 'utf8')
  .replace('{mutants}', [...Object.keys(mutants), ...testedFixes].join(', '))
  .split(/^\$ /m)
  .slice(1)
  .map(
    (row) =>
      /^(\S+) ?(.*)\n(\d+) ([^#$]*?\n)(?:#.*)?\s*$/.exec(row)?.slice(1) as [string, string, string, string],
  );

test('there are more than a hundred', () => expect(rows.length).toBeGreaterThan(100));

test.each(rows)('%s %s', async (command, given, code, lines) => {
  const argv = given.split(' ').filter((word) => word !== '');
  const words = argv.map((word) => (word === "''" ? '' : word));
  const ended = await captured(async () => commands[command]?.(words) ?? runCorral([command, ...words]));
  // Where something was planted that nobody may see, it is not in here.
  expect({ ...ended, stderr: ended.stderr.replaceAll(dir, 'DIR') }).toEqual({
    code: Number(code),
    stdout: '',
    stderr: expect.stringMatching(
      new RegExp(`^${lines.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&').replace(/…$/m, '.+')}$`),
    ),
  });
});

const help = await captured(() => runCorral(['--help']));
const named = [...help.stdout.matchAll(/^ {2}([a-z0-9-]+) {2,}\S/gm)].map(([, name = '']) => name);

test.each(named)('%s --help is help, and 0', async (command) => {
  for (const flag of ['--help', '-h']) {
    const ended = await captured(() => runCorral([command, flag]));
    const stdout = expect.stringMatching(new RegExp(`^Usage: npx corral ${command}\\b`));
    expect(ended).toEqual({ code: 0, stdout, stderr: '' });
    expect(ended.stdout).not.toContain('default: []');
  }
});

test('what was there before is still there', async () => {
  expect(await readFile('.corral/last/report.json', 'utf8')).toBe('of an earlier run');
});

import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { runReplayCommand } from '../../e2e/cli/replay.ts';
import { runInProcess } from '../support/run-in-process.ts';
import { runCommandIn, suiteOf, withSuite } from '../support/run-suite.ts';

// What is expected is judged on events that the suite brings along: there is no cluster.
const suite = suiteOf('replay');

let kept: string;
beforeAll(async () => {
  kept = await mkdtemp(join(tmpdir(), 'corral-replay-'));
  await withSuite(suite, async ({ folder, config }) => {
    await runCommandIn(folder, config, {});
    await cp(join(folder, 'out', 'evidence'), kept, { recursive: true });
  });
  return () => rm(kept, { recursive: true, force: true });
});

const replay = async (...args: string[]) => {
  const { stdout, ...ended } = await runInProcess(() => runReplayCommand(args), kept);
  return { ...ended, stdout: stdout.replaceAll(/, run [a-z0-9]{6}/g, ', run <run>') };
};

test('a history of what went well is judged as it was, and that is 0', async () => {
  expect(await replay('a-backup-completes/history.ndjson')).toEqual({
    exitCode: 0,
    stdout: `A backup completes
  a-backup-completes/history.ndjson: Longhorn 0.0.0, Kubernetes v1.99.0, run <run>, 2 events
  ✓ the first backup (b1) goes InProgress, Completed: met, then and now

1 history: 1 judged again, 1 as recorded, 0 otherwise`,
    stderr: '',
  });
});

test.each(['a-backup-does-not', 'a-backup-does-not.tar.gz'])(
  'what failed fails again from %s, with the whole explanation, and that is 1',
  async (path) => {
    const { exitCode, stdout } = await replay(path);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('  ✗ the first backup (b1) goes InProgress, Completed: broken, then and now');
    expect(stdout).toContain('Expected: the first backup goes Completed after InProgress\n');
    expect(stdout).toContain('History of the first backup (b1) in backups:');
  },
);

test('what failed for want of time runs out of it again; all of a folder are judged, and the worst of them counts', async () => {
  const { exitCode, stdout } = await replay('.');
  expect(exitCode).toBe(1);
  expect(stdout).toContain(
    'timed out after 50 ms (a test): Completed was not reached; the first backup is still InProgress 0 %',
  );
  expect(stdout).toContain('3 histories: 3 judged again, 3 as recorded, 0 otherwise');
});

test('a history with an event left out is judged otherwise, and that is 4', async () => {
  const history = await readFile(join(kept, 'a-backup-completes/history.ndjson'), 'utf8');
  const lines = history.split('\n').filter((line) => !line.includes('"state":"Completed"'));
  await writeFile(join(kept, 'changed.ndjson'), lines.join('\n'));
  const { exitCode, stdout } = await replay('changed.ndjson');
  expect(exitCode).toBe(4);
  expect(stdout).toContain(
    '  ! the first backup (b1) goes InProgress, Completed: met then, timed out now: the judgement DIFFERS',
  );
  expect(stdout).toContain('1 history: 1 judged again, 0 as recorded, 1 otherwise');
  await rm(join(kept, 'changed.ndjson'));
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { PreconditionError } from '../../e2e/machine/precondition-error.ts';
import { buildCommand, CommandFailed } from '../../lab/build/command.ts';
import { explainGo } from '../../lab/build/go.ts';
import { withBuildSignal } from '../../lab/build/signal.ts';
import { explainApt, NotInArchive } from '../../lab/debian/apt.ts';
import { processGroupStates, waitForProcessGroup } from '../../lab/run/process-group.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('a command of a build', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  const run = (command: string, timeout = 10_000) => buildCommand('sh', ['-c', command], { folder, timeout });

  test('that fails prints all that it said; one that is not there fails', async () => {
    await expect(run('echo out; echo err >&2; exit 7')).rejects.toMatchObject({ said: 'out\nerr' });
    // A user who may not enter a folder of the PATH gets another answer.
    const env = { PATH: '/usr/bin:/bin' };
    const none = buildCommand('no-such-command', [], { folder, timeout: 10_000, env });
    await expect(none).rejects.toThrow(/no-such-command.*not found/);
  });

  test('that takes too long is ended with all its children, and named', async () => {
    await expect(run('sleep 1000 & wait', 300)).rejects.toMatchObject({ code: 'command-too-slow' });
  });

  test("ends with the build's signal, for its reason", async () => {
    const until = (signal: AbortSignal) => withBuildSignal(signal, () => run('exec sleep 1000'));
    await expect(until(AbortSignal.timeout(200))).rejects.toThrow(/timeout/);
    const reason = new Error('interrupted by SIGINT');
    await expect(until(AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

describe('apt', () => {
  const explained = (said: string) => explainApt(new CommandFailed('apt-get', said), 'trixie') as Error;

  test.each([
    [
      "E: The repository 'http://mirror.example/debian trixie Release' does not have a Release file.",
      NotInArchive,
      'suite-missing',
      "The repository 'http://mirror.example/debian trixie Release' does not have a Release file.",
    ],
    [
      'W: of no matter\nE: Unable to locate package linux',
      NotInArchive,
      'package-missing',
      'Unable to locate package linux',
    ],
    [
      'E: Failed to fetch http://mirror.example/x  Could not connect to mirror.example:80 (192.0.2.1).\nE: Some index files failed to download.',
      PreconditionError,
      'apt-unreachable',
      'Failed to fetch http://mirror.example/x Could not connect to mirror.example:80 (192.0.2.1).',
    ],
  ])('%s', (said, kind, code, complaint) => {
    expect(explained(said)).toBeInstanceOf(kind);
    expect(explained(said)).toMatchObject({ code, what: expect.stringContaining(`(apt: ${complaint})`) });
  });

  test('a full disk and an interruption are not its to explain', () => {
    for (const error of [
      new CommandFailed('apt-get', 'E: Write error - write (28: No space left on device)'),
      new Error('interrupted'),
    ])
      expect(explainApt(error, 'trixie')).toBe(error);
  });
});

describe('Go', () => {
  test.each([
    ['Get "https://proxy.example/a": dial tcp: lookup proxy.example: no such host', 'go-modules-unreachable'],
    ['go.mod requires go >= 1.26.0 (running go 1.21.0)', 'go-too-old'],
  ])('%s', (said, code) => {
    const explained = explainGo(new CommandFailed('go', `# some output\ngo: ${said}`), 'Kubernetes') as Error;
    expect(explained).toMatchObject({ name: 'PreconditionError', code });
    expect(explained.message).not.toContain('\n');
  });

  test('an error in the code stays one', () => {
    const error = new CommandFailed('go', 'cmd/kube/main.go:12:2: undefined: frob');
    expect(explainGo(error, 'Kubernetes')).toBe(error);
  });
});

test('a process that ended under a stopped parent is no member of the group any more', async () => {
  // The child ends by the signal, which the stopped parent does not even notice: nobody collects the child.
  const parent = spawn('sh', ['-c', 'sleep 1000 & echo; kill -STOP $$'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const group = parent.pid as number;
  onTestFinished(() => void process.kill(-group, 'SIGKILL'));
  await once(parent.stdout, 'data');
  // The child sleeps a moment after its parent has stopped, on a busy machine.
  await waitForProcessGroup(group, (states) => states.toSorted().join() === 'S,T');
  expect((await processGroupStates(group)).sort()).toEqual(['S', 'T']);

  process.kill(-group, 'SIGTERM');
  await waitForProcessGroup(group, (states) => states.length === 1);
  expect(await processGroupStates(group)).toEqual(['T']);
});

import { beforeEach, describe, expect, test } from 'vitest';
import { buildCommand, CommandFailed } from '../../lab/build/command.ts';
import { explainGo } from '../../lab/build/go.ts';
import { buildingUntil } from '../../lab/build/signal.ts';
import { explainApt, NotInArchive } from '../../lab/debian/apt.ts';
import { NotFit } from '../../lab/not-fit.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('a command of a build', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  const run = (command: string, timeout = 10_000) => buildCommand('sh', ['-c', command], { folder, timeout });

  test('that fails tells all that it said; one that is not there fails', async () => {
    await expect(run('echo out; echo err >&2; exit 7')).rejects.toMatchObject({ said: 'out\nerr' });
    const none = buildCommand('no-such-command', [], { folder, timeout: 10_000 });
    await expect(none).rejects.toThrow(/no-such-command.*not found/);
  });

  test('that takes too long is ended with all its children, and named', async () => {
    await expect(run('sleep 1000 & wait', 300)).rejects.toThrow(
      'sh did not end in 300 ms: end what keeps this machine or its network busy, then run the command again',
    );
  });

  test("ends with the build's signal, for its reason", async () => {
    const until = (signal: AbortSignal) => buildingUntil(signal, () => run('exec sleep 1000'));
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
      "this machine's Debian archive has no suite trixie (apt: The repository 'http://mirror.example/debian trixie Release' does not have a Release file.): use a mirror that has it",
    ],
    [
      'W: of no matter\nE: Unable to locate package linux',
      NotInArchive,
      "this machine's Debian archive lacks a package in trixie (apt: Unable to locate package linux): use a mirror that has it",
    ],
    [
      'E: Failed to fetch http://mirror.example/x  Could not connect to mirror.example:80 (192.0.2.1).\nE: Some index files failed to download.',
      NotFit,
      "Debian packages of trixie cannot be fetched (apt: Failed to fetch http://mirror.example/x Could not connect to mirror.example:80 (192.0.2.1).): check the network, and the proxy and mirror in apt's settings",
    ],
  ])('%s', (said, kind, message) => {
    expect(explained(said)).toBeInstanceOf(kind);
    expect(explained(said).message).toBe(message);
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
  const unfetched = /^the Go modules of Kubernetes cannot be fetched/;
  test.each([
    ['Get "https://proxy.example/a": dial tcp: lookup proxy.example: no such host', unfetched],
    ['go.mod requires go >= 1.26.0 (running go 1.21.0)', /^this machine's Go is too old for Kubernetes/],
  ])('%s', (said, message) => {
    const explained = explainGo(new CommandFailed('go', `# some output\ngo: ${said}`), 'Kubernetes') as Error;
    expect(explained).toBeInstanceOf(NotFit);
    expect(explained.message).toMatch(message);
    expect(explained.message).not.toContain('\n');
  });

  test('an error in the code stays one', () => {
    const error = new CommandFailed('go', 'cmd/kube/main.go:12:2: undefined: frob');
    expect(explainGo(error, 'Kubernetes')).toBe(error);
  });
});

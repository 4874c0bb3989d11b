import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildCommand, CommandFailed } from '../../lab/build/command.ts';
import { explainGo } from '../../lab/build/go.ts';
import { buildingUntil } from '../../lab/build/signal.ts';
import { explainApt, NotInArchive } from '../../lab/debian/apt.ts';
import { NotFit } from '../../lab/not-fit.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'corral-trouble-'));
});

afterAll(() => rm(folder, { recursive: true }));

describe('a command of a build', () => {
  const options = () => ({ folder, timeout: 10_000 });

  test('that fails tells all that it said; one that is not there fails', async () => {
    const failing = buildCommand('sh', ['-c', 'echo out; echo err >&2; exit 7'], options());
    await expect(failing).rejects.toMatchObject({ said: 'out\nerr' });
    const none = buildCommand('no-such-command', [], options());
    await expect(none).rejects.toThrow(/no-such-command.*not found/);
  });

  test('that takes too long is ended with all its children, and named', async () => {
    await expect(buildCommand('sh', ['-c', 'sleep 1000 & wait'], { folder, timeout: 300 })).rejects.toThrow(
      'sh did not end in 300 ms: end what keeps this machine or its network busy, then run the command again',
    );
  });

  test("ends with the build's signal, for its reason", async () => {
    const reason = new Error('interrupted by SIGINT');
    const building = buildingUntil(AbortSignal.timeout(200), () =>
      buildCommand('sleep', ['1000'], options()),
    );
    await expect(building).rejects.toThrow(/timeout/);
    const over = buildingUntil(AbortSignal.abort(reason), () => buildCommand('sleep', ['1000'], options()));
    await expect(over).rejects.toBe(reason);
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

import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'corral-fitness-'));
  await mkdir(join(dir, 'bin'));
});

afterEach(() => rm(dir, { recursive: true }));

const known = ['apt-get', 'dpkg-deb', 'tar', 'unshare', 'taskset', 'mount', 'which', 'true', 'sh'];

/** Runs `lab up` with a PATH of our own making, and an empty cache: it must end before it builds anything. */
const labUp = async (commands: string[], scripts: Record<string, string> = {}) => {
  const bin = join(dir, 'bin');
  for (const command of commands) await symlink((await execa('which', [command])).stdout, join(bin, command));
  for (const [name, script] of Object.entries(scripts)) {
    await rm(join(bin, name), { force: true });
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(bin, name), 0o755);
  }
  const env = { PATH: bin, XDG_CACHE_HOME: join(dir, 'cache') };
  return execa(process.execPath, ['scripts/lab.ts', 'up', '--name', 'unfit'], { reject: false, stdin: 'ignore', env, extendEnv: false });
};

const go = { go: 'echo go version go1.99.0 linux/amd64' };

test('without Go, one line says what mends it', async () => {
  expect(await labUp(known)).toMatchObject({
    exitCode: 3,
    stdout: '',
    stderr:
      'lab: the Go tool chain is missing (Kubernetes is built from its Go modules): install Go 1.21 or newer and put `go` on the PATH',
  });
});

test.each(['taskset', 'dpkg-deb'])('without %s, one line says what mends it', async (missing) => {
  const ended = await labUp(
    known.filter((command) => command !== missing),
    go,
  );
  expect(ended).toMatchObject({ exitCode: 3, stdout: '' });
  expect(ended.stderr).toMatch(new RegExp(`^lab: ${missing} is missing: run apt-get install \\S+ as root$`));
});

test('where namespaces may not be made, one line says what mends it', async () => {
  const refusing = { ...go, unshare: 'echo "unshare: unshare failed: Operation not permitted" >&2; exit 1' };
  expect(await labUp(known, refusing)).toMatchObject({
    exitCode: 3,
    stdout: '',
    stderr:
      'lab: this user may not make namespaces (unshare: unshare failed: Operation not permitted): run sysctl -w user.max_user_namespaces=10000 as root',
  });
});

test('where apt knows no Debian archive, one line says what mends it', async () => {
  const elsewhere = { ...go, 'apt-get': 'echo noble https://archive.example/ubuntu/' };
  const ended = await labUp(known, elsewhere);
  expect(ended.exitCode).toBe(3);
  expect(ended.stderr).toContain('apt knows no Debian archive on this machine');
});

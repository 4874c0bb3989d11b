import { symlink, writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import { beforeEach, expect, test, vi } from 'vitest';
import { runDoctorCommand } from '../../../e2e/cli/doctor.ts';
import { PreconditionError } from '../../../e2e/machine/precondition-error.ts';
import { baseImageArtifact } from '../../../lab/build/base-image.ts';
import { kubernetesArtifact } from '../../../lab/build/kubernetes.ts';
import { type CachedArtifact, ensureCached } from '../../../lab/cache/cache.ts';
import { coreImagesArtifact, storeArchiveArtifact } from '../../../lab/images/core.ts';
import { runCheck } from '../../../providers/doctor/check.ts';
import { doctorLines, examineAll } from '../../../providers/doctor/diagnose.ts';
import { diagnosisSchema } from '../../../providers/doctor/schema.ts';
import { emulatorArchive } from '../../../providers/emulator-image.ts';
import { runInProcess } from '../../support/run-in-process.ts';
import { folderOfEachTest } from '../../support/temporary-folder.ts';

const dir = folderOfEachTest();
const bin = folderOfEachTest();
beforeEach(async () => {
  vi.stubEnv('XDG_CACHE_HOME', dir('cache'));
});

/** What the images are made with that Corral brings along. */
const packers = ['dpkg-deb', 'tar', 'flock'];

/** An apt that knows a Debian archive, whatever this machine's own knows. */
const apt = { 'apt-get': 'echo trixie http://127.0.0.1:9/debian' };

/** Runs the command on a machine that has these programs, and those of a Debian that are named. */
const doctor = async (
  flags: readonly string[],
  programs: Record<string, string> = {},
  known: readonly string[] = ['sh', ...packers],
) => {
  for (const name of known) await symlink((await execa('which', [name])).stdout, bin(name));
  for (const [name, script] of Object.entries({ ...apt, ...programs }))
    await writeFile(bin(name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  vi.stubEnv('PATH', bin());
  const providers = ['lab', 'kind', 'k3d', 'existing'];
  const how = { providers, examineAll, doctorLines };
  const { exitCode, stdout } = await runInProcess(() => runDoctorCommand(flags, how));
  return { exitCode, stdout, last: stdout.split('\n').at(-1) };
};

const about = (stdout: string, ...titles: string[]): string[] =>
  stdout.split('\n').filter((line) => titles.some((title) => line.slice(2).startsWith(title)));

test('on a machine without Docker, all that is missing is named at once, each with what mends it; for programs, too', async () => {
  const { stdout, last, exitCode } = await doctor(['--provider', 'kind']);
  expect(about(stdout, 'kind', 'docker', 'kubectl', 'iSCSI', 'Chromium')).toEqual([
    '✗ kind is missing: go install sigs.k8s.io/kind@latest, or see kind.sigs.k8s.io, or use --provider lab, which needs neither Docker nor root',
    '✗ docker is missing: install Docker Engine (docs.docker.com/engine/install), or use --provider lab, which needs neither Docker nor root',
    '! kubectl: it is missing: no run needs it, but you do to look into a cluster that was kept: see kubernetes.io/docs/tasks/tools',
    "! iSCSI: there is none in a container (longhorn #8158): scenarios that need a volume's block device are skipped",
    "✓ Chromium: the first run that needs it fetches Debian's, once: about 180 MB, and 340 in the cache",
  ]);
  expect([last, exitCode]).toEqual(['2 things are missing for provider kind, Longhorn: emulator', 1]);
  const ended = await doctor(['--provider', 'k3d', '--output', 'json'], {}, []);
  const { checks, ...rest } = diagnosisSchema.parse(JSON.parse(ended.stdout));
  expect([rest, ended.exitCode]).toEqual([{ ready: false, provider: 'k3d', longhorn: 'emulator' }, 1]);
  expect(checks.slice(0, 2)).toMatchObject([
    { title: 'k3d', state: 'missing', mend: expect.stringContaining('k3d.io') },
    { title: 'docker', state: 'missing' },
  ]);
});

const info = (memory: number, cgroup: string) =>
  JSON.stringify({ ServerVersion: '29.1.0', CgroupVersion: cgroup, MemTotal: memory * 2 ** 30 });
const docker = ({ memory = 16, cgroup = '2' } = {}) =>
  `case $1 in version) echo linux/amd64 ;; info) echo '${info(memory, cgroup)}' ;; *) exit 1 ;; esac`;
const kind = `case "$*" in version) echo 'kind v0.30.0 go1.24.6 linux/amd64' ;; 'get clusters') printf 'mine\\ncorral-4711\\n' ;; *) exit 1 ;; esac`;
const kubectl = `echo '{"clientVersion":{"gitVersion":"v1.36.3"}}'`;

test('on a machine with Docker, what is there is reported, what an earlier run left, and what is too little', async () => {
  const { stdout, last, exitCode } = await doctor(['--provider', 'kind'], {
    ...{ docker: docker({ memory: 2, cgroup: '1' }), kind, kubectl, chromium: 'exit 1' },
    'apt-get': 'echo noble http://127.0.0.1:9/ubuntu',
  });
  const titles = 'kind docker Docker control memory kubectl cluster cache Corral Longhorn Chromium';
  expect(about(stdout, ...titles.split(' '))).toEqual([
    '✓ kind: 0.30.0',
    '✓ docker: it answers',
    '✓ Docker Engine: 29.1.0',
    '! control groups: version 1, which newer Kubernetes releases refuse: boot with systemd.unified_cgroup_hierarchy=1',
    '! memory: Docker has 2.0 GiB, and about 4 are taken: end other containers, or give Docker more',
    '✓ kubectl: v1.36.3',
    `✓ cache: ${dir()}/cache/corral`,
    "✓ Corral's images: they are made in Docker, from debian:trixie-slim: apt here has no Debian archive",
    '! cluster corral-4711: it was kept, or left by a run: kind delete cluster --name corral-4711',
    '✓ Longhorn: the emulator, which Corral brings along',
    `✓ Chromium: ${bin('chromium')}`,
  ]);
  expect([last, exitCode]).toEqual(['All is there for provider kind, Longhorn: emulator', 0]);
});

test('a daemon that does not answer, a tool that is too old, a folder without a release', async () => {
  const down = 'echo "Cannot connect to the Docker daemon at unix:///x: is it running?" >&2; exit 1';
  const flags = ['--provider', 'kind', '--longhorn', `archive:${dir()}`];
  const { stdout, exitCode } = await doctor(flags, {
    ...{ docker: down, kind: 'echo kind v0.11.0' },
    'apt-get': 'echo noble http://127.0.0.1:9/ubuntu',
  });
  expect(about(stdout, 'kind', 'Docker', 'docker', 'Longhorn', 'Chromium')).toEqual([
    expect.stringMatching(/^✗ kind 0\.11\.0 is too old, it takes 0\.20\.0 at least: /),
    '✗ Docker does not answer (Cannot connect to the Docker daemon at unix:///x: is it running?): start it, and see that you may use it (the group docker), or use --provider lab, which needs neither Docker nor root',
    `✗ Longhorn: ${dir()} has no manifest: put the release's longhorn.yaml into it`,
    "! Chromium: there is no Chromium on PATH (chromium, chromium-browser, google-chrome, google-chrome-stable): the scenarios of Longhorn's user interface are skipped: install one, or let npm run e2e fetch it, for which apt must know a Debian archive (CORRAL_DEBIAN_MIRROR names one)",
  ]);
  expect(exitCode).toBe(1);
});

test('for a lab, a changed emulator is to be built into the image of the nodes again', async () => {
  const go = { go: 'echo go version go1.99.0 linux/amd64' };
  const imageOf = async (archives: CachedArtifact[]) =>
    ensureCached({ ...(await baseImageArtifact(archives)), build: async () => {} });
  const known = ['sh', 'sync', ...packers];
  const parts = async () => about((await doctor([], go, known.splice(0))).stdout, 'parts', 'disk');
  await writeFile(bin('go'), `#!/bin/sh\n${go.go}\n`, { mode: 0o755 });
  vi.stubEnv('PATH', `${bin()}:${process.env.PATH}`);
  const core = [await coreImagesArtifact(), await storeArchiveArtifact()];
  await ensureCached({ ...(await kubernetesArtifact()), build: async () => {} });
  for (const archives of [core.slice(0, 1), core]) await imageOf(archives);
  expect(await parts()).toEqual([
    expect.stringMatching(/the parts to build and a lab take up to 7/),
    "✓ parts: the next run builds the nodes' image again: what goes into it has changed",
  ]);
  await imageOf([...core, await emulatorArchive()]);
  expect(await parts()).toEqual([
    expect.stringMatching(/a lab takes up to 4/),
    '✓ parts: the cache has them: nothing is built',
  ]);
});

test('for a lab, what is missing of several things is named at once', async () => {
  const known = ['dpkg-deb', 'tar', 'unshare', 'taskset', 'mount', 'true'];
  const { stdout, last, exitCode } = await doctor([], {}, known);
  // Other programs of this machine may leave too little memory or disk.
  expect(stdout.split('\n').filter((line) => /^✗ (?!memory|disk)/.test(line))).toEqual([
    '✗ flock is missing: run apt-get install util-linux as root',
    '✗ Go: the Go tool chain is missing (Kubernetes is built from its Go modules): install Go 1.21 or newer and put `go` on the PATH',
  ]);
  expect(stdout).toContain('✓ namespaces of its own: this user may make them');
  expect(last).toMatch(/^[23] things are missing for provider lab, Longhorn: emulator$/);
  expect(exitCode).toBe(1);
});

test("what throws PreconditionError is missing, and any other error is nobody's finding", async () => {
  const failure = new PreconditionError({
    code: 'x-missing',
    where: 'here',
    what: 'it is missing',
    remedy: 'get one',
  });
  expect(await runCheck('x', () => Promise.reject(failure))).toEqual({
    ...{ title: 'x', state: 'missing', detail: 'here: it is missing', mend: 'get one' },
  });
  expect(await runCheck('x', async () => 'v1')).toEqual({
    title: 'x',
    state: 'ok',
    detail: 'v1',
    mend: null,
  });
  await expect(runCheck('x', () => Promise.reject(new Error('a bug')))).rejects.toThrow('a bug');
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { cached, type Part } from '../cache/cache.ts';
import { NotFit } from '../not-fit.ts';
import { oneLine } from '../one-line.ts';
import { tellDetail } from '../step.ts';
import { buildCommand, CommandFailed } from './command.ts';
import { isDiskTrouble } from './trouble.ts';

const NETWORK =
  /dial tcp|lookup \S+|proxyconnect|no such host|i\/o timeout|connection re(fused|set)|TLS handshake|unexpected EOF|: (4|5)\d\d [A-Z]|GOPROXY=off/;

/**
 * Says why Go could not build, in one line, where that is the machine's; an error in the code, and a full
 * disk, stay as they are.
 */
export const explainGo = (error: unknown): unknown => {
  if (!(error instanceof CommandFailed) || isDiskTrouble(error)) return error;
  const lines = error.said.split('\n');
  const old = lines.find((line) => /requires go >= |toolchain not available/.test(line));
  if (old !== undefined)
    return new NotFit(
      `this machine's Go is too old for Kubernetes (${oneLine(old)}): install a newer one, or unset GOTOOLCHAIN`,
    );
  const unreachable = lines.find((line) => NETWORK.test(line));
  if (unreachable === undefined) return error;
  return new NotFit(
    `Kubernetes' Go modules cannot be fetched (${oneLine(unreachable)}): check the network, and what go env GOPROXY says`,
  );
};

const source = join(import.meta.dirname, '../go');
/**
 * How long Go may take for one command, modules fetched and all (5 min were seen); who builds owns this
 * time-out.
 */
const GO_TIMEOUT_MS = 45 * 60_000;
const commands = ['kube', 'coredns', 'pause'] as const;

/** The Kubernetes release that go.mod pins, e.g. `v1.36.3`. */
const kubernetesVersion = async (): Promise<string> => {
  const version = /^\s*k8s\.io\/kubernetes (v\S+)$/m.exec(
    await readFile(join(source, 'go.mod'), 'utf8'),
  )?.[1];
  if (version === undefined) throw new Error('lab/go/go.mod pins no k8s.io/kubernetes');
  return version;
};

/** What this machine's Go says of itself; throws NotFit where there is none, or none that starts. */
export const goVersion = async (): Promise<string> => {
  const { stdout, stderr, failed, code } = await execa('go', ['version'], { reject: false });
  if (failed && code !== 'ENOENT')
    throw new NotFit(`Go does not start (${oneLine(stderr)}): mend it, and what go env GOTOOLCHAIN says`);
  if (failed)
    throw new NotFit(
      'the Go tool chain is missing (Kubernetes is built from its Go modules): install Go 1.21 or newer and put `go` on the PATH',
    );
  return stdout;
};

const go = (words: readonly string[], folder: string, onLine: (line: string) => boolean): Promise<string> =>
  buildCommand('go', words, {
    folder,
    cwd: source,
    env: { CGO_ENABLED: '0' },
    timeout: GO_TIMEOUT_MS,
    onLine,
  }).catch((error) => {
    throw explainGo(error);
  });

/**
 * Builds commands of `lab/go` into a folder, with Go's flags given, and tells what is done and how much there
 * is: the modules fetched, then the packages compiled.
 */
export const goBuild = async (
  names: readonly string[],
  { flags, dir }: { flags: readonly string[]; dir: string },
): Promise<void> => {
  const packages = names.map((name) => `./cmd/${name}`);
  const sums = await readFile(join(source, 'go.sum'), 'utf8');
  const modules = sums
    .split('\n')
    .filter((line) => / v\S+ h1:/.test(line) && !line.includes('/go.mod ')).length;
  let fetched = 0;
  tellDetail('Go looks at what there is to compile');
  const listed = await go(
    ['list', '-deps', ...flags, '-f', '{{if .Stale}}{{.ImportPath}}{{end}}', ...packages],
    dir,
    (line) => {
      const fetches = line.startsWith('go: downloading ');
      if (fetches) tellDetail(`Go modules fetched: ${++fetched} of at most ${modules}`);
      return fetches;
    },
  );
  const stale = new Set(listed.split('\n').filter((line) => line !== ''));
  let compiled = 0;
  // Go names a package when it begins with it.
  await go(['build', '-v', ...flags, '-o', `${dir}/`, ...packages], dir, (line) => {
    if (!stale.has(line)) return false;
    tellDetail(`${compiled++} of ${stale.size} packages compiled`);
    return true;
  });
};

/**
 * All Kubernetes components in one binary (`kube`), CoreDNS and the pause container's process, built from
 * their pinned Go modules.
 */
export const kubernetes = async (): Promise<Part> => ({
  name: 'kubernetes',
  inputs: {
    go: await goVersion(),
    files: await Promise.all(
      ['go.mod', 'go.sum', ...commands.map((name) => `cmd/${name}/main.go`)].map((file) =>
        readFile(join(source, file), 'utf8'),
      ),
    ),
  },
  build: async (dir) => {
    const version = await kubernetesVersion();
    const [, minor] = version.split('.');
    const stamp = { gitVersion: version, gitMajor: '1', gitMinor: minor, gitTreeState: 'clean' };
    const stamps = Object.entries(stamp).map(
      ([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`,
    );
    await goBuild(commands, {
      dir,
      flags: ['-trimpath', '-mod=readonly', '-ldflags', ['-s', '-w', ...stamps].join(' ')],
    });
  },
});

/** The path of the `kube` binary; builds it when the cache has none. */
export const kubeBinary = async (): Promise<string> => join(await cached(await kubernetes()), 'kube');

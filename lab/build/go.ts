import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { isProgramMissing } from '../../e2e/kube/errors.ts';
import { shorten } from '../../e2e/kube/text.ts';
import { PreconditionError } from '../../e2e/machine/precondition-error.ts';
import { reportProgress } from '../step.ts';
import { buildCommand, CommandFailed } from './command.ts';
import { isDiskError } from './disk-error.ts';

const NETWORK =
  /dial tcp|lookup \S+|proxyconnect|no such host|i\/o timeout|connection re(fused|set)|TLS handshake|unexpected EOF|: (4|5)\d\d [A-Z]|GOPROXY=off/;

/**
 * Explains in one line why Go could not build, if the machine is the cause. Returns errors in the code and of
 * a full disk unchanged.
 */
export const explainGo = (error: unknown, what: string): unknown => {
  if (!(error instanceof CommandFailed) || isDiskError(error)) return error;
  const lines = error.said.split('\n');
  const old = lines.find((line) => /requires go >= |toolchain not available/.test(line));
  if (old !== undefined)
    return new PreconditionError({
      code: 'go-too-old',
      what: `this machine's Go is too old for ${what} (${shorten(old)})`,
      remedy: 'install a newer one, or unset GOTOOLCHAIN',
    });
  const unreachable = lines.find((line) => NETWORK.test(line));
  if (unreachable === undefined) return error;
  return new PreconditionError({
    code: 'go-modules-unreachable',
    what: `the Go modules of ${what} cannot be fetched (${shorten(unreachable)})`,
    remedy: 'check the network, and what go env GOPROXY says',
  });
};

/** Time-out of one Go command, including its module downloads (5 min were measured). The build owns it. */
const GO_TIMEOUT_MS = 45 * 60_000;

/** Returns the output of `go version`. Throws PreconditionError if Go is missing or does not start. */
export const goVersion = async (): Promise<string> => {
  const { stdout, stderr, failed, code } = await execa('go', ['version'], { reject: false });
  if (failed && !isProgramMissing('go', code))
    throw new PreconditionError({
      code: 'go-broken',
      what: `Go does not start (${shorten(stderr)})`,
      remedy: 'mend it, and what go env GOTOOLCHAIN says',
    });
  if (failed)
    throw new PreconditionError({
      code: 'go-missing',
      what: 'the Go tool chain is missing (Kubernetes is built from its Go modules)',
      remedy: 'install Go 1.21 or newer and put `go` on the PATH',
    });
  return stdout;
};

/** A Go module of this project: its folder, and the name of its product for messages. */
type GoModule = { source: string; what: string };

const go = (
  { source, what }: GoModule,
  words: readonly string[],
  { folder, onLine }: { folder: string; onLine: (line: string) => boolean },
): Promise<string> =>
  buildCommand('go', words, {
    folder,
    cwd: source,
    env: { CGO_ENABLED: '0' },
    timeout: GO_TIMEOUT_MS,
    onLine,
  }).catch((error) => {
    throw explainGo(error, what);
  });

/** The folder of one of a module's dependencies, which was fetched. */
export const goModuleFolder = async (
  from: GoModule,
  { module, folder }: { module: string; folder: string },
): Promise<string> =>
  (await go(from, ['list', '-m', '-f', '{{.Dir}}', module], { folder, onLine: () => false })).trim();

/**
 * Builds packages of a module, or of its dependencies, into a folder. `values` sets variables
 * (`variable=value`). Reports the progress: modules fetched, then packages compiled.
 */
export const buildGo = async (
  module: GoModule,
  packages: readonly string[],
  { dir, values = [] }: { dir: string; values?: readonly string[] },
): Promise<void> => {
  // Debug information is not generated at all, instead of stripped later: compiling it took 12 % of the time.
  const linked = ['-s', '-w', ...values.map((value) => `-X ${value}`)].join(' ');
  const flags = ['-trimpath', '-mod=readonly', '-gcflags=all=-dwarf=false', '-ldflags', linked];
  const sums = await readFile(join(module.source, 'go.sum'), 'utf8');
  const modules = sums
    .split('\n')
    .filter((line) => / v\S+ h1:/.test(line) && !line.includes('/go.mod ')).length;
  let fetched = 0;
  reportProgress('Go looks at what there is to compile');
  const listed = await go(
    module,
    ['list', '-deps', ...flags, '-f', '{{if .Stale}}{{.ImportPath}}{{end}}', ...packages],
    {
      folder: dir,
      onLine: (line) => {
        const fetches = line.startsWith('go: downloading ');
        if (fetches) reportProgress(`Go modules fetched: ${++fetched} of at most ${modules}`);
        return fetches;
      },
    },
  );
  const stale = new Set(listed.split('\n').filter((line) => line !== ''));
  let compiled = 0;
  await go(module, ['build', '-v', '-o', `${dir}/`, ...flags, ...packages], {
    folder: dir,
    // Go prints a package's name when it starts to compile it.
    onLine: (line) => {
      if (!stale.has(line)) return false;
      reportProgress(`${compiled++} of ${stale.size} packages compiled`);
      return true;
    },
  });
};

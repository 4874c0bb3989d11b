import { access, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { shorten } from '../../e2e/kube/text.ts';
import { PreconditionError } from '../../e2e/machine/precondition-error.ts';
import { buildCommand, CommandFailed } from '../build/command.ts';
import { isDiskError } from '../build/disk-error.ts';
import { buildSignal } from '../build/signal.ts';

/** The machine's Debian archive lacks this suite or package. Another suite may have it. */
export class NotInArchive extends PreconditionError {}

const complaints = (said: string): string[] =>
  said.split('\n').flatMap((line) => /^(?:E|Err:\d+): ?(.*)/.exec(line)?.[1] ?? []);

/**
 * Explains in one line why apt failed, from its first complaint. Returns a full disk and errors of other
 * programs unchanged.
 */
export const explainApt = (error: unknown, suite: string): unknown => {
  if (!(error instanceof CommandFailed) || isDiskError(error)) return error;
  const { said } = error;
  const complaint = shorten(complaints(said)[0] ?? said);
  const elsewhere = 'use a mirror that has it';
  if (/does not have a Release file/.test(said))
    return new NotInArchive({
      code: 'suite-missing',
      what: `this machine's Debian archive has no suite ${suite} (apt: ${complaint})`,
      remedy: elsewhere,
    });
  if (/Unable to locate package|has no installation candidate/.test(said))
    return new NotInArchive({
      code: 'package-missing',
      what: `this machine's Debian archive lacks a package in ${suite} (apt: ${complaint})`,
      remedy: elsewhere,
    });
  if (/Failed to fetch|Could not (resolve|connect)|Temporary failure/.test(said))
    return new PreconditionError({
      code: 'apt-unreachable',
      what: `Debian packages of ${suite} cannot be fetched (apt: ${complaint})`,
      remedy: "check the network, and the proxy and mirror in apt's settings",
    });
  return new PreconditionError({
    code: 'apt-failed',
    what: `apt cannot take packages of ${suite} (apt: ${complaint})`,
    remedy: 'mend what it says, then run the command again',
  });
};

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const RELEASES = /^(bullseye|bookworm|trixie|forky|stable|testing|unstable|sid)$/;

/** Time-outs of apt for a suite's lists, and then for its packages. The caller's build owns them. */
const LISTS_TIMEOUT_MS = 5 * 60_000;
const PACKAGES_TIMEOUT_MS = 20 * 60_000;

const knownToApt = async (): Promise<string | undefined> => {
  const cancelSignal = buildSignal();
  const { stdout } = await execa(
    'apt-get',
    ['indextargets', '--format', '$(RELEASE) $(REPO_URI)', 'Created-By: Packages'],
    { reject: false, ...(cancelSignal && { cancelSignal }) },
  );
  cancelSignal?.throwIfAborted();
  return stdout
    .split('\n')
    .map((line) => line.split(' '))
    .find(([release]) => RELEASES.test(release ?? ''))?.[1];
};

// Signatures are checked, so any address is safe. A password in the address would appear in apt's logs.
const checkMirror = (mirror: string): string => {
  const { protocol, username, password } = URL.parse(mirror) ?? {};
  if (protocol === undefined || !['http:', 'https:'].includes(protocol) || username || password)
    throw new PreconditionError({
      code: 'debian-mirror-wrong',
      what: 'CORRAL_DEBIAN_MIRROR names no mirror of Debian',
      remedy: 'give an http or https URL with no user name and no password',
    });
  return mirror;
};

/**
 * Returns the URL of Debian's main archive: CORRAL_DEBIAN_MIRROR, or the one of this machine's apt, so that a
 * configured mirror or proxy is used. Throws PreconditionError if there is none, or if Debian's keyring is missing, as
 * on a default Ubuntu.
 */
export const debianMirror = async (
  { CORRAL_DEBIAN_MIRROR: named }: NodeJS.ProcessEnv = process.env,
): Promise<string> => {
  const mirror = named ? checkMirror(named) : await knownToApt();
  if (mirror === undefined)
    throw new PreconditionError({
      code: 'debian-archive-unknown',
      what: 'apt knows no Debian archive on this machine',
      remedy: 'name a mirror of Debian by CORRAL_DEBIAN_MIRROR, or add one to /etc/apt/sources.list.d',
    });
  await access(KEYRING).catch(() => {
    throw new PreconditionError({
      code: 'debian-keyring-missing',
      what: `${KEYRING} is missing`,
      remedy: 'run apt-get install debian-archive-keyring as root',
    });
  });
  return mirror;
};

/**
 * Downloads Debian packages of a suite, with their dependencies if `dependencies` is set, and returns the
 * paths of the files. Lists, state and cache are private to `work`: the machine's own sources and installed
 * packages are neither used nor changed, and root is not needed. Signatures are checked with Debian's
 * keyring. Throws PreconditionError if apt fails, and NotInArchive if the archive lacks the suite or a package.
 */
export const downloadPackages = async (options: {
  suite: string;
  packages: readonly string[];
  dependencies: boolean;
  work: string;
}): Promise<string[]> => {
  const { suite, packages, dependencies, work } = options;
  for (const folder of ['lists/partial', 'cache/archives/partial', 'state'])
    await mkdir(join(work, folder), { recursive: true });
  await writeFile(join(work, 'status'), '');
  await writeFile(
    join(work, 'sources.list'),
    `deb [signed-by=${KEYRING}] ${await debianMirror()} ${suite} main\n`,
  );
  const settings = {
    'Dir::State': join(work, 'state'),
    'Dir::State::lists': join(work, 'lists'),
    'Dir::State::status': join(work, 'status'),
    'Dir::Cache': join(work, 'cache'),
    'Dir::Etc::sourcelist': join(work, 'sources.list'),
    'Dir::Etc::sourceparts': '-',
    'Dir::Etc::preferencesparts': '-',
    'APT::Architecture': 'amd64',
    'APT::Architectures': 'amd64',
    'APT::Install-Recommends': 'false',
    'APT::Sandbox::User': '',
    // A failed download of lists is an error, not a warning, because there are no older lists.
    'APT::Update::Error-Mode': 'any',
    'Acquire::Languages': 'none',
    // A mirror may lag behind: expired lists are accepted, but Debian must have signed them.
    'Acquire::Check-Valid-Until': 'false',
  };
  const apt = async (timeout: number, ...args: string[]) => {
    const words = [
      ...Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
      ...args,
    ];
    try {
      await buildCommand('apt-get', words, { folder: work, cwd: work, timeout, env: { LC_ALL: 'C.UTF-8' } });
    } catch (error) {
      throw explainApt(error, suite);
    }
  };
  await apt(LISTS_TIMEOUT_MS, 'update', '-qq');
  if (dependencies) {
    await apt(PACKAGES_TIMEOUT_MS, 'install', '-y', '-qq', '--download-only', ...packages);
    const archives = join(work, 'cache/archives');
    return (await readdir(archives))
      .filter((name) => name.endsWith('.deb'))
      .map((name) => join(archives, name));
  }
  await apt(PACKAGES_TIMEOUT_MS, 'download', '-qq', ...packages);
  return (await readdir(work)).filter((name) => name.endsWith('.deb')).map((name) => join(work, name));
};

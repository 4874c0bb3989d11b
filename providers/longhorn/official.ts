import { PreconditionError } from '../../e2e/machine/precondition-error.ts';
import { buildSignal } from '../../lab/build/signal.ts';
import type { Manifest } from '../../lab/manifests/read.ts';

/** Base URL of the files in Longhorn's repository, at any tag or branch. */
const published = 'https://raw.githubusercontent.com/longhorn/longhorn';

/** URL of a release's manifest: `v1.12.1`, or `master-head` for the development branch. */
const releaseUrl = (version: string, from = published): string =>
  `${from}/${version === 'master-head' ? 'master' : version}/deploy/longhorn.yaml`;

/** Time-out in ms. The caller that fetches a manifest owns it. */
const ANSWER_MS = 60_000;

const causeOf = (error: unknown): string => {
  const { cause, message, name } = error as Error & { cause?: NodeJS.ErrnoException };
  if (name === 'TimeoutError') return `no answer in ${ANSWER_MS / 1000} s`;
  return cause?.code ?? cause?.message ?? message;
};

const alternatives =
  'use --longhorn archive:DIR with longhorn.yaml and the image archives in DIR, or with longhorn.yaml alone and --registry-mirror URL';

/**
 * Fetches the manifest of a release. It names all images that Longhorn starts. The list beside it,
 * longhorn-images.txt, has one more, for a command that users run themselves. Throws PreconditionError in one line if
 * the manifest is not available.
 */
export const fetchRelease = async (version: string, from = published): Promise<Manifest> => {
  const source = releaseUrl(version, from);
  const flag = `--longhorn official:${version}`;
  const signals = [AbortSignal.timeout(ANSWER_MS), buildSignal()].filter((signal) => signal !== undefined);
  const answered = async () => {
    const answer = await fetch(source, { signal: AbortSignal.any(signals) });
    return { status: answer.status, text: await answer.text() };
  };
  const { status, text } = await answered().catch((error: unknown) => {
    buildSignal()?.throwIfAborted();
    const { host } = new URL(source);
    throw new PreconditionError({
      code: 'release-unreachable',
      where: flag,
      what: `${host} cannot be reached (${causeOf(error)})`,
      remedy: alternatives,
    });
  });
  if (status === 200) return { source, text };
  const [code, why] =
    status === 404
      ? ['release-unknown', 'Longhorn has published no such version']
      : ['release-unreachable', `it cannot be had now (status ${status})`];
  throw new PreconditionError({ code, where: flag, what: `${why}: ${source}` });
};

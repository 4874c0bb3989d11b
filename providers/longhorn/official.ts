import { NotFit } from '../../e2e/machine/not-fit.ts';
import type { Manifest } from '../../lab/manifests/read.ts';
import { ask, Unreachable } from '../registry/ask.ts';

/** Where Longhorn's repository is served file by file, at any tag or branch. */
const published = 'https://raw.githubusercontent.com/longhorn/longhorn';

/**
 * Where the manifest of a release lies, as `v1.12.1`, or that of the branch that is being worked on, as
 * `master-head`.
 */
const releaseUrl = (version: string, from = published): string =>
  `${from}/${version === 'master-head' ? 'master' : version}/deploy/longhorn.yaml`;

const otherWays =
  'use --longhorn archive:DIR with longhorn.yaml and the image archives in DIR, or with longhorn.yaml alone and --registry-mirror URL';

/**
 * Fetches the manifest of a release. All images that Longhorn starts are named in it: the list beside it,
 * longhorn-images.txt, has one more, for a command that people run themselves.
 *
 * Throws NotFit in one line when it cannot be had.
 */
export const fetchRelease = async (version: string, from = published): Promise<Manifest> => {
  const source = releaseUrl(version, from);
  const asked = `--longhorn official:${version}`;
  try {
    const answer = await ask(source);
    if (answer.ok) return { source, text: await answer.text() };
    await answer.body?.cancel();
    const [code, why] =
      answer.status === 404
        ? ['release-unknown', 'Longhorn has published no such version']
        : ['release-unreachable', `it cannot be had now (status ${answer.status})`];
    throw new NotFit({ code, where: asked, what: `${why}: ${source}` });
  } catch (error) {
    if (error instanceof Unreachable)
      throw new NotFit({ code: 'registry-unreachable', where: asked, what: error.what, remedy: otherWays });
    throw error;
  }
};

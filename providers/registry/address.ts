import { NotFit } from '../../e2e/machine/not-fit.ts';
import { completeName } from '../../lab/images/image-name.ts';

/** Where an image is asked for: the root of a registry's API, the repository there, and the tag or digest. */
export type Address = { root: string; repository: string; reference: string };

const withoutTag = /^(?<repository>.*?)(?::(?<tag>[^:@/]+))?(?:@(?<digest>sha256:[0-9a-f]{64}))?$/;

// Docker Hub's API answers under a name of its own; any other registry's under the one that images bear.
const hostOf = (registry: string): string => (registry === 'docker.io' ? `index.${registry}` : registry);

/**
 * Where an image of that name is found: at its own registry, or in a mirror under the same path without the
 * registry's name (`docker.io/longhornio/x` is `/v2/longhornio/x` there). Throws NotFit for what is no name.
 */
export const addressOf = (image: string, mirror: string | undefined): Address => {
  const whole = completeName(image);
  if (whole === undefined)
    throw new NotFit({
      code: 'image-name',
      what: `the manifest names an image ${image}, which is none that a registry could have`,
    });
  const slash = whole.indexOf('/');
  const { repository = '', tag = '', digest } = withoutTag.exec(whole.slice(slash + 1))?.groups ?? {};
  const root = mirror ?? `https://${hostOf(whole.slice(0, slash))}`;
  return { root: root.replace(/\/+$/, ''), repository, reference: digest ?? tag };
};

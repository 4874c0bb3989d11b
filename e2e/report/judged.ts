import type { Report } from './schema.ts';

/**
 * Says in one sentence what a run judged, so that nobody takes a run on the emulator for a verdict on
 * Longhorn.
 */
export const describeJudged = ({ name, version, replaced = [] }: Report['target']): string => {
  if (name === 'emulator')
    return `the emulator${version ? ` ${version}` : ''}: this run proves the suite, not Longhorn`;
  if (name === 'installed')
    return `the Longhorn that the cluster has${version ? `, ${version}` : '; its version was not told to this run'}`;
  const others = replaced.map(
    ({ from, to, digest }) => `${to}${digest ? `@${digest}` : ''} in place of ${from}`,
  );
  return version
    ? `Longhorn ${version} (${name})${others.length > 0 ? `, with ${others.join(', ')}` : ''}`
    : `the Longhorn found in the cluster (${name}); its version was not told to this run`;
};

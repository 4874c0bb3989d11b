import { volumesFolder } from '../../format/layout.ts';

/** What faults keep aside of files, each kind in a folder of its own. */
type Kept = 'emptied' | 'hidden';

/**
 * Where what a fault keeps of a file is, in the folder that is exported, beside what Longhorn writes; of the
 * exported folder itself, where all of that kind is.
 */
export const asideOf = (path: string, kept: Kept): string => {
  const at = path.lastIndexOf(`/${volumesFolder}/`);
  const [root, below] = at < 0 ? [path, ''] : [path.slice(0, at), path.slice(at)];
  return `${root}/corral-aside/${kept}${below}`;
};

import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
};

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The machine's Chromium: the one that CORRAL_CHROMIUM names, or the first on PATH; undefined where there is
 * none.
 */
export const findChromium = ({ CORRAL_CHROMIUM: named, PATH = '' }: Environment): string | undefined => {
  if (named) return isExecutable(named) ? named : undefined;
  const folders = PATH.split(delimiter).filter((folder) => folder !== '');
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
};

/** What is wrong where findChromium finds nothing, and what mends it. */
export const withoutChromium = ({ CORRAL_CHROMIUM: named }: Environment): { detail: string; mend: string } =>
  named
    ? {
        detail: `CORRAL_CHROMIUM names ${named}, which is no program`,
        mend: 'name one, or unset it',
      }
    : {
        detail: `there is no Chromium on PATH (${names.join(', ')})`,
        mend: 'install one, or let npm run e2e fetch it, for which apt must know a Debian archive (CORRAL_DEBIAN_MIRROR names one)',
      };

/** Why what needs a browser cannot be run, and what mends it; undefined where there is one. */
export const whyNoBrowser = (environment: Environment): string | undefined => {
  if (findChromium(environment) !== undefined) return undefined;
  const { detail, mend } = withoutChromium(environment);
  return `needs a browser: ${detail}: ${mend}`;
};

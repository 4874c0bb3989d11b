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

/** The path of Chromium on this machine: CORRAL_CHROMIUM, or the first on PATH. Undefined if there is none. */
export const findChromium = ({ CORRAL_CHROMIUM: named, PATH = '' }: Environment): string | undefined => {
  if (named) return isExecutable(named) ? named : undefined;
  const folders = PATH.split(delimiter).filter((folder) => folder !== '');
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
};

/** Why findChromium found nothing, and how to fix it. */
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

/** Why scenarios that need a browser cannot run, and how to fix it. Undefined if there is a browser. */
export const whyNoBrowser = (environment: Environment): string | undefined => {
  if (findChromium(environment) !== undefined) return undefined;
  const { detail, mend } = withoutChromium(environment);
  return `needs a browser: ${detail}: ${mend}`;
};

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
 * The system's Chromium: the one that CORRAL_CHROMIUM names, or the first on PATH; undefined where there is
 * none.
 */
export const findChromium = ({ CORRAL_CHROMIUM: named, PATH = '' }: Environment): string | undefined => {
  if (named) return isExecutable(named) ? named : undefined;
  const folders = PATH.split(delimiter).filter((folder) => folder !== '');
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
};

/** What is wrong where findChromium finds nothing, and the command that mends it. */
export const withoutChromium = ({
  CORRAL_CHROMIUM: named,
}: Environment): { detail: string; mend: string } => ({
  detail: named
    ? `CORRAL_CHROMIUM names ${named}, which is no program`
    : `there is no Chromium on PATH (${names.join(', ')})`,
  mend: 'apt-get install chromium',
});

/** Why what needs a browser cannot be played, and the command that mends it; undefined where there is one. */
export const whyNoBrowser = (environment: Environment): string | undefined => {
  if (findChromium(environment) !== undefined) return undefined;
  const { detail, mend } = withoutChromium(environment);
  return `needs a browser: ${detail}: ${mend}`;
};

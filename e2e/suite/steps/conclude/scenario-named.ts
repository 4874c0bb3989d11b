import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Keeper } from '../../evidence/keeper.ts';

/**
 * Names the scenario of the run whose history has an object of this name, by what its evidence says; undefined where none has, or none can be read,
 * as of a scenario that another machine plays.
 */
export const scenarioNamed =
  ({ folder }: Pick<Keeper, 'folder'>) =>
  async (object: string): Promise<string | undefined> => {
    const own = folder();
    if (own === undefined) return undefined;
    const all = dirname(own);
    const folders = await readdir(all).catch(() => []);
    for (const each of folders) {
      const history = await readFile(join(all, each, 'history.ndjson'), 'utf8').catch(() => '');
      if (history.includes(`"name":${JSON.stringify(object)}`)) return recordingOf(history);
    }
    return undefined;
  };

const recordingOf = (history: string): string | undefined => {
  try {
    return (JSON.parse(history.slice(0, history.indexOf('\n'))) as { recording?: string }).recording;
  } catch {
    return undefined;
  }
};

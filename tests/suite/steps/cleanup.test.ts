import { expect, test } from 'vitest';
import { runAllStages } from '../../../e2e/suite/steps/run-all-stages.ts';

const errors = [new Error('backups stuck'), new Error('store stuck')];

test.each<[string[], unknown]>([
  [[], undefined],
  [['backups'], errors[0]],
  [['backups', 'store'], expect.objectContaining({ errors })],
])(
  'every stage of a cleanup runs in its turn, also where %j fail, which is thrown',
  async (failing, thrown) => {
    const done: string[] = [];
    const all = ['backups', 'volumes', 'store'].map((name) => async () => {
      done.push(name);
      if (failing.includes(name)) throw new Error(`${name} stuck`);
    });
    expect(await runAllStages(all).catch((error: unknown) => error)).toEqual(thrown);
    expect(done).toEqual(['backups', 'volumes', 'store']);
  },
);

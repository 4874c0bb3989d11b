import { test } from 'vitest';
import { playMatrix } from '../../emulator/support/store-matrix.ts';

const rows = [
  ['deletion-destroys-other-backups', 'delete | backups/ | no permission to list it'],
  ['lock-fails-open', "take a lock | another's lock | empty file"],
  ['lock-fails-open', 'take a lock | locks/ | input/output error opening it'],
  ['unlistable-store-is-empty', 'list volumes | volumes/ | input/output error opening it'],
  ['unreadable-config-is-gone', 'inspect | backups/ | no permission to enter it'],
  ['config-removed-without-volume-cfg', 'delete | volume.cfg | no such file'],
  ['unlistable-blocks-are-unknown', 'delete | blocks/ | input/output error opening it'],
] as const;

test.concurrent.for(rows)(
  '%s shows itself in: %s; mended, it does not',
  async ([bug, only], { skip, expect }) => {
    const as = (mutant: `fixed:${typeof bug}` | '') => playMatrix({ only, mutant });
    const [given, mended] = await Promise.all([as(''), as(`fixed:${bug}`)]);
    if (given.exitCode === 3) skip(given.stderr);
    expect(given.cells[only]).toMatchObject({ verdict: 'known', bugs: [bug] });
    expect(mended.cells[only]).toMatchObject({ verdict: 'green', signs: [] });
  },
);

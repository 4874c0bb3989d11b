import { readFileSync } from 'node:fs';
import { test } from 'vitest';
import { bugsOf, cellNameOf, cells, type Sign } from '../../e2e/store-matrix/cells.ts';
import { runMatrix } from '../emulator/support/store-matrix.ts';

const rows = [
  ['deletion-destroys-other-backups', 'delete | backups/ | no permission to list it'],
  ['lock-fails-open', "take a lock | another's lock | empty file"],
  ['lock-fails-open', 'take a lock | locks/ | input/output error opening it'],
  ['unlistable-store-is-empty', 'list volumes | volumes/ | input/output error opening it'],
  ['unreadable-config-is-gone', 'inspect | backups/ | no permission to enter it'],
  ['config-removed-without-volume-cfg', 'delete | volume.cfg | no such file'],
  ['unlistable-blocks-are-unknown', 'delete | blocks/ | input/output error opening it'],
  ['unread-volume-cfg-ends-replica', 'create | volume.cfg | short file'],
  ['upload-miscounts-blocks', 'create | a block | stale handle of the file'],
  ['unreadable-neighbour-keeps-blocks', "delete | another backup's config | empty file"],
] as const;

const recording = new URL('../../fixtures/recordings/store-matrix-v1.12.1/cells.json', import.meta.url);
const real: Record<string, Sign[]> = JSON.parse(readFileSync(recording, 'utf8')).cells;

// That the emulator shows what a real Longhorn showed, its conformance proves.
test.concurrent.for(rows)(
  '%s shows itself in: %s; mended, it does not',
  async ([bug, only], { skip, expect }) => {
    const cell = cells.find((each) => cellNameOf(each) === only);
    if (cell === undefined) throw new Error(`the matrix has no cell ${only}`);
    expect(new Set(real[only]?.flatMap((sign) => bugsOf(cell, sign)))).toEqual(new Set([bug]));
    const mended = await runMatrix({ only, mutant: `fixed:${bug}` });
    if (mended.cannot !== undefined) skip(mended.cannot);
    expect(mended.cells[only]).toMatchObject({ verdict: 'green', signs: [] });
  },
);

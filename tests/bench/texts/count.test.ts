import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { countTexts } from '../../../bench/texts/count.ts';
import { countsPath } from '../../../bench/texts/run.ts';

// A folder with clones of Longhorn's repositories, which the suite does not bring.
const sources = process.env.CORRAL_LONGHORN_SOURCES;

test.skipIf(sources === undefined)(
  'as many texts of the sources are recognised as the documents say',
  () => {
    expect(countTexts(sources ?? '').counts).toEqual(JSON.parse(readFileSync(countsPath, 'utf8')));
  },
  60_000,
);

import { expect, test } from 'vitest';
import { NotFit as LabNotFit } from '../../../lab/not-fit.ts';
import { examine, splitMessage } from '../../../providers/doctor/check.ts';
import { NotFit } from '../../../providers/provider.ts';

test.each([
  ['Docker does not answer (dial unix: no such file)', 'start it, or use --provider lab'],
  ['the API server x cannot be reached: refused', 'see that it runs'],
  ['flock is missing', 'install it (Debian: get util-linux)'],
  ['it is at http://127.0.0.1:6443', null],
  ['cannot read x: ENOENT: no such file', null],
])('%s, %s', (detail, mend) => {
  expect(splitMessage(mend === null ? detail : `${detail}: ${mend}`)).toEqual({ detail, mend });
});

test("what throws NotFit is missing, whoever throws it, and any other error is nobody's finding", async () => {
  const missing = { title: 'x', state: 'missing', detail: 'x is missing', mend: 'get one' };
  for (const error of [new NotFit('x is missing: get one'), new LabNotFit('x is missing: get one')])
    expect(await examine('x', () => Promise.reject(error))).toEqual(missing);
  expect(await examine('x', async () => 'v1')).toEqual({ title: 'x', state: 'ok', detail: 'v1', mend: null });
  await expect(examine('x', () => Promise.reject(new Error('a bug')))).rejects.toThrow('a bug');
});

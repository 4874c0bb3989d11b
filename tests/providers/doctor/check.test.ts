import { expect, test } from 'vitest';
import { NotFit as LabNotFit } from '../../../lab/not-fit.ts';
import { examine, splitMessage } from '../../../providers/doctor/check.ts';
import { tell } from '../../../providers/doctor/diagnose.ts';
import { diagnosisSchema } from '../../../providers/doctor/schema.ts';
import { NotFit } from '../../../providers/provider.ts';

test.each([
  [
    'flock is missing: run apt-get install util-linux as root',
    'flock is missing',
    'run apt-get install util-linux as root',
  ],
  [
    'Docker does not answer (dial unix: no such file): start it, or use --provider lab',
    'Docker does not answer (dial unix: no such file)',
    'start it, or use --provider lab',
  ],
  [
    'the API server x cannot be reached: refused: see that it runs',
    'the API server x cannot be reached: refused',
    'see that it runs',
  ],
  [
    'flock is missing: install it (Debian: get util-linux)',
    'flock is missing',
    'install it (Debian: get util-linux)',
  ],
  ['it is at http://127.0.0.1:6443', 'it is at http://127.0.0.1:6443', null],
  ['cannot read x: ENOENT: no such file', 'cannot read x: ENOENT: no such file', null],
  ['nothing to be done', 'nothing to be done', null],
])('%s', (message, detail, mend) => {
  expect(splitMessage(message)).toEqual({ detail, mend });
});

test("what throws NotFit is missing, whoever throws it, and any other error is nobody's finding", async () => {
  const missing = { title: 'x', state: 'missing', detail: 'x is missing', mend: 'get one' };
  for (const error of [new NotFit('x is missing: get one'), new LabNotFit('x is missing: get one')])
    expect(await examine('x', () => Promise.reject(error))).toEqual(missing);
  expect(await examine('x', async () => 'v1')).toEqual({ title: 'x', state: 'ok', detail: 'v1', mend: null });
  await expect(examine('x', () => Promise.reject(new Error('a bug')))).rejects.toThrow('a bug');
});

test('a line for each check, with what mends it, and one for all', () => {
  const diagnosis = diagnosisSchema.parse({
    provider: 'kind',
    longhorn: 'emulator',
    ready: false,
    checks: [
      { title: 'docker', state: 'missing', detail: 'Docker does not answer', mend: 'start it' },
      { title: 'kind', state: 'ok', detail: '0.30.0', mend: null },
      { title: 'iSCSI', state: 'warning', detail: 'there is none', mend: null },
    ],
  });
  expect(tell(diagnosis)).toEqual([
    '✗ Docker does not answer: start it',
    '✓ kind: 0.30.0',
    '! iSCSI: there is none',
    '1 thing is missing for provider kind, Longhorn: emulator',
  ]);
});

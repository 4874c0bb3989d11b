import { expect, test } from 'vitest';
import { PreconditionError } from '../../../e2e/machine/precondition-error.ts';
import { runCheck } from '../../../providers/doctor/check.ts';

test("what throws PreconditionError is missing, and any other error is nobody's finding", async () => {
  const failure = new PreconditionError({
    code: 'x-missing',
    where: 'here',
    what: 'it is missing',
    remedy: 'get one',
  });
  expect(await runCheck('x', () => Promise.reject(failure))).toEqual({
    ...{ title: 'x', state: 'missing', detail: 'here: it is missing', mend: 'get one' },
  });
  expect(await runCheck('x', async () => 'v1')).toEqual({
    title: 'x',
    state: 'ok',
    detail: 'v1',
    mend: null,
  });
  await expect(runCheck('x', () => Promise.reject(new Error('a bug')))).rejects.toThrow('a bug');
});

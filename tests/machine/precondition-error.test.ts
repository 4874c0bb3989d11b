import { expect, test } from 'vitest';
import { PreconditionError } from '../../e2e/machine/precondition-error.ts';

test.each([
  [{}, 'it is missing'],
  [{ where: 'a file', remedy: 'get one' }, 'a file: it is missing: get one'],
  [{ what: 'two are missing:\n  a\n  b', remedy: 'get them' }, 'two are missing:\n  a\n  b\nget them'],
])('%j', (fields, message) => {
  const failure = { code: 'missing', what: 'it is missing', ...fields };
  expect(new PreconditionError(failure)).toMatchObject({ name: 'PreconditionError', ...failure, message });
});

import { expect, test } from 'vitest';
import { createAsStep } from '../../../e2e/suite/steps/as-step.ts';
import { findLonghorn } from '../../../e2e/suite/steps/find-longhorn.ts';
import { leastLonghorn } from '../../support/longhorn-objects.ts';
import { stubCluster } from '../../support/stub-cluster.ts';
import { record } from '../../support/test-context.ts';

type On = { value?: string; range?: string };

const skip = (reason: string): never => {
  throw new Error(`skipped: ${reason}`);
};

/** On nodes by their names; one with a question mark is not ready. */
const find = async (names: string, { value = 'v1.12.1', range = '*' }: On = {}) => {
  const objects = leastLonghorn(names, value);
  const { report, printed, findings } = record();
  const asStep = createAsStep({ report, signal: new AbortController().signal });
  const version = await findLonghorn({ cluster: stubCluster({ objects }), report, asStep, range, skip });
  return { version, printed: printed.at(-1), findings };
};

test('it is reported with its version and nodes; fewer than the documents have are a finding', async () => {
  const version = 'v1.12.1';
  const sentence = `Given a Longhorn whose nodes are ready: ${version} on`;
  const printed = `${sentence} 3: n1, n2, n3`;
  expect(await find('n3 n1 n2')).toEqual({ version, printed, findings: [] });
  const fewer = { code: 'few-nodes', detail: expect.stringContaining('n1, n3') };
  expect(await find('n1 n2? n3')).toMatchObject({ printed: `${sentence} 2: n1, n3`, findings: [fewer] });
});

const newer = {
  code: 'longhorn-is-newer',
  detail: expect.stringMatching(/v1\.13\.0.*v1\.12/),
};

test.each([
  ['v1.7.3', '*', 'skipped: needs Longhorn v1.8.0 or newer, with backup targets by name; here is v1.7.3'],
  ['v1.9.0', '>=1.10', 'skipped: holds for Longhorn >=1.10; here is v1.9.0'],
  ['v1.8.0-rc1', '*', []],
  ['v1.10.0-rc2', '>=1.10', []],
  ['v1.14.0', '>=1.10 <1.13', [expect.any(Object)]],
  ['v1.12.9', '*', []],
  ['v1.12.9', '>=1.13.0', 'skipped: holds for Longhorn >=1.13.0; here is v1.12.9'],
  ['v1.13.0-dev', '>=1.13.0', [newer]],
  ['v1.13.0', '*', [newer]],
])('on %s a scenario for %s ends so, or runs with findings: %j', async (value, range, expected) => {
  const found = find('n1 n2 n3', { value, range });
  if (typeof expected === 'string') return expect(found).rejects.toThrow(expected);
  expect(await found).toMatchObject({ version: value, findings: expected });
});

import { expect, test } from 'vitest';
import { know } from '../../../e2e/kube/redact/known.ts';
import { nothingSpent, type Step } from '../../../e2e/report/schema.ts';
import { composeFailure } from '../../../e2e/suite/play/compose-failure.ts';

const step = (sentence: string, state: Step['state']): Step => ({
  sentence,
  state,
  duration: 1,
  account: nothingSpent,
});
const fault = {
  id: 'a',
  name: 'immutable-file',
  title: 'the config is immutable',
  phase: 'proved' as const,
  detail: 'lsattr i',
  proof: 'lsattr i',
};
const journal = {
  steps: [step('Given a thing', 'passed'), step('Then it is so', 'failed'), step('a remark', 'noted')],
  faults: () => [fault],
};
const message = {
  of: 'b1',
  text: 'a-secret-of-many-letters',
  class: 'failure',
  id: 'deletion-denied',
  meaning: 'The store refuses.',
};

test('a failure is told with its step, its messages, the faults in force and the paths, redacted', () => {
  know('a-secret-of-many-letters', 'a test');
  const failure = composeFailure(new Error('not so: a-secret-of-many-letters'), {
    journal,
    messages: () => [message],
    paths: ['out/evidence/x/'],
    pointsTo: { at: 'suite', place: 'the suite', because: ['a-secret-of-many-letters was in force'] },
  });
  expect(failure).toEqual({
    step: 'Then it is so',
    reason: expect.stringMatching(/^not so: \[redacted: a test\]\n/),
    messages: [{ ...message, text: '[redacted: a test]' }],
    faults: [{ name: 'the config is immutable', state: 'proved', proof: 'lsattr i' }],
    evidence: ['out/evidence/x/'],
    pointsTo: { at: 'suite', place: 'the suite', because: ['[redacted: a test] was in force'] },
  });
});

test('where there was no step, and nothing can be said of messages, the reason is told all the same', () => {
  const messages = () => {
    throw new Error('no watch');
  };
  const failure = composeFailure('thrown', { journal: { steps: [], faults: () => [] }, messages, paths: [] });
  expect(failure).toEqual({ step: null, reason: 'thrown', messages: [], faults: [], evidence: [] });
});

import { expect, test } from 'vitest';
import { registerSecret } from '../../../e2e/kube/redact/registered-secrets.ts';
import { composeFailure } from '../../../e2e/suite/run/compose-failure.ts';

const secret = 'a-secret-of-many-letters';
const message = { of: 'b1', text: secret, class: 'failure', id: 'deletion-denied', meaning: 'No.' };

test('a failure is reported with its step, its messages, the faults in force and the paths, redacted', () => {
  registerSecret(secret, 'a test');
  const steps = [
    { sentence: 'Given a thing', state: 'passed' },
    { sentence: 'Then it is so', state: 'failed' },
    { sentence: 'a remark', state: 'noted' },
  ];
  const fault = { title: 'the config is immutable', phase: 'proved', proof: 'lsattr i' };
  const failure = composeFailure(new Error(`not so: ${secret}`), {
    journal: { steps, faults: () => [fault] } as never,
    messages: () => [message],
    paths: ['out/evidence/x/'],
    pointsTo: { at: 'suite', place: 'the suite', because: [`${secret} was in force`] },
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

test('where there was no step, and nothing can be said of messages, the reason is reported all the same', () => {
  const messages = () => {
    throw new Error('no watch');
  };
  const failure = composeFailure('thrown', { journal: { steps: [], faults: () => [] }, messages, paths: [] });
  expect(failure).toEqual({ step: null, reason: 'thrown', messages: [], faults: [], evidence: [] });
});

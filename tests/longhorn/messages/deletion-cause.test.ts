import { expect, test } from 'vitest';
import { deletionCause, describeFailedDeletion } from '../../../e2e/longhorn/messages/deletion-cause.ts';

const once = (text: string) =>
  text.replace(/^(Failed to delete the backup \S+ in the backupstore, err )\1/, '$1');
const told = describeFailedDeletion('unlinkat /b.cfg: operation not permitted');

test.for<[string, string, string | undefined]>([
  ['what the command printed', told, 'unlinkat /b.cfg: operation not permitted'],
  ['the same where the text is not doubled', once(told), 'unlinkat /b.cfg: operation not permitted'],
  [
    'without the log',
    told.replace(', stderr ', ', stderr time="now" level=error msg="failed, stderr too"\n'),
    'unlinkat /b.cfg: operation not permitted',
  ],
  [
    'the log where nothing was printed',
    describeFailedDeletion('').replace(', stderr ', ', stderr stubbed\n'),
    'stubbed',
  ],
  ['a signal, whatever was logged', told.replace('exit status 1', 'signal: killed'), 'signal: killed'],
  [
    'all of it where no command was run',
    once(told).replace(/error deleting.*/s, 'Recovered from panic: oh'),
    'Recovered from panic: oh',
  ],
  ['nothing of another text', 'unlinkat /b.cfg: operation not permitted', undefined],
])('the cause is %s', ([, text, cause]) => {
  expect(deletionCause(text)).toBe(cause);
});

test('the test above does take one of the two away', () => {
  expect(once(told)).not.toBe(told);
});

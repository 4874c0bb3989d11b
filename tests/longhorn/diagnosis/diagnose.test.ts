import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { causes } from '../../../e2e/longhorn/diagnosis/causes.ts';
import { describeDiagnosis, diagnose, isExplained } from '../../../e2e/longhorn/diagnosis/diagnose.ts';
import { harmless } from '../../../e2e/longhorn/diagnosis/harmless.ts';
import { operations } from '../../../e2e/longhorn/diagnosis/operations.ts';
import { printedStates } from '../../../e2e/longhorn/diagnosis/states.ts';

const texts = readFileSync(new URL('texts.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split(' | '))
  .map(([who = '', cause = '', store = '', ...text]) => {
    const [operation, controller] = who.split(' by ');
    return { operation, controller, cause, store, text: text.join(' | ') };
  });

test.each(texts)('$operation, $cause: $text', ({ operation, controller, cause, store, text }) => {
  const found = diagnose(text, controller === undefined ? {} : { controller });
  expect([found?.operation.id, found?.cause?.id ?? '-', found?.store]).toEqual([operation, cause, store]);
});

test('there is a text of every cause and operation', () => {
  const missing = (rows: readonly { id: string }[], met: readonly (string | undefined)[]) =>
    rows.map(({ id }) => id).filter((id) => !met.includes(id));
  const done = texts.map(({ operation }) => operation);
  const why = texts.map(({ cause }) => cause);
  expect(missing([...printedStates, ...harmless, ...operations], done)).toEqual([]);
  expect(missing(causes, why)).toEqual([]);
});

test('a text without words of an operation is of the controller that logged it', () => {
  const toldOf = (controller: string, before = '') => {
    const found = diagnose(`${before}engine image ei-1 not deployed yet`, { controller });
    return [found?.operation.id, found?.byItsWords];
  };
  expect(toldOf('longhorn-system-rollout')).toEqual(['system-restore', false]);
  expect(toldOf('longhorn-system-rollout', 'failed to create backup: ')).toEqual(['create', true]);
  expect(toldOf('longhorn-x')).toEqual(['unknown', false]);
});

test('without an operation, words that are common tell of no cause', () => {
  expect(
    ['failed to sort snapshot s', 'failed to sort snapshot s: the key is required', 'it is required'].map(
      (text) => diagnose(text),
    ),
  ).toEqual([undefined, undefined, undefined]);
  expect(diagnose('it is full: disk quota exceeded')?.cause?.id).toBe('quota');
});

test('the last line of a program tells that it ended, whatever else it tells', () => {
  const of = (text: string) => diagnose(text, { field: 'log fatal' });
  expect(
    ['whatever', 'failed to sort snapshot s', 'failed to create backup'].map(
      (text) => of(text)?.operation.id,
    ),
  ).toEqual(['program-ended', 'program-ended', 'create']);
  expect(['failed to create backup', 'panic: oh'].map((text) => of(text)?.isFatal)).toEqual([true, false]);
  const ended = / ended with that/;
  expect(said('failed to create backup', { field: 'log fatal' })?.what).toMatch(ended);
  expect(said('failed to create backup', { field: 'log error' })?.what).not.toMatch(ended);
});

test('the reason of an event tells the operation where its text does not', () => {
  const operationOf = (text: string) => diagnose(text, { state: 'FailedRebuilding' })?.operation.id;
  expect(['it failed', 'failed to create backup'].map(operationOf)).toEqual(['rebuild', 'create']);
});

test('words that only name the operation, and who passes a call on, are told of no cause', () => {
  expect(diagnose('Error: ImagePullBackOff')?.words).toBeUndefined();
  expect(
    diagnose('failed to attach volume v: Body: [message=volume is odd, code=Server Error, detail=] from [x]')
      ?.words,
  ).toBe('volume is odd');
  expect(said('rpc error: code = Unknown desc = disk quota exceeded')?.what).toMatch(/^Something failed\. /);
});

test('of a cause that is known without an operation the words around it are told, and nothing of what single words tell', () => {
  const full = said('failed to sort snapshot s: no space left on device');
  expect(full).toMatchObject({
    what: 'Something failed ("failed to sort snapshot s"). The file system is full.',
    retry: undefined,
  });
  expect(said('cannot decompress: connection refused')?.proves).toEqual([]);
});

test('a fault that shows in the text is reported beside its cause', () => {
  const text = 'failed to create backup s3:/b@r/: fork/exec /x/longhorn: invalid argument';
  const found = diagnose(text);
  expect(found?.besides.map(({ id }) => id)).toEqual(['s3-one-slash']);
  expect(said(text)?.advice).toMatch(/ Besides: /);
  expect(said(text.replace('s3:/', 's3://'))?.advice).not.toMatch(/ Besides: /);
});

test('what is harmless is explained, and a failure without its cause is not', () => {
  const explained = (text: string) => {
    const found = diagnose(text);
    return found && isExplained(found);
  };
  expect(
    [
      'snapshot becomes not ready to use',
      'failed to create backup: disk quota exceeded',
      'failed to create backup: of a reason of its own',
    ].map(explained),
  ).toEqual([true, true, false]);
});

test('words that are long are cut between words, and it shows', () => {
  const words = diagnose(`failed to create backup: ${'word '.repeat(60)}not found`)?.words;
  expect(words).toMatch(/^(?:word )+\.\.\.$/);
});

test('what tells only the kind of a fault does not count as explained', () => {
  const found = diagnose('failed to create backup: the thing was not found');
  expect([found?.cause?.id, found && isExplained(found)]).toEqual(['not-found', false]);
});

test('the field of a row tells of an operation, a word that looks like one does not', () => {
  expect(diagnose('it failed', { field: 'condition Scheduled' })?.operation.id).toBe('schedule');
  expect(diagnose('UPGRADE of v FAILED')).toBeUndefined();
});

test('of a panic the first function of Longhorn in the stack counts', () => {
  const stack =
    'panic: runtime error: oh\ngoroutine 1 [running]:\npanic({0x1})\n\t/usr/p.go:1\ngithub.com/longhorn/longhorn-manager/controller.(*BackupTargetController).sync(0x1)\n\t/app/x.go:1\ngithub.com/longhorn/longhorn-manager/controller.(*SnapshotController).y(0x1)';
  expect([diagnose(stack)?.operation.id, diagnose(stack)?.cause?.id]).toEqual(['sync', 'panic-in-manager']);
  expect(said(stack)?.what).toContain('controller.(*BackupTargetController).sync');
  expect(said(stack)?.retry).toContain('starts the container anew');
});

test('of a panic in a library the program that called it counts, and not who handled the panic', () => {
  const stack = (...frames: string[]) =>
    `Observed a panic: oh\ngoroutine 1 [running]:\ngithub.com/longhorn/longhorn-manager/vendor.handle(0x1)\npanic({0x1})\n${frames.map((each) => `\tgithub.com/longhorn/${each}(0x1)`).join('\n')}`;
  const backup = 'backupstore.CreateDeltaBlockBackup';
  const causeOf = (...frames: string[]) => diagnose(stack(...frames))?.cause?.id;
  expect([
    causeOf(backup, 'types.x', 'longhorn-spdk-engine/pkg/spdk.(*Replica).BackupCreate.func1'),
    causeOf(backup, 'longhorn-engine/pkg/replica.y'),
    causeOf(backup),
    causeOf(),
  ]).toEqual(['panic-in-v2-engine', 'panic-in-engine', 'panic-at-place', 'panic']);
  expect(said(stack(backup))?.what).toContain('oh in backupstore/CreateDeltaBlockBackup"');
});

test('words are quoted to the end where the reason stands behind them', () => {
  const wordsOf = (text: string) => diagnose(text)?.words;
  expect(wordsOf('failed to create backup: missing required parameter b: too: late, stderr x')).toBe(
    'missing required parameter b: too: late',
  );
  expect(wordsOf('failed to create backup: could not find snapshot s to backup: too: late')).toBe(
    'could not find snapshot s to backup',
  );
});

test('a text that was folded anywhere reads as one line', () => {
  expect(diagnose('failed to\n      backup snapshot s: missing\n  input parameter')).toEqual(
    diagnose('failed to backup snapshot s: missing input parameter'),
  );
});

test('words that are common count in the text of a failure alone', () => {
  expect(diagnose('snapshot purge: volume v is restoring data')?.cause).toBeUndefined();
  expect(diagnose('snapshot purge failed: volume v is restoring data')?.cause?.id).toBe('under-way');
});

test('what goes well, and what is of nobody, is no failure', () => {
  for (const text of [
    'Creating backup b, current progress 0',
    'Complete deleting backup volume v',
    'the dog ate it',
  ])
    expect(diagnose(text)).toBeUndefined();
});

test('that a store was not reached, and that a backup is not damaged, is said where the text proves it', () => {
  const provesOf = (text: string) => {
    const found = diagnose(text);
    return found && describeDiagnosis(found).proves.length;
  };
  const restore = 'replica r failed the restore: failed to read block b.blk: ';
  expect(
    [
      `${restore}dial tcp 192.0.2.5:443: connect: connection refused`,
      `${restore}AWS Error: AccessDenied Access Denied`,
      `${restore}AWS Error: NoSuchKey The specified key does not exist.`,
      'replica r failed the restore: checksum verification failed for block b.blk',
      'replica r failed the restore: for a reason of its own',
      'reflector: failed to watch: dial tcp 10.43.0.1:443: connect: connection refused',
    ].map(provesOf),
  ).toEqual([2, 1, 0, 0, 0, 0]);
});

const said = (text: string, beside = {}) => {
  const found = diagnose(text, beside);
  return found === undefined ? undefined : describeDiagnosis(found);
};

test('a status that was not read is no failed backup, and none that the text or its object calls Completed', () => {
  const unread = 'failed to get b backup status: dial tcp 10.42.3.11:10697: connect: connection refused';
  for (const completed of [
    said(`{'error': '${unread}', 'state': 'Completed'}`),
    said(unread, { state: 'Completed' }),
  ])
    expect(completed).toMatchObject({
      what: expect.stringMatching(/^The status of a backup could not be read\./),
      retry: expect.stringContaining('is not to be deleted'),
    });
  expect(said('failed to backup snapshot s to b: denied', { state: 'Completed' })?.what).toMatch(
    /^The status/,
  );
  expect(said(unread, { state: 'Error' })?.retry).toMatch(/^That does not say that the backup failed\./);
});

test('a cause that is not known is quoted, as the innermost, with what a number is of', () => {
  const whatOf = (text: string) => said(text)?.what.split('. ')[1];
  expect(
    [
      'failed to backup snapshot s to b: rpc error: code = Internal desc = of a reason of its own, error exit status 1',
      'error listing backups: failed to execute: /x/longhorn [backup ls --volume v nfs://nas',
      'error listing backups',
      'failed to create backup: its number of things is: 251',
    ].map(whatOf),
  ).toEqual([
    'The cause that it names is not known here: "of a reason of its own".',
    'Why, is not in this text, which ends before that, behind "error listing backups": it was cut off there, or left empty.',
    'Why, is not known here.',
    'The cause that it names is not known here: "its number of things is: 251".',
  ]);
});

test('the object that a text names is in the answer', () => {
  const webhook =
    'admission webhook "validator.longhorn.io" denied the request: backingimage.longhorn.io "bi" not found';
  expect(said(webhook, { controller: 'longhorn-system-rollout' })?.what).toMatch(
    /^Longhorn refused a request .*\. A system restore, or a step of it, failed\. .* Its words: "backingimage\.longhorn\.io "bi" not found"\.$/,
  );
  expect(said('Worker error: engine image ei-1 not deployed yet')?.what).toContain(
    '"engine image ei-1 not deployed yet"',
  );
});

test('a controller that dropped an object has stopped trying', () => {
  const dropped = 'Dropping Longhorn volume out of the queue: failed to sync backup: denied';
  expect(said(dropped)?.retry).toMatch(/^It gave this attempt up/);
});

test('what to do is reported for the operation, where it differs there', () => {
  const without = 'mount failed: exit status 1 Output: username specified with no parameter';
  expect(said(`Error running restore to file command: ${without}`)?.advice).toMatch(
    /^This tool reads no Secret/,
  );
  expect(said(`error listing backups: ${without}`)?.advice).toMatch(/^Make the Secret/);
});

test('a checksum that differs does not prove that the store is damaged', () => {
  const restore = said('replica r failed the restore: checksum verification failed for block b.blk');
  expect([restore?.what, restore?.advice]).toEqual([
    expect.stringContaining('or was damaged on the way'),
    expect.stringMatching(/another node\. Only if both fail restore from another backup\.$/),
  ]);
});

test('a restore that meets a lock is not tried again, a deletion is', () => {
  const retryOf = (text: string) => {
    const found = diagnose(text);
    return found && describeDiagnosis(found).retry;
  };
  const lock = 'failed to acquire lock l.lck when performing backup create/restore, please try again later';
  expect(retryOf(`replica r failed the restore: ${lock}`)).toContain('does not try again');
  expect(retryOf(`Failed to delete the backup u in the backupstore, err ${lock}`)).toContain('tries again');
});

test('no pattern looks twice at the same part of a text, so that the time grows with the text', () => {
  const patterns = [
    ...causes.map(({ pattern }) => pattern),
    ...[...printedStates, ...harmless, ...operations].flatMap(({ pattern }) => pattern ?? []),
  ];
  expect(patterns.length).toBeGreaterThan(causes.length + operations.length);
  expect(patterns).toContain(harmless[0]?.pattern);
  expect(patterns.filter(({ source }) => /\[\\s\\S\]|\.[*+]/.test(source))).toEqual([]);
});

test('that something failed is no cause of it', () => {
  expect(said('failed to initiate backup restore: failed')?.what).toMatch(/Why, is not known here\.$/);
});

test('of a text that ends before it says why, that is told, and no stump as its cause', () => {
  const start = 'failed to create backup: the reason of it';
  const isCutOff = (end: string) => diagnose(`${start}${end}`)?.isCutOff;
  for (const end of [
    ...[
      ': "of',
      ' err="of',
      ': a [b',
      ': a {b',
      ':',
      ': "',
      ' err=',
      ': \\"',
      ': rpc error',
      ': code = Unknown',
    ],
    ...[': "rpc error', ': AWS Error', ': failed to execute', ': failed to d', ': level=error msg=\\"a b'],
  ])
    expect([end, isCutOff(end)]).toEqual([end, true]);
  for (const end of [
    ': of its own',
    ': of "it"',
    ': of it", x',
    ': [a] b',
    ': of a=',
    ': disk quota exceeded "x',
  ])
    expect([end, isCutOff(end)]).toEqual([end, false]);
  expect(said(`${start}: "rpc error`)).toMatchObject({
    what: 'A backup could not be made. Why, is not in this text, which ends before that, behind "the reason of it": it was cut off there, or left empty.',
    advice: expect.stringMatching(/^Look at the whole text/),
  });
  expect(said('FailedRestore')?.what).toContain('which ends before that: it was');
  expect(said('failed to get object: "x')?.advice).toMatch(/status\.$/);
  expect(said('VolumeSnapshot v in error state: "x')?.advice).toMatch(/status\. Look at the VolumeSnapshot/);
});

test("what another program met is not mended in Longhorn's backup target", () => {
  const location = 'Backup storage location "default" is unavailable: ';
  for (const why of ['InvalidAccessKeyId', 'failed: oh'])
    expect(said(`${location}${why}`)?.advice).toMatch(/^Look at the BackupStorageLocation/);
});

test('advice about a store is only of a text of one', () => {
  const adviceOf = (text: string) => said(text)?.advice;
  expect(adviceOf('lookup x on 10.0.0.1:53: no such host')).not.toContain('AWS_ENDPOINTS');
  expect(adviceOf('Fail to list s3: lookup x on 10.0.0.1:53: no such host')).toContain('AWS_ENDPOINTS');
});

test('a warning of no known operation is told as no failure', () => {
  const warned = diagnose('Failed to read x: open /x: no such file or directory', { field: 'log warning' });
  expect(warned && describeDiagnosis(warned).what).toMatch(/^A warning, which alone proves no failure/);
  expect(warned && isExplained(warned)).toBe(false);
});

import semver from 'semver';
import { describe, expect, test } from 'vitest';
import { describeShown, isShown, type Seen, type Symptom } from '../../../e2e/longhorn/bugs/bug.ts';
import { bugIds, bugs, hasBug } from '../../../e2e/longhorn/bugs/bugs.ts';
import { findingCodes } from '../../../e2e/store/fsck/findings.ts';

test.for(bugIds)('%s says what is promised, what happens, since when, where, and how to see it', (id) => {
  const { title, versions, promise, happens, steps, upstream, source, seen } = bugs[id];
  expect(semver.validRange(versions)).not.toBe(null);
  expect(title).toMatch(/^[A-Z].*[^.]$|^longhorn-manager .*[^.]$/);
  for (const clause of [promise, happens, source, seen]) expect(clause).toMatch(/^[^A-Z\s].*[^.]$/);
  const lines = 'commands' in steps ? steps.commands : steps.inWords;
  expect(lines.length).toBeGreaterThan(1);
  expect(upstream).toMatch(/^not reported yet$|^https:\/\/github\.com\/longhorn\/longhorn\/issues\/\d+$/);
});

test('the codes of its symptoms are those of fsck', () => {
  const codes = bugIds.flatMap((id) =>
    bugs[id].symptoms.flatMap((symptom) =>
      symptom.of === 'store' ? [...symptom.findings, ...(symptom.also ?? [])] : [],
    ),
  );
  expect(codes.filter((code) => !(code in findingCodes))).toEqual([]);
});

test('which versions have a bug', () => {
  const id = 'manager-panics-on-late-failure';
  const having = ['v1.8.2', 'v1.10.4', 'v1.11.2', 'v1.11.3', 'v1.12.1'].filter((version) =>
    hasBug(id, version),
  );
  expect(having).toEqual(['v1.8.2', 'v1.11.2']);
});

const sound: Seen = { of: 'store', findings: [], gone: [], left: [] };
const missing: Symptom = { of: 'store', findings: ['block-missing'], also: ['block-count-wrong'] };
const gone: Symptom = { of: 'history', kind: 'Backup', state: 'Completed', gone: true };
const asSeen: Seen = { of: 'history', kind: 'Backup', name: 'b1', state: 'Completed', gone: true, says: [] };
const printed: Symptom = { of: 'command', exitCode: 0, prints: /^\{\}\s*$/ };
const warned: Symptom = { of: 'log', says: ['job-stopped', 'job-fails'] };

describe('what was seen is a symptom', () => {
  test.each<[string, Symptom, Seen]>([
    ['all of its findings', missing, { ...sound, findings: ['block-missing'] }],
    [
      'and those that may go with them',
      missing,
      { ...sound, findings: ['block-count-wrong', 'block-missing'] },
    ],
    ['files that stay', { of: 'store', findings: [], left: true }, { ...sound, left: ['b1'] }],
    ['an object that went', gone, asSeen],
    ['what a command printed', printed, { of: 'command', exitCode: 0, printed: '{}\n' }],
    ['one of what a log may say', warned, { of: 'log', says: ['job-fails'] }],
  ])('%s', (_, symptom, seen) => {
    expect(isShown({ symptoms: [gone, symptom] }, seen)).toBe(true);
  });
});

describe('what was seen is another one', () => {
  test.each<[string, Symptom, Seen]>([
    ['a sound store', missing, sound],
    ['a finding besides', missing, { ...sound, findings: ['block-missing', 'block-corrupt'] }],
    ['a finding alone that may go with it', missing, { ...sound, findings: ['block-count-wrong'] }],
    ['a config that is gone', missing, { ...sound, findings: ['block-missing'], gone: ['b1'] }],
    ['a config that stayed', missing, { ...sound, findings: ['block-missing'], left: ['b1'] }],
    ['no file that stays', { of: 'store', findings: [], left: true }, sound],
    ['an object that is there', gone, { ...asSeen, gone: false }],
    ['one that was in another state', gone, { ...asSeen, state: 'Deleting' }],
    ['one of another kind', gone, { ...asSeen, kind: 'Volume' }],
    ['without the text', { ...gone, says: 'creation-lost-lock' }, asSeen],
    ['another exit code', printed, { of: 'command', exitCode: 1, printed: '{}' }],
    ['another answer', printed, { of: 'command', exitCode: 0, printed: '{"v":{}}' }],
    ['a line of a log besides', warned, { of: 'log', says: ['job-fails', 'job-cleanup-before-known'] }],
    ['a log that says nothing', warned, { of: 'log', says: [] }],
    [
      'another end of a manager',
      { of: 'panic', says: 'manager-panics-in-deletion' },
      { of: 'panic', says: [undefined] },
    ],
    ['something of another sort', missing, asSeen],
  ])('%s', (_, symptom, seen) => {
    expect(isShown({ symptoms: [symptom] }, seen)).toBe(false);
  });
});

test.each<[Symptom | Seen, string]>([
  [missing, 'fsck finds block-missing'],
  [sound, 'the store is as it should be'],
  [
    { ...sound, gone: ['b1'], left: ['b2', 'b3'] },
    'configs that were to stay are missing (b1), configs that were to go are there (b2, b3)',
  ],
  [gone, 'a Backup goes while it is Completed'],
  [
    { ...asSeen, gone: false, says: ['creation-lost-lock'] },
    'a Backup is Completed, saying creation-lost-lock',
  ],
  [printed, 'the command ends with exit code 0, and prints ^\\{\\}\\s*$'],
  [{ of: 'command', exitCode: 1, printed: 'no' }, 'the command ends with exit code 1, and prints "no"'],
  [warned, 'the log of a run says job-stopped, job-fails'],
  [{ of: 'panic', says: [undefined] }, 'longhorn-manager ends by a panic that nobody knows'],
])('in words: %o', (shown, words) => {
  expect(describeShown(shown)).toBe(words);
});

import semver from 'semver';
import { expect, test } from 'vitest';
import { matchesSymptom, type ObservedSymptom, type Symptom } from '../../../e2e/longhorn/bugs/bug.ts';
import { bugIds, bugs, hasBug } from '../../../e2e/longhorn/bugs/bugs.ts';
import { findingCodes } from '../../../e2e/store/fsck/findings.ts';

test('every bug has a range of versions, and symptoms whose codes are those of fsck', () => {
  expect(bugIds.filter((id) => semver.validRange(bugs[id].versions) === null)).toEqual([]);
  const codes = bugIds.flatMap((id) =>
    bugs[id].symptoms.flatMap((symptom) =>
      symptom.of === 'store' ? [...symptom.findings, ...(symptom.also ?? [])] : [],
    ),
  );
  expect(codes.filter((code) => !(code in findingCodes))).toEqual([]);
});

test('which versions have a bug', () => {
  const versions = ['v1.8.2', 'v1.10.4', 'v1.11.2', 'v1.11.3', 'v1.12.1'];
  const having = versions.filter((version) => hasBug('manager-panics-on-late-failure', version));
  expect(having).toEqual(['v1.8.2', 'v1.11.2']);
});

const sound: ObservedSymptom = { of: 'store', findings: [], gone: [], left: [] };
const lacking: ObservedSymptom = { ...sound, findings: ['block-missing'] };
const both: ['block-count-wrong', 'block-missing'] = ['block-count-wrong', 'block-missing'];
const missing: Symptom = { of: 'store', findings: ['block-missing'], also: ['block-count-wrong'] };
const stays: Symptom = { of: 'store', findings: [], left: true };
const gone: Symptom = { of: 'history', kind: 'Backup', state: 'Completed', gone: true };
const asSeen: ObservedSymptom = {
  of: 'history',
  kind: 'Backup',
  name: 'b1',
  state: 'Completed',
  gone: true,
  says: [],
};
const printed: Symptom = { of: 'command', exitCode: 0, prints: /^\{\}\s*$/ };
const answered: ObservedSymptom = { of: 'command', exitCode: 0, printed: '{}\n' };
const warned: Symptom = { of: 'log', says: ['job-stopped', 'job-fails'] };
const panics: Symptom = { of: 'panic', says: 'manager-panics-in-deletion' };

test.each<[boolean, string, Symptom, ObservedSymptom]>([
  [true, 'all of its findings', missing, lacking],
  [true, 'and those that may go with them', missing, { ...lacking, findings: both }],
  [true, 'files that stay', stays, { ...sound, left: ['b1'] }],
  [true, 'an object that went', gone, asSeen],
  [true, 'what a command printed', printed, answered],
  [true, 'one of what a log may say', warned, { of: 'log', says: ['job-fails'] }],
  [false, 'a sound store', missing, sound],
  [false, 'a finding besides', missing, { ...sound, findings: ['block-missing', 'block-corrupt'] }],
  [false, 'one alone that may go with it', missing, { ...sound, findings: ['block-count-wrong'] }],
  [false, 'a config that is gone', missing, { ...lacking, gone: ['b1'] }],
  [false, 'a config that stayed', missing, { ...lacking, left: ['b1'] }],
  [false, 'no file that stays', stays, sound],
  [false, 'an object that is there', gone, { ...asSeen, gone: false }],
  [false, 'one that was in another state', gone, { ...asSeen, state: 'Deleting' }],
  [false, 'one of another kind', gone, { ...asSeen, kind: 'Volume' }],
  [false, 'without the text', { ...gone, says: 'creation-lost-lock' }, asSeen],
  [false, 'another exit code', printed, { ...answered, exitCode: 1 }],
  [false, 'another answer', printed, { ...answered, printed: '{"v":{}}' }],
  [false, 'a line besides', warned, { of: 'log', says: ['job-fails', 'job-cleanup-before-known'] }],
  [false, 'a log that says nothing', warned, { of: 'log', says: [] }],
  [false, 'another end of a manager', panics, { of: 'panic', says: [undefined] }],
  [false, 'something of another sort', missing, asSeen],
])('it is the symptom: %s, by %s', (shown, _, symptom, seen) => {
  expect(matchesSymptom({ symptoms: [{ of: 'log', says: [] }, symptom] }, seen)).toBe(shown);
});

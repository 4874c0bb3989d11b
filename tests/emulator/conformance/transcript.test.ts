import { describe, expect, test } from 'vitest';
import { optional } from './compare.ts';
import { recordedTranscript } from './conform.ts';
import { normaliseText } from './normalise-text.ts';
import { disorders } from './order.ts';
import { scripts } from './scripts.ts';
import type { ObjectState, Transcript } from './transcript.ts';

test.each(optional.map((rule) => [rule.why, rule] as const))(
  'some recordings have it and some have not: %s',
  async (_, { resource, matches }) => {
    const all = await Promise.all(Object.keys(scripts).map((name) => recordedTranscript(name)));
    const withIt = all.filter((transcript) => {
      const states = transcript.flatMap((line) => ('is' in line && line.resource === resource ? [line] : []));
      return [...new Set(states.map(({ name }) => name))].some((name) => {
        const history = states.filter((line) => line.name === name);
        return history.some(({ is }, index) =>
          matches(is, { before: history[index - 1]?.is, after: history[index + 1]?.is }),
        );
      });
    });
    expect(withIt.length).toBeGreaterThan(0);
    expect(withIt.length).toBeLessThan(all.length);
  },
);

// What one run shows as another does is compared of whole recordings; here is what these do not have.
describe('a text', () => {
  test.each([
    ['at 2026-11-20T08:14:48Z it was', 'at TIME it was'],
    ['backupstore/volumes/0c/d3/v/locks/lock-e6f1deeb42c94eda.lck', 'STORE/v/locks/lock-ID.lck'],
    ['no /mnt/backupstore/backupstore/volumes/83/81/v/backup_b1.cfg', 'no STORE/v/backup_b1.cfg'],
  ])('%s becomes %s', (text, expected) => {
    expect(normaliseText(text)).toBe(expected);
  });

  test('has the log in an error by levels and messages, without what only one side has, its locks in one order', () => {
    const error = (...lines: string[]) => `output no, stderr ${lines.join('\n')}: exit status 1`;
    const line = (level: string, message: string) =>
      `time="2026-11-20T08:14:48.09Z" level=${level} msg="${message}" func=a.B file="b.go:1" pkg=nfs`;
    const of = (...lines: string[]) => normaliseText(error(...lines));
    const both = [line('info', 'Loaded'), line('error', 'Failed \\"so\\"')];
    expect(of(...both)).toBe(error('info "Loaded"', 'error "Failed \\"so\\""'));
    const only = [line('warning', 'Trying reading mount point /mnt to make sure'), ...both];
    expect(of(...only, line('error', 'Failed to delete delta block backup'))).toBe(of(...both));
    expect(of('stubbed for testing')).toBe(error('stubbed for testing'));

    const locks = (...types: number[]) =>
      line('info', `volume v contains locks [${types.map((type) => `{ type: ${type} }`).join(' ')}]`);
    const loaded = (...types: number[]) =>
      types.map((type) => line('info', `Loaded lock x type ${type} on backupstore`));
    expect(of(locks(2, 1))).toBe(of(locks(1, 2)));
    expect(of(...loaded(2, 1), locks(1))).toBe(of(...loaded(1, 2), locks(1)));
    expect(of(...loaded(2, 2), locks(1))).not.toBe(of(...loaded(1, 2), locks(1)));
    expect(of(locks(2, 1))).not.toBe(of(locks(1)));
  });
});

describe('the order of states', () => {
  const lines: Record<string, [resource: string, name: string, is: ObjectState['is']]> = {
    waiting: ['backups', 'b2', { state: 'Pending', 'messages.info': 'Wait for backup b1 to be deleted' }],
    completed: ['backups', 'b2', { state: 'Completed' }],
    deleting: ['backups', 'b1', { state: 'Deleting' }],
    failed: ['backups', 'b1', { state: 'Error' }],
    gone: ['backups', 'b1', 'gone'],
    known: ['backupvolumes', 'of v', { lastBackup: 'b2' }],
    none: ['backupvolumes', 'of v', { lastBackup: 'none' }],
    volume: ['volumes', 'v', { lastBackup: 'b2' }],
    attached: ['volumes', 'v', { state: 'attached' }],
  };
  /** A transcript in this order of writes, which arrives in the opposite one. */
  const written = (names: string): Transcript =>
    names
      .split(' ')
      .map((key, version): ObjectState => {
        const [resource, name, is] = lines[key] ?? ['', '', 'gone'];
        return { at: 0, version, resource, name, is };
      })
      .reverse();

  test.each<[string, string | undefined]>([
    ['deleting waiting gone completed', undefined],
    ['deleting waiting failed completed deleting', undefined],
    ['completed known volume', undefined],
    ['waiting deleting', 'b2 waits for b1, which is not Deleting'],
    ['deleting failed waiting', 'b2 waits for b1, which is not Deleting'],
    ['deleting waiting completed gone', 'b2 waits no more for b1, which is still Deleting'],
    ['known completed', 'backupvolume of v knows b2, which was never Completed'],
    ['completed volume known', 'volume v knows b2 before its backupvolume does'],
  ])('%s: %s', (names, wrong) => {
    expect(disorders(written(names))).toEqual(wrong === undefined ? [] : expect.arrayContaining([wrong]));
  });

  test('says nothing of what was so before the first action', () => {
    expect(disorders(written('known').map((line) => ({ ...line, inherited: true as const })))).toEqual([]);
  });
});

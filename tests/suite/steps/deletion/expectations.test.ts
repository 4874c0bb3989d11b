import { describe, expect, test } from 'vitest';
import { evaluate } from '../../../../e2e/history/expectation.ts';
import { longhornClocks } from '../../../../e2e/longhorn/clocks.ts';
import type { Backup } from '../../../../e2e/longhorn/types.ts';
import {
  goesOn,
  is,
  isNeverHeldBack,
  stateWhen,
  waitsFor,
} from '../../../../e2e/suite/steps/backup/expectations.ts';
import {
  deletionFails,
  deletionFailsAgain,
  isDeletedInTheEnd,
  isDeletedThroughKill,
  isForgottenAndRetried,
  retryWindow,
} from '../../../../e2e/suite/steps/deletion/expectations.ts';
import { type Mutation, ofBackup, replay, withStatus } from '../recordings.ts';

const recorded = {
  'in error, v1.12.1': {
    file: 'longhorn-v1.12.1/delete-error',
    version: 'v1.12.1',
    names: ['ze-b1', 'ze-b2'],
    deleted: 'when b1 deleted',
  },
  'in error, v1.8.2': {
    file: 'longhorn-v1.8.2/delete-error',
    version: 'v1.8.2',
    names: ['ze-b1', 'ze-b2'],
    deleted: 'when b1 deleted',
  },
  'at once, v1.8.2': {
    file: 'longhorn-v1.8.2/delete-error-same-time',
    version: 'v1.8.2',
    names: ['sa-b1', 'sa-b2'],
    deleted: 'delete b1, create b2',
  },
} as const;
type Name = keyof typeof recorded;
const names = Object.keys(recorded) as Name[];

const judge = async (name: Name, mutate?: Mutation) => {
  const { file, version, names, deleted } = recorded[name];
  const replayed = await replay(file, mutate);
  const backups = replayed.timeline<Backup>('backups');
  const subject = (name: string, label: string, marker: string) => ({
    backup: { name, label, from: replayed.markOf(marker) },
    version,
  });
  const first = subject(names[0], 'the first backup', deleted);
  const second = subject(names[1], 'the second backup', deleted);
  const startedWhen = ({ steps }: ReturnType<typeof evaluate>): string | undefined =>
    stateWhen(backups, { of: names[0], resourceVersion: steps[0]?.reached?.resourceVersion ?? '' });
  const again = evaluate(deletionFailsAgain(backups, first));
  const wentOn = evaluate(
    goesOn(backups, {
      ...second,
      held: { ...waitsFor(first.backup, version), matches: (each) => each.status?.state !== 'InProgress' },
    }),
  );
  const notHeld = evaluate(isNeverHeldBack(backups, second));
  return {
    fails: evaluate(deletionFails(backups, first)),
    again,
    gap: (again.steps[2]?.reached?.at ?? 0) - (again.steps[0]?.reached?.at ?? 0),
    inTheEnd: evaluate(isDeletedInTheEnd(backups, subject(names[0], 'the first backup', 'chattr -i'))),
    wentOn: { ...wentOn, during: startedWhen(wentOn) },
    notHeld: { ...notHeld, during: startedWhen(notHeld) },
  };
};

describe('what a real Longhorn did', () => {
  test.each(names)(
    '%s: the deletion failed, was tried again in time, failed again, and was done after the heal',
    async (name) => {
      const { fails, again, gap, inTheEnd } = await judge(name);
      expect([fails.state, again.state, inTheEnd.state]).toEqual(['met', 'met', 'met']);
      const { least, most } = retryWindow(longhornClocks);
      expect([least, most]).toEqual([55_000, 100_000]);
      expect(gap).toBeGreaterThan(least);
      expect(gap).toBeLessThan(most);
    },
  );

  test('made at once, the second backup was held back, and went on while the first was in Error', async () => {
    const { wentOn, notHeld } = await judge('at once, v1.8.2');
    expect([wentOn.state, wentOn.during]).toEqual(['met', 'Error']);
    expect([notHeld.state, notHeld.reason]).toEqual(['broken', expect.stringMatching(/\nGot: +Pending /)]);
  });

  test.each(['in error, v1.12.1', 'in error, v1.8.2'] as const)(
    '%s: the second backup was never held back',
    async (name) => {
      const { notHeld } = await judge(name);
      expect([notHeld.state, notHeld.during]).toEqual(['met', 'Error']);
    },
  );
});

const inError = (change: (backup: Backup) => Backup | undefined): Mutation =>
  ofBackup('ze-b1', (backup) => (backup.status?.state === 'Error' ? change(backup) : backup));

describe('what a broken Longhorn would have done', () => {
  test('it says nothing of permissions, or says it in status.error', async () => {
    const silent = await judge(
      'in error, v1.12.1',
      inError((backup) => withStatus(backup, { messages: null })),
    );
    const elsewhere = await judge(
      'in error, v1.12.1',
      inError((backup) => withStatus(backup, { error: 'operation not permitted' })),
    );
    for (const { fails, again } of [silent, elsewhere])
      expect([fails.state, again.state]).toEqual(['broken', 'broken']);
  });

  test('it never shows the failure, or never tries again', async () => {
    const hidden = await judge(
      'in error, v1.12.1',
      inError(() => undefined),
    );
    expect(hidden.fails.state).not.toBe('met');
    let seen = 0;
    const once = await judge(
      'in error, v1.12.1',
      ofBackup('ze-b1', (backup) => {
        if (is('Error').matches(backup)) seen += 1;
        return seen > 0 && backup.status?.state === 'Deleting' ? undefined : backup;
      }),
    );
    expect([once.fails.state, once.again.state]).toEqual(['met', 'timed-out']);
  });

  test('a backup made in the Error is held back', async () => {
    const held = await judge(
      'in error, v1.12.1',
      ofBackup('ze-b2', (backup) =>
        backup.status?.state === ''
          ? withStatus(backup, {
              state: 'Pending',
              messages: { info: 'Wait for backup ze-b1 to be deleted' },
            })
          : backup,
      ),
    );
    expect(held.notHeld.state).toBe('broken');
  });

  test('it lets the backup go without another attempt', async () => {
    let healed = false;
    const { inTheEnd } = await judge('in error, v1.12.1', (line) => {
      healed ||= 'marker' in line && line.marker === 'chattr -i';
      return ofBackup('ze-b1', (backup) =>
        healed && backup.status?.state === 'Deleting' ? withStatus(backup, { state: 'Error' }) : backup,
      )(line);
    });
    expect(inTheEnd.state).toBe('broken');
  });
});

describe('a manager that is killed', () => {
  const crashed = async (
    file: string,
    { name, killed }: { name: string; killed: string },
    mutate?: Mutation,
  ) => {
    const replayed = await replay(`longhorn-v1.12.1/${file}`, mutate);
    const backups = replayed.timeline<Backup>('backups');
    const of = {
      backup: { name, label: 'the first backup', from: replayed.markOf(killed) },
      version: 'v1.12.1',
    };
    return [evaluate(isForgottenAndRetried(backups, of)), evaluate(isDeletedInTheEnd(backups, of))] as const;
  };
  const free = [
    'controller-crash',
    { name: 'zc-b1', killed: 'kill owner node2 longhorn-manager-zbswx' },
  ] as const;
  const held = ['held-crash', { name: 'ho-b3', killed: 'manager killed' }] as const;

  test.each([[...free], [...held]])(
    '%s: the deletion was forgotten for milliseconds, begun again, and done',
    async (file, of) => {
      const [forgotten, inTheEnd] = await crashed(file, of);
      expect([forgotten.state, inTheEnd.state]).toEqual(['met', 'met']);
      const [error, again] = forgotten.steps.map(({ reached }) => reached?.at ?? 0);
      expect((again ?? 0) - (error ?? 0)).toBeLessThan(121);
    },
  );

  test.each([[...free], [...held]])(
    '%s: who says nothing, or something else, has not forgotten',
    async (file, of) => {
      const errors = (change: (backup: Backup) => Backup | undefined) =>
        ofBackup(of.name, (backup) => (backup.status?.state === 'Error' ? change(backup) : backup));
      const hidden = await crashed(
        file,
        of,
        errors(() => undefined),
      );
      expect(hidden[0].state).not.toBe('met');
      const other = await crashed(
        file,
        of,
        errors((backup) => withStatus(backup, { messages: { error: 'what nobody knows' } })),
      );
      expect(other.map(({ state }) => state)).toEqual(['broken', 'broken']);
    },
  );

  describe('at any point', () => {
    const through = async (mutate?: Mutation) => {
      const replayed = await replay('longhorn-v1.12.1/held-crash', mutate);
      const backup = { name: 'ho-b3', label: 'the first backup', from: replayed.markOf('when b3 deleted') };
      return evaluate(
        isDeletedThroughKill(replayed.timeline<Backup>('backups'), { backup, version: 'v1.12.1' }),
      );
    };
    const errors = (change: (backup: Backup) => Backup | undefined) =>
      ofBackup('ho-b3', (backup) => (backup.status?.state === 'Error' ? change(backup) : backup));

    test('the backup is gone in the end, whether or not it was forgotten meanwhile', async () => {
      expect([(await through()).state, (await through(errors(() => undefined))).state]).toEqual([
        'met',
        'met',
      ]);
    });

    test('any other failure is none that the kill explains', async () => {
      const other = await through(
        errors((backup) => withStatus(backup, { messages: { error: 'what nobody knows' } })),
      );
      expect([other.state, other.reason]).toEqual(['broken', expect.stringMatching(/\nGot: +Error /)]);
    });

    test('a backup that stays is not', async () => {
      const stays = await through((line) => ('type' in line && line.type === 'DELETED' ? undefined : line));
      expect(stays.state).not.toBe('met');
    });
  });
});

import { expect, test } from 'vitest';
import { describePanic, readPanic } from '../../e2e/longhorn/panic.ts';

const url = (backup: string): string =>
  `nfs://backupstore.corral-abc123-store-01234567:/opt/backupstore?backup=${backup}&volume=v`;
const of = (backup: string) => ({ volume: 'v', backup });
const line = (message: string): string =>
  `time="2026-11-22T08:36:13Z" level=info msg=${JSON.stringify(message)} func="engineapi.(*BackupTargetClient).BackupDelete" file="backups.go:302"`;
const begins = (backup: string): string => line(`Start deleting backup ${url(backup)}`);
const ends = (backup: string): string => line(`Complete deleting backup ${url(backup)}`);

// As longhorn/longhorn#13245 has it, with the length of a URL of ours.
const trace = (of: string, length = Buffer.byteLength(url(of)).toString(16)): string[] => [
  'panic: runtime error: invalid memory address or nil pointer dereference [recovered, repanicked]',
  '[signal SIGSEGV: segmentation violation code=0x1 addr=0x8 pc=0x22a908d]',
  '',
  'goroutine 972544 [running]:',
  `github.com/longhorn/longhorn-manager/controller.(*BackupController).setInprogressDeletionMap(0xc0007af200, {0xc00fc67f00, 0x${length}}, {0x2dfe789, 0x5}, {0xc00dc0a900, 0x56})`,
  '\t/app/controller/backup_controller.go:1164 +0xcd',
  'github.com/longhorn/longhorn-manager/controller.(*BackupController).startDeletingBackupInBackupStore.func1.1()',
  '\t/app/controller/backup_controller.go:1093 +0xbe',
  'panic({0x28e8a00?, 0x4bd0df0?})',
  '\t/usr/lib64/go/1.25/src/runtime/panic.go:783 +0x132',
  `github.com/longhorn/longhorn-manager/controller.(*BackupController).setInprogressDeletionMap(0xc0007af200, {0xc00fc67f00, 0x${length}}, {0x2dfe789, 0x5}, {0xc0110e2000, 0x1be5})`,
  '\t/app/controller/backup_controller.go:1164 +0xcd',
  'github.com/longhorn/longhorn-manager/controller.(*BackupController).startDeletingBackupInBackupStore.func1()',
  '\t/app/controller/backup_controller.go:1099 +0x14c',
  'created by github.com/longhorn/longhorn-manager/controller.(*BackupController).startDeletingBackupInBackupStore in goroutine 371',
  '\t/app/controller/backup_controller.go:1089 +0x1ab',
  '',
];
const log = (...lines: string[]): string => lines.join('\n');

test('a panic is read with its first line, the top frames of its own code, and its row', () => {
  const panic = readPanic(log(begins('b1'), ...trace('b1')), 'v1.10.2');
  expect(panic).toEqual({
    first: 'panic: runtime error: invalid memory address or nil pointer dereference [recovered, repanicked]',
    frames: [
      'controller.(*BackupController).setInprogressDeletionMap (backup_controller.go:1164)',
      'controller.(*BackupController).startDeletingBackupInBackupStore.func1.1 (backup_controller.go:1093)',
      'controller.(*BackupController).startDeletingBackupInBackupStore.func1 (backup_controller.go:1099)',
    ],
    row: { id: 'manager-panics-in-deletion', seen: expect.stringContaining('longhorn/longhorn#13245') },
    deletions: [of('b1')],
  });
  expect(panic && describePanic(panic, 'v1.10.2')).toMatch(
    /^longhorn-manager v1\.10\.2 ended by a panic that is known as manager-panics-in-deletion \(longhorn\/longhorn#13245; .+\): "panic: runtime error: .+", at controller\.\(\*BackupController\)\.setInprogressDeletionMap \(backup_controller\.go:1164\), /,
  );
});

test.each(['v1.10.4', 'v1.11.3', 'v1.12.0', 'v1.12.1-emulator'])(
  'in %s, which has that mended, nobody knows it',
  (version) => {
    const panic = readPanic(log(begins('b1'), ...trace('b1')), version);
    expect(panic?.row).toBe(undefined);
    expect(panic && describePanic(panic, version)).toContain(
      `${version} ended by a panic that nobody knows: "panic: `,
    );
  },
);

test('it is about a deletion that had begun and not ended well, of a URL as long as the one in the frame', () => {
  const before = [begins('b1'), begins('b2'), begins('longer'), 'no line of a log', ends('b1')];
  expect(readPanic(log(...before, ...trace('b2')), 'v1.8.2')?.deletions).toEqual([of('b2')]);
  expect(readPanic(log(...before, ...trace('longer')), 'v1.8.2')?.deletions).toEqual([of('longer')]);
  // Where the frame does not tell, each could be it.
  const blind = trace('b2').map((each) => each.replace(/\(0xc0007af200.*\)$/, '(...)'));
  expect(readPanic(log(...before, ...blind), 'v1.8.2')?.deletions).toEqual([of('b2'), of('longer')]);
});

test('one in another place is about no deletion, and known by no row', () => {
  const other = trace('b1').map((each) =>
    each.replace(/BackupController\)\.\w+/, 'VolumeController).syncVolume'),
  );
  expect(readPanic(log(begins('b1'), ...other), 'v1.8.2')).toMatchObject({ deletions: [], row: undefined });
  expect(
    readPanic(log('fatal error: concurrent map writes', '', 'goroutine 1 [running]:'), 'v1.8.2'),
  ).toEqual({
    first: 'fatal error: concurrent map writes',
    frames: [],
    row: undefined,
    deletions: [],
  });
});

test('a process that ended in another way has none', () => {
  expect(readPanic(log(begins('b1'), line('panic: not at the beginning')), 'v1.8.2')).toBe(undefined);
});

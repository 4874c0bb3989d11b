import { expect, test } from 'vitest';
import { describePanic, readPanic } from '../../e2e/longhorn/panic.ts';

const url = (backup: string): string => `nfs://store:/opt/backupstore?backup=${backup}&volume=v`;
const line = (message: string): string =>
  `time="2026-11-22T08:36:13Z" level=info msg=${JSON.stringify(message)} file="backups.go:302"`;
const begins = (backup: string): string => line(`Start deleting backup ${url(backup)}`);
const ends = (backup: string): string => line(`Complete deleting backup ${url(backup)}`);

// As longhorn/longhorn#13245 has it, with the length of a URL of ours.
const first =
  'panic: runtime error: invalid memory address or nil pointer dereference [recovered, repanicked]';
const own = 'github.com/longhorn/longhorn-manager/controller.(*BackupController)';
const trace = (of: string, length = Buffer.byteLength(url(of)).toString(16)): string[] => [
  first,
  '',
  'goroutine 972544 [running]:',
  `${own}.setInprogressDeletionMap(0xc0007af200, {0xc00fc67f00, 0x${length}}, {0x2dfe789, 0x5})`,
  '\t/app/controller/backup_controller.go:1164 +0xcd',
  'panic({0x28e8a00?, 0x4bd0df0?})',
  '\t/usr/lib64/go/1.25/src/runtime/panic.go:783 +0x132',
  `${own}.setInprogressDeletionMap(0xc0007af200, {0xc00fc67f00, 0x${length}}, {0x2dfe789, 0x5})`,
  '\t/app/controller/backup_controller.go:1164 +0xcd',
  `${own}.startDeletingBackupInBackupStore.func1()`,
  '\t/app/controller/backup_controller.go:1099 +0x14c',
  `created by ${own}.startDeletingBackupInBackupStore in goroutine 371`,
  '\t/app/controller/backup_controller.go:1089 +0x1ab',
];
const read = (version: string, ...lines: string[]) => readPanic(lines.join('\n'), version);
const about = (...backups: string[]) => backups.map((backup) => ({ volume: 'v', backup }));

test('a panic is read with its first line, the top frames of its own code, and its row', () => {
  const panic = read('v1.10.2', begins('b1'), ...trace('b1'));
  expect(panic).toEqual({
    first,
    frames: [
      'controller.(*BackupController).setInprogressDeletionMap (backup_controller.go:1164)',
      'controller.(*BackupController).startDeletingBackupInBackupStore.func1 (backup_controller.go:1099)',
    ],
    row: { id: 'manager-panics-in-deletion', seen: expect.stringContaining('longhorn/longhorn#13245') },
    deletions: about('b1'),
  });
  expect(panic && describePanic(panic, 'v1.10.2')).toMatch(
    /^longhorn-manager v1\.10\.2 ended by a panic that is known as manager-panics-in-deletion \(longhorn\/longhorn#13245; .+\): "panic: runtime error: .+", at controller\.\(\*BackupController\)\.setInprogressDeletionMap \(backup_controller\.go:1164\), /,
  );
});

test.each(['v1.10.4', 'v1.11.3', 'v1.12.1-emulator'])('mended in %s, nobody knows it there', (version) => {
  expect(read(version, begins('b1'), ...trace('b1'))?.row).toBe(undefined);
});

test('it is about a deletion that had begun and not ended well, of a URL as long as the one in the frame', () => {
  const before = [begins('b1'), begins('b2'), begins('longer'), 'no line of a log', ends('b1')];
  // Where the frame does not say, each could be it.
  const blind = trace('b2').map((each) => each.replace(/\(0xc0007af200.*\)$/, '(...)'));
  for (const [lines, found] of [
    [trace('b2'), about('b2')],
    [trace('longer'), about('longer')],
    [blind, about('b2', 'longer')],
  ] as const)
    expect(read('v1.8.2', ...before, ...lines)?.deletions).toEqual(found);
});

test('one in another place is about no deletion, and known by no row; a process that ended in another way has none', () => {
  const other = trace('b1').map((each) => each.replace(/BackupController\)\.\w+/, 'VolumeController).sync'));
  expect(read('v1.8.2', begins('b1'), ...other)).toMatchObject({ deletions: [], row: undefined });
  expect(read('v1.8.2', 'fatal error: concurrent map writes', '', 'goroutine 1 [running]:')).toMatchObject({
    ...{ first: 'fatal error: concurrent map writes', frames: [] },
  });
  expect(read('v1.8.2', begins('b1'), line('panic: not at the beginning'))).toBe(undefined);
});

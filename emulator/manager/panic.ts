import { writeSync } from 'node:fs';

const hex = (text: string): string => `0x${Buffer.byteLength(text).toString(16)}`;

/**
 * Ends the process as Go's runtime does where the end of a removal has nowhere to be written down (longhorn/longhorn#13245): a trace, exit code 2.
 * As in a real one the trace does not name the backup: of the texts that a function was given it has the lengths.
 */
export const panic = ({ url, message }: { url: string; message: string }): never => {
  const controller = 'github.com/longhorn/longhorn-manager/controller.(*BackupController)';
  const set = (text: string): string =>
    `${controller}.setInprogressDeletionMap(0xc0007af200, {0xc00fc67f00, ${hex(url)}}, {0x2dfe789, 0x5}, {0xc00dc0a900, ${hex(text)}})`;
  const reason = 'runtime error: invalid memory address or nil pointer dereference';
  // At once: what stands in a stream's buffer would be lost.
  writeSync(
    2,
    [
      `panic: ${reason} [recovered, repanicked]`,
      '[signal SIGSEGV: segmentation violation code=0x1 addr=0x8 pc=0x22a908d]',
      '',
      'goroutine 972544 [running]:',
      set(`Recovered from panic: ${reason}`),
      '\t/app/controller/backup_controller.go:1164 +0xcd',
      `${controller}.startDeletingBackupInBackupStore.func1.1()`,
      '\t/app/controller/backup_controller.go:1093 +0xbe',
      'panic({0x28e8a00?, 0x4bd0df0?})',
      '\t/usr/lib64/go/1.25/src/runtime/panic.go:783 +0x132',
      set(message),
      '\t/app/controller/backup_controller.go:1164 +0xcd',
      `${controller}.startDeletingBackupInBackupStore.func1()`,
      '\t/app/controller/backup_controller.go:1099 +0x14c',
      `created by ${controller}.startDeletingBackupInBackupStore in goroutine 371`,
      '\t/app/controller/backup_controller.go:1089 +0x1ab',
      '',
    ].join('\n'),
  );
  process.exit(2);
};

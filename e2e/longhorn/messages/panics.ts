import type { MessageRow } from './row.ts';

/** The panics of longhorn-manager. The text is the first line and the stack frames after it. */
export const panicMessages = {
  'manager-panics-in-deletion': {
    class: 'failure',
    speaker: 'manager',
    fields: ['log fatal'],
    compared: 'within',
    means:
      'The process that removes a backup from its store failed after the Backup had gone, and longhorn-manager ended over its end.',
    advice:
      'Upgrade; until then, let a deletion end (no lock in the folder of its volume) before the backup volume, the target or the store goes.',
    wordings: [
      {
        versions: '>=1.8.0 <1.10.4 || >=1.11.0 <1.11.3',
        pattern:
          /panic: runtime error: invalid memory address or nil pointer dereference[\s\S]+\.setInprogressDeletionMap\(/,
        example:
          'panic: runtime error: invalid memory address or nil pointer dereference [recovered, repanicked]\n[signal SIGSEGV: segmentation violation code=0x1 addr=0x8 pc=0x22a908d]\n\ngoroutine 972544 [running]:\ngithub.com/longhorn/longhorn-manager/controller.(*BackupController).setInprogressDeletionMap(0xc0007af200, {0xc00fc67f00, 0x6f}, {0x2dfe789, 0x5}, {0xc00dc0a900, 0x56})\n\t/app/controller/backup_controller.go:1164 +0xcd',
        origin: 'product',
        seen: 'longhorn/longhorn#13245; met on v1.8.2, where a backup volume was deleted while blocks of its last backup were still being removed',
      },
    ],
  },
} as const satisfies Record<string, MessageRow>;

import type { WrittenRow } from './row.ts';

/**
 * How longhorn-manager ends: what it says where it cannot start, and its panics. The text of these is the first line and
 * the stack frames after it.
 */
export const panicMessages = {
  'manager-start-refused': {
    class: 'failure',
    speaker: 'manager',
    fields: ['log fatal'],
    means:
      'The ConfigMap longhorn-default-resource has another store or Secret than the backup target default, and the webhook refuses to change that back: another backup target has the store, or there is a standby volume. longhorn-manager ends over it at each start.',
    advice:
      'Write what the backup target default has into the ConfigMap longhorn-default-resource, and into the values of Helm; the managers come back by themselves.',
    pattern:
      /Error starting manager: [\s\S]+ denied (?:the )?request: (?:url \S+ is the same to backup target \S+|cannot modify BackupTarget since there are existing standby volumes: [\s\S]+)/,
    example:
      'Error starting manager: admission webhook "validator.longhorn.io" denied the request: url nfs://store.default:/backups is the same to backup target old',
    seen: 'a whole real v1.12.1 (2026-12-01); app/daemon.go and webhook/resources/backuptarget/validator.go, source of v1.8.0 to v1.12.1',
  },
  'manager-panics-on-found-backup': {
    class: 'failure',
    speaker: 'manager',
    fields: ['log fatal'],
    compared: 'within',
    means:
      'A backup that Longhorn has found in the store has no labels, and the config of its volume says that the volume is encrypted. longhorn-manager ends over it, and again after each start.',
    advice:
      'Take the label volume-encrypted out of the volume.cfg of that volume, or give the config of the backup an empty object as its Labels; the managers come back by themselves.',
    versions: '>=1.12.0',
    pattern: /panic: assignment to entry in nil map[\s\S]+\.\(\*BackupController\)\.reconcile\(/,
    example:
      'panic: assignment to entry in nil map [recovered, repanicked]\n\ngoroutine 1842 [running]:\nk8s.io/apimachinery/pkg/util/runtime.handleCrash({0x30d0f78, 0x339efae3c930}, {0x29b61a0, 0x4eac9a0}, {0x0, 0x0, 0x339efd5306a8?})\n\t/app/vendor/k8s.io/apimachinery/pkg/util/runtime/runtime.go:116 +0x1a9\ngithub.com/longhorn/longhorn-manager/controller.(*BackupController).reconcile(0x339efbe7fb00, {0x339efbff23d0, 0x17})\n\t/app/controller/backup_controller.go:517 +0x1b5a',
    seen: 'a real v1.12.1 (2026-11-29)',
  },
  'manager-panics-in-deletion': {
    class: 'failure',
    speaker: 'manager',
    fields: ['log fatal'],
    compared: 'within',
    means:
      'The process that removes a backup from its store failed after the Backup had gone, and longhorn-manager ended over its end.',
    advice:
      'Upgrade; until then, let a deletion end (no lock in the folder of its volume) before the backup volume, the target or the store goes.',
    versions: '>=1.8.0 <1.10.4 || >=1.11.0 <1.11.3',
    pattern:
      /panic: runtime error: invalid memory address or nil pointer dereference[\s\S]+\.setInprogressDeletionMap\(/,
    example:
      'panic: runtime error: invalid memory address or nil pointer dereference [recovered, repanicked]\n[signal SIGSEGV: segmentation violation code=0x1 addr=0x8 pc=0x22a908d]\n\ngoroutine 972544 [running]:\ngithub.com/longhorn/longhorn-manager/controller.(*BackupController).setInprogressDeletionMap(0xc0007af200, {0xc00fc67f00, 0x6f}, {0x2dfe789, 0x5}, {0xc00dc0a900, 0x56})\n\t/app/controller/backup_controller.go:1164 +0xcd',
    seen: 'longhorn/longhorn#13245; met on v1.8.2, where a backup volume was deleted while blocks of its last backup were still being removed',
  },
} as const satisfies Record<string, WrittenRow>;

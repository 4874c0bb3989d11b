import type { Context } from '../context.ts';
import { step } from '../step.ts';
import { changeSetting } from './setting.ts';

/** Settings by their description in sentences. */
const wishes = {
  'a snapshot goes once its backup by hand is made': {
    name: 'auto-cleanup-snapshot-after-on-demand-backup-completed',
    value: 'true',
  },
  'snapshots of rebuilds are kept': { name: 'auto-cleanup-system-generated-snapshot', value: 'false' },
  'no snapshot is purged': { name: 'disable-snapshot-purge', value: 'true' },
  'no replica is rebuilt': { name: 'concurrent-replica-rebuild-per-node-limit', value: '0' },
  'a snapshot goes with its backup': { name: 'auto-cleanup-when-delete-backup', value: 'true' },
  'a failed backup stays': { name: 'failed-backup-ttl', value: '0' },
  'a failed backup goes after a minute': { name: 'failed-backup-ttl', value: '1' },
  'no volume is restored, but those on standby': {
    name: 'concurrent-volume-backup-restore-per-node-limit',
    value: '0',
  },
  'one volume of a node is restored at a time': {
    name: 'concurrent-volume-backup-restore-per-node-limit',
    value: '1',
  },
  'a volume is restored with its recurring jobs': { name: 'restore-volume-recurring-jobs', value: 'true' },
  'six volumes are restored on a node at once': {
    name: 'concurrent-volume-backup-restore-per-node-limit',
    value: '6',
  },
  'Longhorn may be uninstalled': { name: 'deleting-confirmation-flag', value: 'true' },
  'no volume is used that lacks a replica from the beginning': {
    name: 'allow-volume-creation-with-degraded-availability',
    value: 'false',
  },
  'four blocks of a backup are uploaded at once': { name: 'backup-concurrent-limit', value: '4' },
  'three blocks of a backup are restored at once': { name: 'restore-concurrent-limit', value: '3' },
  'backup blocks of new volumes have 16 MiB': { name: 'default-backup-block-size', value: '16' },
} as const;

/** The steps that change settings of Longhorn. A setting applies to all volumes. */
export const settingSteps = {
  /** In force until `when.released`. */
  'given.setting': step({
    sentence: 'Given the setting of Longhorn by which {what}',
    action: (context: Context, what: keyof typeof wishes) => {
      const { name, value: after } = wishes[what];
      return changeSetting(context, { title: what, name, after });
    },
  }),
};

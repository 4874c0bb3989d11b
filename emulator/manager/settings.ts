import { startController } from '../kubernetes/controller.ts';
import { emulatorVersion, engineImage } from '../modelled-on.ts';
import type { Context } from './context.ts';

const isBoolean = (value: string): boolean => value === 'true' || value === 'false';

/** Values the emulator can stand for, by setting; any other is answered with an event and status.applied false. */
const accepted: Record<string, (value: string, version: string) => boolean> = {
  'current-longhorn-version': (value, version) => value === emulatorVersion(version),
  'default-engine-image': (value) => value === engineImage,
  // Both say how uploads are made; the emulator uploads a block at a time by what the volume's own spec says.
  'backup-compression-method': (value) => ['none', 'lz4', 'gzip'].includes(value),
  'backup-concurrent-limit': (value) => Number(value) >= 1,
  'allow-recurring-job-while-volume-detached': isBoolean,
  'auto-cleanup-recurring-job-backup-snapshot': isBoolean,
  'recurring-successful-jobs-history-limit': (value) => /^\d+$/.test(value),
  'recurring-failed-jobs-history-limit': (value) => /^\d+$/.test(value),
};

/** Says of each Setting whether it is in force. */
export const startSettingController = (context: Context): void => {
  const { datastore } = context;
  const reconcile = async (name: string): Promise<void> => {
    const setting = datastore.settings.get(name);
    if (!setting) return;
    const applied = accepted[name]?.(setting.value, context.version) ?? false;
    if (setting.status?.applied === applied) return;
    await datastore.settings.updateStatus({ ...setting, status: { applied } });
    if (!applied) {
      context.recorder(setting, { type: 'Warning', reason: 'NotEmulated', message: `not emulated: setting ${name}=${setting.value}` });
    }
  };
  datastore.settings.onEvent(startController({ name: 'setting', reconcile }, context));
};

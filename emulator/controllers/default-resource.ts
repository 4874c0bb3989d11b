import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';
import { startController } from '../kubernetes/controller.ts';
import { type ManagerContext, timestamp } from '../manager/context.ts';
import { defaultResourceConfigMap, defaultTargetName } from '../modelled-on.ts';

/**
 * Sets the backup target `default` as a ConfigMap says (datastore/longhorn.go,
 * syncDefaultBackupTargetResourceWithCustomizedParameters). Each manager does it. What the ConfigMap does not name stays.
 */
export const startDefaultResourceController = (context: ManagerContext): void => {
  const { backupTargets, configMaps } = context.datastore;
  const reconcile = async (name: string): Promise<void> => {
    const { data } = configMaps.get(name) ?? {};
    const target = backupTargets.get(defaultTargetName);
    if (data === undefined || target === undefined || context.mutant === 'default-resource-ignored') return;
    const said: Record<string, unknown> = parse(data['default-resource.yaml'] ?? '') ?? {};
    const fields = {
      backupTargetURL: said['backup-target'],
      credentialSecret: said['backup-target-credential-secret'],
      pollInterval: said['backupstore-poll-interval'] && `${said['backupstore-poll-interval']}s`,
    };
    const unnamed =
      context.mutant === 'default-resource-resets' && said['backup-target'] ? '5m0s' : undefined;
    const entries = Object.entries({ ...fields, pollInterval: fields.pollInterval ?? unnamed });
    const wanted = Object.fromEntries(
      entries.filter(([, value]) => value !== undefined).map(([key, value]) => [key, String(value)]),
    );
    if (isDeepStrictEqual({ ...target.spec, ...wanted }, target.spec)) return;
    await backupTargets.patch(defaultTargetName, { spec: { ...wanted, syncRequestedAt: timestamp() } });
  };
  const enqueue = startController({ name: 'kubernetes-configmap', reconcile }, context);
  configMaps.onEvent((name) => {
    if (name === defaultResourceConfigMap) enqueue(name);
  });
};

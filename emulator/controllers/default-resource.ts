import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';
import { ApiFailure } from '../kubernetes/client.ts';
import { startController } from '../kubernetes/controller.ts';
import { type ManagerContext, timestamp } from '../manager/context.ts';
import { defaultResourceConfigMap, defaultTargetName } from '../modelled-on.ts';

const appliedVersion = 'longhorn.io/configmap-resource-version';
const retries = 3;

/**
 * Sets the backup target `default` as a ConfigMap says (datastore/longhorn.go,
 * syncDefaultBackupTargetResourceWithCustomizedParameters). What the ConfigMap does not name stays; what it names, and
 * leaves empty, is that of a new Longhorn.
 */
const applyDefaultResource = async ({ datastore, mutant }: ManagerContext): Promise<void> => {
  const { backupTargets, configMaps } = datastore;
  const { data, metadata } = configMaps.get(defaultResourceConfigMap) ?? {};
  const target = backupTargets.get(defaultTargetName);
  if (data === undefined || target === undefined || mutant === 'default-resource-ignored') return;
  const annotations = { [appliedVersion]: metadata?.resourceVersion };
  const isOnce = mutant === 'fixed:default-resource-undoes-changes';
  if (isOnce && target.metadata.annotations?.[appliedVersion] === metadata?.resourceVersion) return;
  const said: Record<string, unknown> = parse(data['default-resource.yaml'] ?? '') ?? {};
  const textOf = (key: string): string | undefined => (key in said ? String(said[key] ?? '') : undefined);
  const url = textOf('backup-target');
  const interval = textOf('backupstore-poll-interval');
  const unnamed = mutant === 'default-resource-resets' && url ? '5m0s' : undefined;
  const entries = Object.entries({
    backupTargetURL: url,
    credentialSecret: textOf('backup-target-credential-secret'),
    pollInterval: interval === '' ? '5m0s' : interval === undefined ? unnamed : `${interval}s`,
  });
  const wanted = Object.fromEntries(entries.filter(([, value]) => value !== undefined));
  const isEqual = isDeepStrictEqual({ ...target.spec, ...wanted }, target.spec);
  if (isEqual && !isOnce) return;
  await backupTargets.patch(defaultTargetName, {
    ...(isOnce && { metadata: { annotations } }),
    ...(!isEqual && { spec: { ...wanted, syncRequestedAt: timestamp() } }),
  });
};

/** Applies the ConfigMap. A manager that is refused that at its start ends (app/daemon.go, startManager). */
export const applyDefaultResourceAtStart = async (context: ManagerContext): Promise<void> => {
  const { log, mutant } = context;
  try {
    await applyDefaultResource(context);
  } catch (error) {
    const why = error instanceof ApiFailure ? error.words : error;
    if (mutant === 'fixed:refused-default-resource-ends-managers')
      return log.error(`Failed to set the backup target default: ${why}`);
    log.fatal(`Error starting manager: ${why}`);
    throw error;
  }
};

/** Applies the ConfigMap in each manager as it starts, and whenever that changes. */
export const startDefaultResourceController = (context: ManagerContext): void => {
  const enqueue = startController(
    {
      name: 'kubernetes-configmap',
      reconcile: () => applyDefaultResource(context),
      isDropped: (_, failures) => failures >= retries,
    },
    context,
  );
  context.datastore.configMaps.onEvent((name) => {
    if (name === defaultResourceConfigMap) enqueue(name);
  });
};

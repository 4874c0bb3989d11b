import { waitUntil, waitUntilGone } from '../../../history/expectation.ts';
import type { Timeline } from '../../../history/timeline.ts';
import { follow } from '../../../history/watch.ts';
import type { KubernetesObject } from '../../../kube/objects.ts';
import { longhornResources, longhornNamespace as namespace, readNow } from '../../../longhorn/resources.ts';
import type { SystemBackup } from '../../../longhorn/types.ts';
import type { Context } from '../context.ts';
import type { SystemBackupHandle } from '../handles.ts';
import { PromiseBroken } from '../judging.ts';
import type { Timeout } from '../timeouts.ts';

const resource = longhornResources.systemBackups;

const watches = new WeakMap<Context, Promise<Timeline<SystemBackup>>>();

/** The watch of a scenario's system backups. It starts when a step first needs it. */
export const watchedSystemBackups = (context: Context): Promise<Timeline<SystemBackup>> => {
  const { cluster, scenarioSignal: signal } = context;
  const running = watches.get(context) ?? follow<SystemBackup>(cluster, resource, { namespace, signal });
  watches.set(context, running);
  return running;
};

type WithState = KubernetesObject & Pick<SystemBackup, 'status'>;

/** The state of a system backup, or of a restore of one. */
export const systemBackupState = ({ status }: WithState): string => status?.state ?? '';

/** Describes the state of a system backup, or of a restore of one, and the reason of an Error. */
export const describeSystemBackup = (object: WithState): string => {
  const error = object.status?.conditions?.find(({ type, status }) => type === 'Error' && status === 'True');
  return `${systemBackupState(object) || 'without a state'}${error ? ` (${error.reason}: ${error.message})` : ''}`;
};

export const untilSystemBackupIn = async (
  context: Context,
  { name, label }: SystemBackupHandle,
  states: readonly string[],
  limit: Timeout = context.timeouts.systemBackupEnds,
): Promise<SystemBackup> =>
  waitUntil(await watchedSystemBackups(context), (object) => states.includes(systemBackupState(object)), {
    name,
    label: `${label} is ${states.join(' or ')}`,
    describe: describeSystemBackup,
    ...limit,
  });

export const untilSystemBackupGone = async (
  context: Context,
  { name, label }: SystemBackupHandle,
  limit: Timeout = context.timeouts.systemBackupGone,
): Promise<void> =>
  void (await waitUntilGone(await watchedSystemBackups(context), {
    name,
    label: `${label} is gone`,
    describe: describeSystemBackup,
    ...limit,
  }));

/** The object as the API server has it now, whatever the watch has brought. */
export const currentSystemBackup = (
  { cluster }: Context,
  { name }: SystemBackupHandle,
): Promise<SystemBackup | undefined> => readNow(cluster, resource, name);

export const brokenBySystemBackup = (
  message: string,
  { name }: SystemBackupHandle,
  state: string,
  options?: ErrorOptions,
): PromiseBroken => new PromiseBroken(message, { kind: 'SystemBackup', name, state }, options);

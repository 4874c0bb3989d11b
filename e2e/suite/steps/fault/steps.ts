import type { InjectedFault } from '../../../faults/fault.ts';
import { volumeOf } from '../../../faults/store/places.ts';
import type { StoreFault } from '../../../faults/store/store-fault.ts';
import { type AnyStoreFault, type StoreFaultName, storeFaults } from '../../../faults/store/store-faults.ts';
import type { Context } from '../context.ts';
import type { SystemBackupHandle, TargetHandle, VolumeHandle } from '../handles.ts';
import { type Step, step } from '../step.ts';
import { firstTarget } from '../target/steps.ts';

/** One step for each fault of a store. The fault is in force until `when.released`. */
type StoreFaultSteps = {
  [Kind in (typeof storeFaults)[number] as `given.${Kind['name']}`]: Kind extends StoreFault<
    StoreFaultName,
    infer Args,
    infer Handle
  >
    ? Step<Args, InjectedFault & Handle>
    : never;
};

const isOnTarget = (file: unknown): file is { configOf: SystemBackupHandle } =>
  typeof file === 'object' &&
  file !== null &&
  'configOf' in file &&
  'target' in (file.configOf as object) &&
  'version' in (file.configOf as object);

const isOn = (arg: unknown): arg is { on: TargetHandle } =>
  typeof arg === 'object' && arg !== null && 'on' in arg;

// The target that is named, or that of the system backup or the volume that the fault is about; otherwise the first.
const targetOf = async (context: Context, ...args: unknown[]): Promise<TargetHandle> => {
  const [systemBackup] = args.filter(isOnTarget);
  const [named] = args.filter(isOn);
  const volumes = args.flatMap((arg) => volumeOf(arg) ?? []) as VolumeHandle[];
  return named?.on ?? systemBackup?.configOf.target ?? volumes[0]?.target ?? firstTarget(context);
};

// If another group declares a step with the same id, such as `given.foreignLock`, that step replaces the one here.
const storeFaultSteps = Object.fromEntries(
  (storeFaults as readonly AnyStoreFault[]).map(({ name, sentence, parameters, targetSays = [], on }) => [
    `given.${name}`,
    step({
      sentence: `Given that ${sentence}`,
      parameters,
      opens: targetOf,
      action: async (context: Context, ...args: unknown[]) => {
        const { name: of, store } = await targetOf(context, ...args);
        context.expected.push(...targetSays.map((id) => ({ id, of })));
        return context.faults.inject(await on(store, ...args));
      },
    }),
  ]),
) as unknown as StoreFaultSteps;

/** The steps for all faults in e2e/faults. */
export const faultSteps = {
  ...storeFaultSteps,
  'when.released': step({
    sentence: 'When {fault} no longer',
    parameters: ({ title }) => ({ fault: title }),
    action: (_: Context, fault: InjectedFault) => fault.heal(),
    detail: (how) => how,
  }),
  /** Proves that the fault is in force. */
  'then.inForce': step({
    sentence: 'Then {fault}',
    parameters: ({ title }) => ({ fault: title }),
    action: (_: Context, fault: InjectedFault) => fault.prove(),
    detail: (evidence) => evidence,
  }),
};

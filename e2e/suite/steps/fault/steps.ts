import type { Injected } from '../../../faults/fault.ts';
import type { Context } from '../context.ts';
import { step } from '../step.ts';

/** The steps for any fault of e2e/faults. */
export const faultSteps = {
  'when.released': step({
    sentence: 'When {fault} no longer',
    parameters: ({ title }) => ({ fault: title }),
    action: (_: Context, fault: Injected) => fault.heal(),
    detail: (told) => told,
  }),
  /** The fault is in force now. */
  'then.inForce': step({
    sentence: 'Then {fault}',
    parameters: ({ title }) => ({ fault: title }),
    action: (_: Context, fault: Injected) => fault.prove(),
    detail: (evidence) => evidence,
  }),
};

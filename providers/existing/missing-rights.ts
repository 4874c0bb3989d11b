import type { PreconditionFailure } from '../../e2e/machine/precondition-error.ts';
import type { MissingRights } from '../../e2e/permissions/missing.ts';
import type { SettingNames } from './setting-names.ts';

/** Describes the rights that a run's user lacks, and how an admin grants them. */
export const describeMissingRights = (
  { needed, rights, command, makesAccount, runIn }: MissingRights,
  { context, settingNames }: { context: string; settingNames: SettingNames },
): PreconditionFailure & { remedy: string } => {
  const grantAdvice = makesAccount ? 'to make a service account that may' : 'to grant them';
  const run = makesAccount ? 'then run as it, with' : 'then run with';
  const then = runIn === undefined ? '' : ` (${run} ${settingNames.namespace(runIn)})`;
  return {
    code: 'rights-missing',
    what: [
      `the user of context ${context} may not do ${rights.length} of the ${needed} things that this run needs:`,
      ...rights.map((right) => `  ${right}`),
    ].join('\n'),
    remedy: `${grantAdvice}, as an admin${then}: ${command}`,
  };
};

import { isDeepStrictEqual } from 'node:util';
import type { StatefulSetHandle } from '../claim/workload.ts';
import type { Context } from '../context.ts';
import type { BackupHandle, PageHandle } from '../handles.ts';
import { throwIfAny } from '../judging.ts';
import { step } from '../step.ts';

/** The steps on the pop-ups of a backup in Longhorn's user interface. */
export const uiDetailSteps = {
  /** Longhorn has read the backup in the store. It may have labels of Longhorn too. */
  'then.labelsShown': step({
    sentence: 'Then the page shows the labels of {backup} in a pop-up',
    parameters: (_, backup) => ({ backup }),
    action: async (
      { timelines }: Context,
      { page }: PageHandle,
      { name, label }: BackupHandle,
      labels: Record<string, string>,
    ) => {
      const { KubernetesStatus: _, ...known } = timelines.backups.current(name)?.status?.labels ?? {};
      const shown = await page.table.labels(name);
      const wanted = { ...known, ...labels };
      if (!isDeepStrictEqual(shown, wanted))
        throw new Error(
          `the page shows of ${label} the labels ${JSON.stringify(shown)}, not ${JSON.stringify(wanted)}`,
        );
      return shown;
    },
    detail: (shown) => Object.keys(shown).join(', '),
  }),
  'then.workloadShown': step({
    sentence: 'Then the page shows the workload that used the volume of {backup} in a pop-up',
    parameters: (_, backup) => ({ backup }),
    action: async (
      _: Context,
      { page }: PageHandle,
      { name, label, volume }: BackupHandle,
      set: StatefulSetHandle,
    ) => {
      const pod = set.pods.find((each) => each.volume.name === volume.name)?.pod ?? '';
      const text = await page.table.workload(name);
      const wanted = {
        ...{ 'Workload Name': set.name, 'Workload Type': 'StatefulSet' },
        ...{ 'Pod Name': pod, 'Pod Status': 'Running' },
      };
      throwIfAny(
        Object.entries(wanted)
          .map((pair) => pair.join(' : '))
          .filter((line) => !text.split('\n').some((each) => each.trim() === line))
          .map((line) => `it lacks "${line}"`),
        `the pop-up of ${label} says "${text}"`,
      );
    },
  }),
};

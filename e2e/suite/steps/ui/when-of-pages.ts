import { killedPod } from '../../../faults/killed-pod.ts';
import { managerLabel, managerPods } from '../../../longhorn/manager.ts';
import { parseDuration } from '../../../kube/duration.ts';
import type { Context } from '../context.ts';
import type { BackupHandle } from '../handles.ts';
import { untilLostLate } from './lost-late.ts';
import type { PageHandle } from './page-handle.ts';

/** The steps that act on Longhorn's user interface, or on what it stands on. */
export type WhenOfPages = {
  /** The backup is deleted by its row's menu; the dialog that asks must name it, and is answered with OK. */
  deletedOnPage(page: PageHandle, backup: BackupHandle): Promise<void>;
  /**
   * The longhorn-manager pods are killed, one after the other, until the page has lost its connection: at the latest when the proxy before them gives it up,
   * which is a finding.
   */
  cutOff(page: PageHandle): Promise<void>;
};

/** Makes those steps. */
export const createWhenOfPages = (context: Context): WhenOfPages => ({
  deletedOnPage: ({ page }, backup) =>
    context
      .step(
        `When ${backup.label} is deleted on the page, where a dialog names it`,
        async () => {
          const { question, confirm } = await page.table.askToDelete(backup.name);
          const others = context.made.backups.filter((name) => name !== backup.name && question.includes(name));
          if (!question.includes(backup.name) || others.length > 0)
            throw new Error(`the dialog does not ask about ${backup.name}, whose menu it was opened from: "${question}"`);
          backup.since.deleted = context.timelines.backups.mark();
          await confirm();
          return question;
        },
        (question) => `"${question}"`,
      )
      .then(() => {}),
  cutOff: (handle) =>
    context
      .step(
        'When longhorn-manager pods are killed, until the page has lost its connection',
        () => killUntilLost(context, handle),
        (killed) => killed.join(', '),
      )
      .then(() => {}),
});

/** Kills one manager pod at a time, and the next when the first is replaced: which one the page is connected to, nobody says. */
const killUntilLost = async (context: Context, { page, cutOff }: PageHandle): Promise<string[]> => {
  const { cluster, faults, limits } = context;
  const pods = await managerPods(cluster);
  const losses = page.log.losses();
  const time = parseDuration(limits.pageLost.within);
  const killed: string[] = [];
  for (const pod of pods) {
    const from = Date.now();
    cutOff.push({ from, to: from + parseDuration(limits.pageReconnects.within) });
    const fault = await faults.inject(
      killedPod(cluster, { title: `the longhorn-manager of ${pod.node} was killed`, pod, selector: managerLabel, node: pod.node }),
    );
    killed.push(`${pod.name} on ${pod.node}`);
    if (await page.until(() => page.log.losses() > losses, time)) return killed;
    await fault.heal();
  }
  await untilLostLate(context, { page, cutOff }, losses);
  return killed;
};

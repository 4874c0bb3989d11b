import { isDeepStrictEqual } from 'node:util';
import { waitUntil, waitUntilGone } from '../../../history/expectation.ts';
import type { Timeline } from '../../../history/timeline.ts';
import { follow } from '../../../history/watch.ts';
import type { RecurringJob } from '../../../longhorn/job-types.ts';
import { longhornResources, longhornNamespace as namespace } from '../../../longhorn/resources.ts';
import type { Context } from '../context.ts';
import type { TablePageHandle } from '../handles.ts';
import { farAway } from '../job/job.ts';
import { step } from '../step.ts';
import { openTable, untilMadeOnPage } from '../ui-tables/steps.ts';

/** A recurring job that was made on its page, and what it is to be by what was chosen there. */
type JobOnPage = { name: string; jobs: Timeline<RecurringJob>; chosen: Choices };

type Choices = Pick<RecurringJob['spec'], 'task' | 'cron' | 'retain' | 'concurrency' | 'groups' | 'labels'>;

const choicesOf = ({ spec }: RecurringJob): Choices => ({
  ...{ task: spec.task, cron: spec.cron, retain: spec.retain, concurrency: spec.concurrency },
  ...{ groups: [...spec.groups].sort(), labels: spec.labels },
});

/** The steps on the page of recurring jobs in Longhorn's user interface. */
export const uiJobSteps = {
  'given.jobsPage': step({
    sentence: "Given the page of recurring jobs in Longhorn's user interface",
    action: (context: Context) => openTable(context, { path: 'recurringJob', table: '#recurringJobTable' }),
  }),
  /** It is never due, and for a group that has no volumes. */
  'when.jobMadeOnPage': step({
    sentence: 'When a recurring job for backups is made on the page, with a group and a label',
    action: async (context: Context, { page }: TablePageHandle): Promise<JobOnPage> => {
      const { cluster, made, scenarioSignal: signal } = context;
      const name = context.uniqueName('job');
      const fieldSelector = `metadata.name=${name}`;
      const where = { namespace, fieldSelector, signal };
      const resource = longhornResources.recurringJobs;
      const jobs = await follow<RecurringJob>(cluster, resource, where);
      const chosen = {
        ...{ task: 'backup', cron: farAway(), retain: 2, concurrency: 1 },
        ...{ groups: [name], labels: { first: 'one' } },
      };
      made.jobs.push(name);
      await page.press('Create Recurring Job');
      await page.answer('OK', {
        ...{ Name: name, Task: ['Backup'], Retain: '2', Cron: chosen.cron },
        ...{ 'Group name': name, key: 'first', value: 'one' },
      });
      const label = `recurring job ${name}`;
      await untilMadeOnPage(context, { timeline: jobs, resource, name, label });
      return { name, jobs, chosen };
    },
    detail: ({ name }) => name,
  }),
  'when.jobChangedOnPage': step({
    sentence:
      'When the recurring job is changed on the page: its schedule and limits, another group and label',
    action: async (_: Context, { page }: TablePageHandle, job: JobOnPage): Promise<JobOnPage> => {
      const { name, chosen } = job;
      const cron = chosen.cron.replace(/^0 0 /, '30 12 ');
      const group = `${name}-2`;
      await page.choose(name, 'Edit');
      await page.press('Add Group');
      await page.press('Add Label');
      await page.answer('OK', {
        ...{ Retain: '3', Concurrency: '4', Cron: cron },
        ...{ 'Group name': group, key: 'second', value: 'two' },
      });
      const labels = { ...chosen.labels, second: 'two' };
      const groups = [...chosen.groups, group];
      return { ...job, chosen: { ...chosen, cron, retain: 3, concurrency: 4, groups, labels } };
    },
  }),
  'when.jobDeletedOnPage': step({
    sentence: 'When the recurring job is deleted on the page',
    action: async (_: Context, { page }: TablePageHandle, { name }: JobOnPage) => {
      await page.choose(name, 'Delete');
      await page.answer('OK');
    },
  }),
  /** The page shows the schedule in words, which are not compared. */
  'then.jobAsChosen': step({
    sentence: 'Then the recurring job is as it was chosen, and the page shows it so',
    action: async ({ timeouts }: Context, { page }: TablePageHandle, { name, jobs, chosen }: JobOnPage) => {
      await waitUntil(jobs, (job) => isDeepStrictEqual(choicesOf(job), chosen), {
        name,
        label: `recurring job ${name} is as it was chosen: ${JSON.stringify(chosen)}`,
        describe: (job) => JSON.stringify(choicesOf(job)),
        ...timeouts.madeOnPage,
      });
      const { task, retain, concurrency, groups, labels } = chosen;
      await page.reads(name, 'Type', task);
      await page.reads(name, 'Retain', String(retain));
      await page.reads(name, 'Concurrency', String(concurrency));
      for (const group of groups) await page.reads(name, 'Groups', group);
      for (const pair of Object.entries(labels)) await page.reads(name, 'Labels', pair.join(': '));
    },
  }),
  'then.jobGoneFromPage': step({
    sentence: 'Then the recurring job is gone, from the page too',
    action: async ({ timeouts }: Context, { page }: TablePageHandle, { name, jobs }: JobOnPage) => {
      await waitUntilGone(jobs, { name, label: `recurring job ${name} is gone`, ...timeouts.jobsGone });
      await page.lacks(name);
    },
  }),
};

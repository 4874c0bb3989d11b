import type { Column } from './cell.ts';
import { confirmDialog, formDialog } from './dialog.ts';
import { makeButton } from './element.ts';
import type { JobRecord } from './records.ts';
import { repeatedInput } from './repeated-input.ts';
import { readAll, send } from './send.ts';
import { createTable } from './table.ts';

const column = (title: string, width: number, text: (job: JobRecord) => string): Column<JobRecord> => ({
  title,
  width,
  cell: (job) => ({ text: text(job) }),
});

const pairs = (map: Record<string, string> | null | undefined): string =>
  Object.entries(map ?? {})
    .map((each) => each.join(': '))
    .join(', ');

/** With the order and titles of Longhorn's UI, which shows the schedule as a sentence. */
const columns: Column<JobRecord>[] = [
  column('Name', 160, ({ name }) => name),
  column('Type', 160, ({ task }) => task),
  column('Schedule', 200, ({ cron }) => cron),
  column('Retain', 120, ({ retain }) => String(retain)),
  column('Concurrency', 120, ({ concurrency }) => String(concurrency)),
  column('Parameters', 200, ({ parameters }) => pairs(parameters)),
  column('Labels', 200, ({ labels }) => pairs(labels)),
  column('Groups', 200, ({ groups }) => (groups ?? []).join(', ')),
];

const tasks = [
  'Backup',
  'Snapshot',
  'Snapshot Delete',
  'Snapshot Cleanup',
  'System Backup',
  'Filesystem Trim',
];

const pathOf = (name: string): string => `v1/recurringjobs/${encodeURIComponent(name)}`;

const newJob: JobRecord = {
  ...{ id: '', name: '', task: 'snapshot', cron: '0 0 * * *', retain: 1, concurrency: 1 },
  ...{ groups: [''], labels: { '': '' }, parameters: null },
};

const jobDialog = (job: JobRecord, onOk: (job: object) => void): void => {
  const groups = repeatedInput({
    add: 'Add Group',
    placeholders: ['Group name'],
    initial: (job.groups ?? []).map((group) => [group]),
  });
  const labels = repeatedInput({
    add: 'Add Label',
    placeholders: ['key', 'value'],
    initial: Object.entries(job.labels ?? {}),
  });
  const isNew = job.id === '';
  const task = tasks.find((each) => each.toLowerCase().replace(' ', '-') === job.task) ?? '';
  formDialog(
    `${isNew ? 'Create' : 'Edit'} Recurring Job`,
    [
      { name: 'name', label: 'Name', value: job.name, disabled: !isNew },
      { name: 'task', label: 'Task', value: task, select: { options: () => tasks } },
      { name: 'retain', label: 'Retain', value: String(job.retain) },
      { name: 'concurrency', label: 'Concurrency', value: String(job.concurrency) },
      { name: 'cron', label: 'Cron', value: job.cron },
    ],
    ({ name, task: chosen, retain, concurrency, cron }) =>
      onOk({
        ...{ name, cron, retain: Number(retain), concurrency: Number(concurrency) },
        task: String(chosen).toLowerCase().replace(' ', '-'),
        groups: groups.read().flat(),
        labels: Object.fromEntries(labels.read()),
      }),
    [...groups.nodes, ...labels.nodes],
  );
};

/** The page of recurring jobs: its button, and its table, which is read anew after each change on the page. */
export const jobPage = (mutant: string | undefined, onRead: (jobs: JobRecord[]) => void) => {
  const change = async (path: string, method: string, job?: object): Promise<void> => {
    await send(path, method, job);
    onRead(await readAll('recurringjobs'));
  };
  return {
    button: makeButton('ant-btn', 'Create Recurring Job', () =>
      jobDialog(newJob, (job) => void change('v1/recurringjobs', 'POST', job)),
    ),
    table: createTable<JobRecord>({
      id: 'recurringJobTable',
      columns,
      menu: () => [
        { key: 'edit', name: 'Edit', disabled: false },
        { key: 'delete', name: 'Delete', disabled: false },
      ],
      onSelect: (key, job) => {
        const { name, cron } = job;
        const question = { title: `Are you sure you want to delete Recurring Job ${name}?`, content: '' };
        const kept = mutant === 'page-keeps-schedule' ? { cron } : {};
        if (key === 'delete') confirmDialog(question, () => void change(pathOf(name), 'DELETE'));
        else jobDialog(job, (changed) => void change(pathOf(name), 'PUT', { ...changed, ...kept }));
      },
    }),
  };
};

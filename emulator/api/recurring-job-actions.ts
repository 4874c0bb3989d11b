import type { RecurringJob } from '../longhorn/objects.ts';
import {
  type ApiAction,
  type ApiCall,
  numberField,
  stringField,
  stringListField,
  stringMapField,
} from './call.ts';
import { toRecurringJob } from './collections.ts';
import { NotFound, withErrorContext } from './errors.ts';

const specOf = ({ input }: ApiCall): Omit<RecurringJob['spec'], 'name' | 'task'> => ({
  cron: stringField(input, 'cron'),
  retain: numberField(input, 'retain'),
  concurrency: numberField(input, 'concurrency'),
  groups: stringListField(input, 'groups'),
  labels: stringMapField(input, 'labels'),
  parameters: stringMapField(input, 'parameters'),
});

/** Creates a RecurringJob. */
export const createRecurringJob: ApiAction = (call) => {
  const name = stringField(call.input, 'name');
  const spec = { name, task: stringField(call.input, 'task'), ...specOf(call) };
  return withErrorContext(`failed to create recurring job ${name}`, async () =>
    toRecurringJob(await call.datastore.recurringJobs.create({ metadata: { name }, spec }), call.links),
  );
};

/** Changes a RecurringJob. Its task stays. */
export const updateRecurringJob: ApiAction = (call) => {
  const { datastore, name, links } = call;
  return withErrorContext(`unable to update ${name} recurring job`, async () => {
    const job = datastore.recurringJobs.get(name);
    if (!job) throw new NotFound('recurringJob', name);
    const changed = { ...job, spec: { ...job.spec, ...specOf(call) } };
    return toRecurringJob(await datastore.recurringJobs.update(changed), links);
  });
};

/** Deletes a RecurringJob after its dependents. */
export const deleteRecurringJob: ApiAction = async ({ datastore, name }) => {
  await withErrorContext(`failed to delete recurring job ${name}`, () =>
    datastore.recurringJobs.delete(name, 'Foreground'),
  );
  return undefined;
};

import { isNotFound } from '../kubernetes/client.ts';
import type { ApiObject } from '../kubernetes/objects.ts';
import type { Collection } from '../manager/datastore.ts';
import { labels } from '../modelled-on.ts';

/** Deletes an object and leaves the store as it is: what goes is only this cluster's view of it. One that has gone already is no error. */
export const forget = async <T extends ApiObject>(collection: Collection<T>, { metadata }: T): Promise<void> => {
  if (metadata.deletionTimestamp) return;
  try {
    await collection.patch(metadata.name, { metadata: { labels: { [labels.deleteCustomResourceOnly]: 'true' } } });
    await collection.delete(metadata.name);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
};

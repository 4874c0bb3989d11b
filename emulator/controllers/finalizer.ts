import { isNotFound } from '../kubernetes/client.ts';
import type { ApiObject } from '../kubernetes/objects.ts';
import type { Collection } from '../manager/datastore.ts';
import { finalizer, labels } from '../modelled-on.ts';

/** Whether an object still lacks what Longhorn's webhook sets on creation. */
export const lacksFinalizer = ({ metadata }: ApiObject): boolean =>
  !metadata.deletionTimestamp && !metadata.finalizers?.includes(finalizer);

/** Adds finalizer and labels to an object, as Longhorn's webhook does on its creation. */
export const addFinalizerAndLabels = <T extends ApiObject>(
  collection: Collection<T>,
  object: T,
  labels: Record<string, string>,
): Promise<T> =>
  collection.update({
    ...object,
    metadata: {
      ...object.metadata,
      labels: { ...labels, ...object.metadata.labels },
      finalizers: [...(object.metadata.finalizers ?? []), finalizer],
    },
  });

/** Adds the finalizer to an object that still lacks it. */
export const ensureFinalizer = async <T extends ApiObject>(
  collection: Collection<T>,
  object: T,
): Promise<T> => (lacksFinalizer(object) ? addFinalizerAndLabels(collection, object, {}) : object);

/** Removes Longhorn's finalizer, so that Kubernetes removes the object. A missing object is no error. */
export const removeFinalizer = async <T extends ApiObject>(
  collection: Collection<T>,
  object: T,
): Promise<void> => {
  const { finalizers = [], ...metadata } = object.metadata;
  const kept = finalizers.filter((entry) => entry !== finalizer);
  try {
    // Go leaves an empty list out, so the last finalizer goes with its field.
    await collection.update({
      ...object,
      metadata: kept.length === 0 ? metadata : { ...metadata, finalizers: kept },
    });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
};

/** Deletes an object only from this cluster. The store stays unchanged. A missing object is no error. */
export const deleteCustomResourceOnly = async <T extends ApiObject>(
  collection: Collection<T>,
  { metadata }: T,
): Promise<void> => {
  if (metadata.deletionTimestamp) return;
  try {
    await collection.patch(metadata.name, {
      metadata: { labels: { [labels.deleteCustomResourceOnly]: 'true' } },
    });
    await collection.delete(metadata.name);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
};

import { type ApiError, unlessGone } from './errors.ts';
import type { KubernetesObject } from './objects.ts';
import type { Resend } from './patience.ts';

/** Reading changes nothing. */
export const reading: Resend<string> = { again: true };

/** A merge patch or an apply sets fields to what they are to be, once or twice; not where it is meant for one resourceVersion. */
export const patching = (body: object): Resend<string> => ({
  again: (body as Partial<KubernetesObject>).metadata?.resourceVersion === undefined,
});

/** What is there no more, or is another object of that name by now, was deleted by the first request. */
export const deleting: Resend<string> = {
  again: true,
  settle: async ({ status }) => ([404, 409].includes(status) ? { result: '{}' } : undefined),
};

/**
 * An object with a name is made once: where it is there already, it is read, and was made by the first request if it has all the labels that were sent.
 * One without labels cannot be told from another's, and one without a name would be made twice.
 */
export const creating = (object: object, read: (name: string) => Promise<string>): Resend<string> => {
  const { name, labels = {} } = (object as Partial<KubernetesObject>).metadata ?? {};
  return {
    again: name !== undefined,
    settle: async ({ reason }: ApiError) => {
      if (reason !== 'AlreadyExists' || name === undefined || Object.keys(labels).length === 0) return undefined;
      const found = await read(name).catch(unlessGone);
      return found !== undefined && hasLabels(JSON.parse(found), labels) ? { result: found } : undefined;
    },
  };
};

const hasLabels = ({ metadata }: KubernetesObject, labels: Record<string, string>): boolean =>
  Object.entries(labels).every(([key, value]) => metadata.labels?.[key] === value);

import type { KubernetesObject } from '../../../e2e/kube/objects.ts';
import { normaliseText } from './normalise-text.ts';

/** What is compared of an object, field by field; a field that says nothing is not there. */
export type Fields = Readonly<Record<string, string>>;

/** An object as recordings and watches give it, as far as it is looked at. */
export type Judged = KubernetesObject & {
  metadata: { finalizers?: string[]; deletionTimestamp?: string; ownerReferences?: { kind: string }[] };
  spec?: { volumeName?: string; volume?: string };
  // biome-ignore lint/suspicious/noExplicitAny: five kinds of status, looked at field by field.
  status?: Record<string, any> | null;
};

const text = (value: unknown): string => normaliseText(typeof value === 'string' ? value : '');

const messagesOf = (messages: Record<string, string> | null | undefined): Record<string, string> => {
  if (!messages) return {};
  const filled = Object.entries(messages).map(([key, value]) => [`messages.${key}`, text(value)]);
  // Written empty is not the same as not written: a deletion that begins empties them.
  return filled.length > 0 ? Object.fromEntries(filled) : { messages: '{}' };
};

const describers: Record<string, (status: NonNullable<Judged['status']>) => Record<string, string>> = {
  backups: (status) => ({
    state: text(status.state) || 'new',
    ...messagesOf(status.messages),
    error: text(status.error),
  }),
  backupvolumes: (status) => ({
    lastBackup: text(status.lastBackupName) || 'none',
    ...messagesOf(status.messages),
    // How much is stored hangs on the data; whether anything is, does not.
    dataStored: status.dataStored === '0' ? '0' : status.dataStored ? 'some' : '',
  }),
  backuptargets: (status) => ({
    available: String(status.available),
    ...Object.fromEntries(
      (status.conditions ?? []).map(({ type, status: is, reason }: Record<string, string>) => [
        type,
        [is, reason].filter(Boolean).join(' '),
      ]),
    ),
  }),
  snapshots: (status) => ({
    state: status.readyToUse ? 'ready' : 'not ready',
    parent: text(status.parent),
    children: Object.keys(status.children ?? {})
      .map(text)
      .join(','),
    error: text(status.error),
  }),
  recurringjobs: (status) => ({ runs: String(status.executionCount) }),
  volumes: (status) => ({
    state: text(status.state) || 'new',
    robustness: text(status.robustness),
    lastBackup: text(status.lastBackup),
  }),
};

/** The kinds that are compared, by their plural names. */
export const judgedKinds: readonly string[] = Object.keys(describers);

/**
 * What an object of a kind is, undefined while nobody has taken it up: before a controller writes its first
 * status, finalizer and labels come in with the creation (a webhook's doing) or, in the emulator, which has
 * none, with a write after it.
 */
export const describeObject = (resource: string, { metadata, status }: Judged): Fields | undefined => {
  const fields = status && describers[resource]?.(status);
  if (!fields) return undefined;
  const all = {
    ...fields,
    deletion: metadata.deletionTimestamp ? 'asked for' : '',
    finalizers: (metadata.finalizers ?? []).join(','),
    ownedBy: (metadata.ownerReferences ?? []).map(({ kind }) => kind).join(','),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
};

import type { KubernetesObject } from '../../../e2e/kube/objects.ts';
import { normaliseText } from './normalise-text.ts';

/** The compared fields of an object, without empty ones. */
export type Fields = Readonly<Record<string, string>>;

/** An object of a recording or a watch, with the compared fields. */
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
  // An empty field differs from a missing one, because a deletion empties fields when it begins.
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
    // The size depends on the data, but not whether anything is stored.
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
 * The compared fields of an object. Undefined before a controller writes its first status: Longhorn's webhook adds
 * finalizer and labels at the creation, but the emulator, which has no webhook, adds them in a later write.
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

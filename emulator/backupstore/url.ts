import { StoreError } from './errors.ts';

export type BackupURL = { url: string; volume: string; backup: string };

/** `nfs://HOST:/PATH?backup=NAME&volume=VOLUME`, as in a Backup's status.url. An empty backup is left out. */
export const encodeBackupURL = ({ url, volume, backup }: BackupURL): string => {
  const query = new URLSearchParams({ ...(backup && { backup }), volume });
  return `${url}?${query}`;
};

/**
 * Takes such a URL apart, volume and backup being empty where it has none; throws if it is no URL of a store.
 */
export const decodeBackupURL = (text: string): BackupURL => {
  const [url = '', query = ''] = text.split('?');
  if (!/^\w+:\/\/./.test(url))
    throw new StoreError(`cannot find valid required parameter: dest URL (got ${JSON.stringify(text)})`);
  const parameters = new URLSearchParams(query);
  return { url, volume: parameters.get('volume') ?? '', backup: parameters.get('backup') ?? '' };
};

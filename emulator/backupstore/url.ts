import { StoreError } from './errors.ts';

export type BackupURL = { url: string; volume: string; backup: string };

/**
 * `nfs://HOST:/PATH?backup=NAME&volume=VOLUME`, as in a Backup's status.url, beside the options that the URL has. An empty
 * backup is left out.
 */
export const encodeBackupURL = ({ url, volume, backup }: BackupURL): string => {
  const [place, options] = url.split('?');
  const query = new URLSearchParams(options);
  if (backup) query.set('backup', backup);
  query.set('volume', volume);
  query.sort();
  return `${place}?${query}`;
};

/**
 * Takes such a URL apart, volume and backup being empty where it has none; throws if it is no URL of a store.
 */
export const decodeBackupURL = (text: string): BackupURL => {
  const [place = '', query = ''] = text.split('?');
  if (!/^\w+:\/\/./.test(place))
    throw new StoreError(`cannot find valid required parameter: dest URL (got ${JSON.stringify(text)})`);
  const parameters = new URLSearchParams(query);
  const { volume = '', backup = '', ...options } = Object.fromEntries(parameters);
  const url = [place, new URLSearchParams(options).toString()].filter((part) => part !== '').join('?');
  return { url, volume, backup };
};

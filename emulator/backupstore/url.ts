import { StoreError } from './errors.ts';

export type BackupURL = { url: string; volume: string; backup: string };

/**
 * Encodes `nfs://HOST:/PATH?backup=NAME&volume=VOLUME`, as in a Backup's status.url. Keeps the URL's own
 * options. Omits an empty backup.
 */
export const encodeBackupURL = ({ url, volume, backup }: BackupURL): string => {
  const [place, options] = url.split('?');
  const query = new URLSearchParams(options);
  if (backup) query.set('backup', backup);
  query.set('volume', volume);
  query.sort();
  return `${place}?${query}`;
};

/** Decodes such a URL. `volume` and `backup` are '' if the URL lacks them. Throws if it is not a URL of a store. */
export const decodeBackupURL = (text: string): BackupURL => {
  const [place = '', query = ''] = text.split('?');
  if (!/^\w+:\/\/./.test(place))
    throw new StoreError(`cannot find valid required parameter: dest URL (got ${JSON.stringify(text)})`);
  const parameters = new URLSearchParams(query);
  const { volume = '', backup = '', ...options } = Object.fromEntries(parameters);
  const url = [place, new URLSearchParams(options).toString()].filter((part) => part !== '').join('?');
  return { url, volume, backup };
};

import { expect, test } from 'vitest';
import { decodeBackupURL, encodeBackupURL } from '../../../emulator/backupstore/url.ts';

test.each([
  ['nfs://h:/p', 'nfs://h:/p?backup=b&volume=v'],
  ['nfs://h:/p?nfsOptions=soft%2Ctimeo%3D1', 'nfs://h:/p?backup=b&nfsOptions=soft%2Ctimeo%3D1&volume=v'],
])('the URL of a backup on %s, and what it is made of', (url, encoded) => {
  const parts = { url, volume: 'v', backup: 'b' };
  expect(encodeBackupURL(parts)).toBe(encoded);
  expect(decodeBackupURL(encoded)).toEqual(parts);
  expect(decodeBackupURL(url)).toEqual({ url, volume: '', backup: '' });
});

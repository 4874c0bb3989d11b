import { expect, test } from 'vitest';
import { streamUrl } from '../../../../emulator/ui/page/live.ts';
import { backupsHref, readRoute } from '../../../../emulator/ui/page/route.ts';

test.each([
  ['', { page: 'backupVolumes' }],
  ['#/backup', { page: 'backupVolumes' }],
  ['#/backup#volume', { page: 'backupVolumes' }],
  ['#/backup/v?field=name&keyword=v-1234', { page: 'backups', volume: 'v', backupVolume: 'v-1234' }],
  ['#/backup/v', { page: 'backups', volume: 'v', backupVolume: '' }],
  ['#/backup/v/more', { page: 'notEmulated', path: '/backup/v/more' }],
  ['#/dashboard', { page: 'notEmulated', path: '/dashboard' }],
])('%s leads to %j', (hash, route) => {
  expect(readRoute(hash)).toEqual(route);
});

test('a backup volume leads to its own backups', () => {
  const names = { volume: 'v', backupVolume: 'v-1234' };
  expect(readRoute(backupsHref(names))).toEqual({ page: 'backups', ...names });
});

test.each([
  ['http://localhost:8080/#/backup', 'ws://localhost:8080/v1/ws/1s/backups'],
  // Behind the API server's proxy the page has a path.
  [
    'https://api/services/longhorn-frontend:80/proxy/?a#/backup/v',
    'wss://api/services/longhorn-frontend:80/proxy/v1/ws/1s/backups',
  ],
])('the page %s follows %s', (page, stream) => {
  expect(streamUrl(page, 'backups')).toBe(stream);
});

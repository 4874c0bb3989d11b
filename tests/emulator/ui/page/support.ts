import type { BackupRecord, BackupVolumeRecord } from '../../../../emulator/ui/page/records.ts';

export const record = (id: string, more: Partial<BackupRecord> = {}): BackupRecord => ({
  id,
  name: id,
  state: 'Completed',
  progress: 100,
  error: '',
  url: `nfs://store:/export?backup=${id}&volume=v`,
  created: '2026-01-01T00:00:00Z',
  volumeName: 'v',
  backupTargetName: 't',
  backupMode: 'incremental',
  blockSize: '2097152',
  snapshotName: 's',
  snapshotCreated: '2026-01-01T00:00:00Z',
  size: '67108864',
  newlyUploadDataSize: '67109472',
  reUploadedDataSize: '0',
  labels: null,
  messages: null,
  ...more,
});

export const volumeRecord = (name: string, more: Partial<BackupVolumeRecord> = {}): BackupVolumeRecord => ({
  id: name,
  name,
  volumeName: 'v',
  backupTargetName: 't',
  size: '67108864',
  lastBackupName: 'b1',
  lastBackupAt: '2026-01-01T00:00:00Z',
  created: '2026-01-01T00:00:00Z',
  messages: null,
  ...more,
});

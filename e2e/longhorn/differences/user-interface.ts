import { type Difference, issue } from './difference.ts';

/** What differs in Longhorn's user interface. */
export const userInterfaceDifferences = {
  'waiting-message-not-on-page': {
    title: 'The page of backups does not say what a waiting backup waits for',
    document: 'manual test "Delete Backup Asynchronously": the second backup is Pending, with a message',
    product: 'the message is in status.messages.info and in the answer of the API; the page has only status.messages.error, as a tooltip',
    versions: '>=1.8.0',
    seen: 'longhorn-ui v1.8.0 to v1.12.1, src/routes/backup/BackupList.js',
    link: issue(8746),
  },
} as const satisfies Record<string, Difference>;

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
  'page-falls-silent': {
    title: 'The page of backups stops following when nothing has changed for a minute',
    document:
      'manual test "Test Frontend Payload Data When Resource Not Updated": after 3 min without a change the page still hears of the server',
    product:
      'the user interface closes a stream that told nothing between two of its looks, which come every 30 s, and means to open it again; the library takes that for closed on purpose, and the page stays as it is until it is loaded again',
    versions: '>=1.8.0',
    seen: 'longhorn-ui v1.8.0 to v1.12.1, src/utils/websocket.js; robust-websocket 1.0.0; longhorn-manager v1.12.1, api/stream.go',
    link: issue(2646),
  },
} as const satisfies Record<string, Difference>;

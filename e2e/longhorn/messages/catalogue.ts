import { attachmentMessages } from './attachment.ts';
import { controllerMessages } from './controllers.ts';
import { creationMessages } from './creation.ts';
import { cronMessages } from './cron.ts';
import { deletionMessages } from './deletion.ts';
import { otherMessages } from './elsewhere.ts';
import { jobMessages } from './job.ts';
import { jobTroubles } from './job-troubles.ts';
import { panicMessages } from './panics.ts';
import { processMessages } from './processes.ts';
import { restoreMessages } from './restore.ts';
import { type MessageRow, usualWording, type WrittenRow } from './row.ts';
import { surroundingMessages } from './surroundings.ts';
import { waitingMessages } from './waiting.ts';

const rows = {
  ...waitingMessages,
  ...deletionMessages,
  ...creationMessages,
  ...surroundingMessages,
  ...jobMessages,
  ...jobTroubles,
  ...cronMessages,
  ...restoreMessages,
  ...attachmentMessages,
  ...processMessages,
  ...otherMessages,
  ...controllerMessages,
  ...panicMessages,
};

export type MessageId = keyof typeof rows;

const complete = (row: WrittenRow): MessageRow => ({
  compared: 'whole',
  ...row,
  wordings: ('wordings' in row ? row.wordings : [row]).map((wording) => ({ ...usualWording, ...wording })),
});

/** All known messages of Longhorn, by name. A message that is missing here is unclassified. */
export const catalogue = Object.fromEntries(
  Object.entries(rows).map(([id, row]) => [id, complete(row)]),
) as Readonly<Record<MessageId, MessageRow>>;

/** The names of all messages, in the order of the catalogue. */
export const messageIds = Object.keys(catalogue) as MessageId[];

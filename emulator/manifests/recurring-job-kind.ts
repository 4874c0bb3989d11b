import type { Kind } from './kind.ts';
import { integer, object, open, text, texts } from './schema.ts';

// Open, with the defaults of Longhorn's webhook, as in volume-kinds.ts; the webhook's spec.name is left to who reads it.
export const recurringJobKind: Kind = {
  kind: 'RecurringJob',
  plural: 'recurringjobs',
  shortNames: ['lhrj'],
  spec: open({
    name: text(),
    groups: { type: 'array', items: text(), default: [] },
    task: text(),
    cron: text(),
    retain: integer({ default: 1 }),
    concurrency: integer({ default: 1 }),
    labels: { ...texts, default: {} },
    parameters: { ...texts, default: {} },
  }),
  status: object({ ownerID: text(), executionCount: integer() }),
};

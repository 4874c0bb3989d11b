import { expect, test } from 'vitest';
import type { VolumeAttachment } from '../../../../e2e/longhorn/types.ts';
import { bindSteps } from '../../../../e2e/suite/steps/subjects.ts';
import type { Timeouts } from '../../../../e2e/suite/steps/timeouts.ts';
import { aTarget, createTestContext, emptyTimelines } from '../../../support/test-context.ts';

const soon = { within: '30ms', owner: 'the test' } as const;
const briefly = new Proxy({} as Timeouts, { get: () => soon });
const volume = { name: 'v', target: aTarget, node: 'node1', size: 64 };

test('a ticket of a backup that is left on a volume is reported; those of others are none', async () => {
  const timelines = emptyTimelines();
  const { then } = bindSteps(createTestContext({ timelines, timeouts: briefly }).context);
  const wants = (...types: string[]): void => {
    const tickets = types.map((type) => [type, { id: `${type}-1`, type }]);
    const spec: VolumeAttachment['spec'] = { attachmentTickets: Object.fromEntries(tickets) };
    timelines.attachments.push({ kind: 'modified', at: 1, object: { metadata: { name: 'v' }, spec } });
  };
  wants('longhorn-api', 'backup-controller');
  await expect(then.noTicketLeft(volume)).rejects.toThrow('tickets of backups: backup-controller-1');
  wants('longhorn-api');
  await then.noTicketLeft(volume);
});

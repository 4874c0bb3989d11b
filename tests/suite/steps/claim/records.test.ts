import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { judgeRecords, type Records, writeRecords } from '../../../../e2e/suite/steps/claim/records.ts';
import { InconclusiveError } from '../../../../e2e/suite/steps/judging.ts';
import { stubCluster } from '../../../support/stub-cluster.ts';

const cluster = stubCluster();

/** Lets a pod write records on this machine, until it has some more than it needs to go on, and ends it. */
const written = async (): Promise<Records> => {
  const folder = await mkdtemp(join(tmpdir(), 'corral-records-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const records = await writeRecords({ cluster }, { pods: [{ pod: 'pod-0' }] as never }, folder);
  const { writing, before } = records;
  await writing.until(() => (writing.commands[0]?.lines.length ?? 0) > before + 5, 60_000);
  await writing.end(0);
  return records;
};

const recordSize = 512;
const setRecord = async ({ folder }: Records, file: string, place: number, text: string): Promise<void> => {
  const opened = await open(join(folder, file), 'r+');
  await opened.write(text, (place - 1) * recordSize);
  await opened.close();
};
const noRecord = '\0'.repeat(recordSize);

/** What the pod has at an earlier time: these many records of each file. */
const backTo = async (records: Records, first: number, second: number): Promise<void> => {
  for (const [file, count] of Object.entries({ first, second }))
    await setRecord(records, file, count + 1, noRecord.repeat(1_000));
};

test('the records of one time are in order, be the last one in both files or not', async () => {
  const records = await written();
  const { before } = records;
  await backTo(records, before + 2, before + 2);
  await expect(judgeRecords({ cluster }, records)).resolves.toMatch(`${before + 2} of `);
  await backTo(records, before + 1, before);
  await expect(judgeRecords({ cluster }, records)).resolves.toMatch(`${before} of `);
});

test('records that are lost, or of different times, are told', async () => {
  const records = await written();
  const { before } = records;
  await backTo(records, before + 3, before + 1);
  await expect(judgeRecords({ cluster }, records)).rejects.toThrow('each was written to first before');
  await backTo(records, before, before + 1);
  await expect(judgeRecords({ cluster }, records)).rejects.toThrow('each was written to first before');
  await backTo(records, before - 1, before - 1);
  await expect(judgeRecords({ cluster }, records)).rejects.toThrow(`${before} were synced before`);
  await setRecord(records, 'second', 7, noRecord);
  await expect(judgeRecords({ cluster }, records)).rejects.toThrow('second has 8 as record 7');
});

test('nothing is proven if the writing had ended before the snapshot', async () => {
  await expect(judgeRecords({ cluster }, await written())).rejects.toThrow(InconclusiveError);
});

import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { type Report, reportSchema } from '../schema.ts';
import { cutLog, logName } from './read-evidence.ts';
import type { EvidenceTexts } from './timeline.ts';

const isWanted = (name: string): boolean =>
  /(^|\/)(report\.json|history\.ndjson|logs\/[^/]+\.log)$/.test(name);

const filesOf = async (path: string): Promise<Map<string, string>> => {
  const files = new Map<string, string>();
  const archive = extract();
  const read = async () => {
    for await (const entry of archive) {
      const { name } = entry.header;
      if (isWanted(name)) files.set(name, await text(entry));
      else entry.resume();
    }
  };
  await Promise.all([pipeline(createReadStream(path), createGunzip(), archive), read()]);
  return files;
};

/**
 * Reads the bundle of a scenario: its report (with this scenario only) and its evidence. Throws if the file is no
 * bundle.
 */
export const readBundle = async (path: string): Promise<{ report: Report; evidence: EvidenceTexts }> => {
  const files = await filesOf(path);
  const find = (name: string) => [...files].find(([each]) => each === name || each.endsWith(`/${name}`))?.[1];
  const report = find('report.json');
  if (report === undefined) throw new Error('there is no report.json in it');
  const logs = [...files]
    .filter(([name]) => name.endsWith('.log'))
    .map(([name, log]) => ({ name: logName(basename(name)), text: cutLog(log, false) }));
  return {
    report: reportSchema.parse(JSON.parse(report)),
    evidence: {
      history: find('history.ndjson') ?? '',
      logs: logs.toSorted((one, other) => one.name.localeCompare(other.name)),
      unreadable: [],
    },
  };
};

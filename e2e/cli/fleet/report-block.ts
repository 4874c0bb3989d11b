import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { type Report, reportSchema } from '../../report/schema.ts';

const block = /^corral-report ([0-9a-f]{64})\n([A-Za-z0-9+/=\n]*)\ncorral-report-end$/gm;

/** Reads the report at the end of a pod's log, where fixtures/fleet/play-shard.sh puts it; throws when there is none, or not all of it. */
export const readReportBlock = (log: string): Report => {
  const [, digest, packed] = [...log.matchAll(block)].at(-1) ?? [];
  if (digest === undefined || packed === undefined) throw new Error('its log does not end with a report');
  const text = gunzipSync(Buffer.from(packed, 'base64'));
  if (createHash('sha256').update(text).digest('hex') !== digest) throw new Error('the report in its log is damaged');
  return reportSchema.parse(JSON.parse(text.toString()));
};

/** The log without that report: what a reader wants of it. */
export const withoutReportBlock = (log: string): string => log.replace(block, '').trimEnd();

import { statSync } from 'node:fs';
import { type Ledger, ledgerPath, openLedger } from '../faults/ledger.ts';
import { readReport, reportPath } from '../report/file.ts';
import { CommandError, exitCode } from './exit-code.ts';

/** What a run's folder of results says of the faults that the run has injected. */
export type RunFolder = {
  ledger: Ledger;
  /** Whether there is a ledger: a run that injected no fault has none. */
  recorded: boolean;
  /** The ids of the runs whose faults may be in force: that of the report, the ledger's last one, and those that have not healed all. */
  runs: string[];
};

const whichOne = "name the run's folder of results (--out DIR), or give the run's id (--run ID)";

/** Reads a run's folder of results; throws a CommandError of one line for one that is not there, is none of a run, or does not say of which. */
export const readRunFolder = async (out: string): Promise<RunFolder> => {
  const found = statSync(out, { throwIfNoEntry: false });
  if (found === undefined) throw unread(`there is no folder ${out}: ${whichOne}`);
  if (!found.isDirectory()) throw unread(`${out} is a file: ${whichOne}`);
  const recorded = statSync(ledgerPath(out), { throwIfNoEntry: false }) !== undefined;
  const ledger = await openLedger(out);
  const report = await readReport(out).catch(() => {
    throw unread(`${reportPath(out)} cannot be read, which says what run this was: give the run's id (--run ID)`);
  });
  if (!recorded && report === undefined)
    throw unread(`${out} is not of a run: it holds neither faults.ndjson nor report.json: ${whichOne}`);
  // That of merged reports is the ids of all their runs.
  return { ledger, recorded, runs: [...new Set([...(report?.run.split(',') ?? []), ...ledger.runs()])] };
};

const unread = (message: string): CommandError => new CommandError(message, exitCode.failed);

import { CommandFailed } from '../build/command.ts';
import { isDiskTrouble } from '../build/trouble.ts';
import { NotFit } from '../not-fit.ts';
import { oneLine } from '../one-line.ts';

/** The machine's Debian archive has no such suite or package; another suite may have it. */
export class NotInArchive extends NotFit {}

const complaints = (said: string): string[] => said.split('\n').flatMap((line) => /^(?:E|Err:\d+): ?(.*)/.exec(line)?.[1] ?? []);

/** Says why apt failed, in one line, by what it complained of first; a full disk and other errors that are not apt's stay as they are. */
export const explainApt = (error: unknown, suite: string): unknown => {
  if (!(error instanceof CommandFailed) || isDiskTrouble(error)) return error;
  const { said } = error;
  const complaint = oneLine(complaints(said)[0] ?? said);
  if (/does not have a Release file/.test(said))
    return new NotInArchive(`this machine's Debian archive has no suite ${suite} (apt: ${complaint}): use a mirror that has it`);
  if (/Unable to locate package|has no installation candidate/.test(said))
    return new NotInArchive(`this machine's Debian archive lacks a package in ${suite} (apt: ${complaint}): use a mirror that has it`);
  if (/Failed to fetch|Could not (resolve|connect)|Temporary failure/.test(said))
    return new NotFit(
      `Debian packages of ${suite} cannot be fetched (apt: ${complaint}): check the network, and the proxy and mirror in apt's settings`,
    );
  return new NotFit(`apt cannot take packages of ${suite} (apt: ${complaint}): mend what it says, then run the command again`);
};

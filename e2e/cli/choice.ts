import { relative } from 'node:path';
import { composeReport } from '../report/compose-report.ts';
import { composeClosing } from '../report/console.ts';
import { readExpectedTimes } from '../report/expected-times.ts';
import { writeReport } from '../report/file.ts';
import { streamFor } from '../report/output.ts';
import type { ShardReport } from '../report/schema.ts';
import { tellStart } from '../report/tell-end.ts';
import { makeRunId } from '../suite/config/run-id.ts';
import type { Arguments } from './arguments/parse.ts';
import { type Chosen, listScenarios } from './catalogue.ts';
import { type ExitCode, exitCode } from './exit-code.ts';
import { exactly, takeShard } from './shard.ts';

/** What a run is to play. */
export type Choice = {
  chosen: Chosen[];
  shard?: ShardReport | undefined;
  /** Regular expression on the names of the scenarios that, with the tags and the files of the chosen ones, chooses these. */
  only: string | undefined;
};

/** Lists the scenarios that the flags choose, before anything is started; none can only be what a shard gets. Throws as listScenarios does. */
export const chooseScenarios = async (config: string, args: Pick<Arguments, 'only' | 'tags' | 'shard'>): Promise<Choice> => {
  const { all, chosen } = await listScenarios(config, args);
  if (args.shard === undefined) return { chosen, only: args.only };
  const taken = takeShard(args.shard, { all, chosen, times: readExpectedTimes() });
  return { ...taken, only: exactly(taken.chosen) };
};

/** Says and reports that a shard has nothing to play, which is no failure: there may be more shards than scenarios. No cluster is brought for it. */
export const tellEmptyShard = async (
  args: Pick<Arguments, 'out' | 'provider' | 'longhorn' | 'output'>,
  { shard }: Choice,
): Promise<ExitCode> => {
  const report = composeReport({
    run: makeRunId(),
    startedAt: new Date(),
    provider: args.provider,
    target: { name: args.longhorn.replace(/:.*$/s, ''), version: null },
    kubernetes: null,
    end: { state: 'finished', reason: null },
    shard,
    scenarios: [],
  });
  tellStart(args.output, { ...report, scenarios: 0 });
  const path = await writeReport(args.out, report);
  const stream = streamFor(args.output);
  stream.write(`shard ${shard?.index}/${shard?.of} gets no scenario of the chosen ones: nothing was played\n`);
  for (const line of composeClosing(report, relative('', path), (_, text) => text)) stream.write(`${line}\n`);
  return exitCode.passed;
};

import { readdir, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { makeRunId } from '../config/run-id.ts';
import { type Cluster, connect, type KubernetesObject, resources } from '../kube/cluster.ts';
import { orAborted } from '../kube/or-aborted.ts';
import { printLines } from '../kube/print-lines.ts';
import { pluralize } from '../kube/text.ts';
import { explainError } from '../report/explain-error.ts';
import { removeReport } from '../report/file.ts';
import { handleSignals } from '../report/interruption.ts';
import { reportError } from './command.ts';
import { CommandError, type ExitCode, exitCode } from './exit-code.ts';
import { type FleetArguments, parseFleet } from './fleet/arguments.ts';
import { followFleet } from './fleet/follow.ts';
import { composeFleet, fleetNamespace, makeObjects, removeObjects } from './fleet/objects.ts';
import { mergeAndPrint } from './merge-reports.ts';

const complain = (line: string): void => void process.stderr.write(`fleet: ${line}\n`);

const nameOf = ({ kind, metadata }: KubernetesObject): string =>
  `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`;

/** Removes the reports of an earlier fleet, so that none of them is taken for a report of this one. */
const removeReports = async (out: string): Promise<void> => {
  await removeReport(out);
  const shards = (await readdir(out).catch(() => [])).filter((name) => /^shard-\d+$/.test(name));
  for (const name of shards) await rm(join(out, name), { recursive: true });
};

const runFleet = async (cluster: Cluster, args: FleetArguments, signal: AbortSignal): Promise<ExitCode> => {
  const run = makeRunId();
  const { metadata } = await cluster.get(resources.namespaces, { name: 'kube-system' });
  const objects = await composeFleet(args, { run, uid: metadata.uid ?? '' });
  printLines(
    `Corral fleet ${run}: ${pluralize(args.shards, 'shard')}, mode ${args.mode}, image ${args.image}`,
  );
  printLines(
    `On ${cluster.server} (context ${cluster.context}), Kubernetes ${await cluster.version()}; it makes, and removes:`,
  );
  for (const object of objects) printLines(`  ${nameOf(object)}`);
  await removeReports(args.out);
  const namespace = fleetNamespace(run);
  let removed = false;
  let code: ExitCode;
  try {
    await makeObjects(cluster, objects, signal);
    const sources = await orAborted(
      followFleet({ cluster, namespace, shards: args.shards, out: args.out, print: printLines, signal }),
      signal,
    );
    if (sources.length === 0)
      throw new CommandError(
        `no shard has a report: see the logs in ${relative('', args.out)}`,
        exitCode.notFit,
      );
    code = await mergeAndPrint(sources, {
      out: args.out,
      allowMissing: false,
      strictBugs: args.e2e.strictBugs,
    });
  } finally {
    removed = await remove(cluster, objects, run);
  }
  return code === exitCode.passed && !removed ? exitCode.notFit : code;
};

const remove = async (
  cluster: Cluster,
  objects: readonly KubernetesObject[],
  run: string,
): Promise<boolean> => {
  printLines('Removing what the fleet made ...');
  try {
    await removeObjects(cluster, objects);
    printLines('Removing what the fleet made: done');
    return true;
  } catch (error) {
    complain(`something of the fleet is left (npx corral cleanup --run ${run}): ${explainError(error)}`);
    return false;
  }
};

/**
 * `npx corral fleet`: runs the scenarios in pods, one shard per pod, and merges their reports. Returns the exit code
 * of `npm run e2e`. Errors are printed.
 */
export const runFleetCommand = async (argv: readonly string[]): Promise<ExitCode> => {
  const interrupted = new AbortController();
  const restoreSignals = handleSignals({
    first: (signal) => {
      printLines(`\nInterrupted by ${signal}: the shards clean up, and the fleet goes`);
      interrupted.abort(new Error(`interrupted by ${signal}`));
    },
    later: () => {
      complain('what the fleet made is left in the cluster: npx corral cleanup --all removes it');
      process.exit(exitCode.interrupted);
    },
  });
  try {
    const args = parseFleet(argv);
    return await runFleet(
      connect({ kubeconfig: args.kubeconfig, context: args.context }),
      args,
      interrupted.signal,
    );
  } catch (error) {
    if (interrupted.signal.aborted) return exitCode.interrupted;
    return reportError('fleet', error);
  } finally {
    restoreSignals();
  }
};

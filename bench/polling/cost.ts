import type { Cluster } from '../../e2e/kube/cluster.ts';

/**
 * What an API server has done since its start: requests that read ConfigMaps, and processor time in seconds.
 */
export type Cost = { requests: number; cpuSeconds: number };

// Whoever brings the states about only writes.
const reading =
  /^apiserver_request_total\{(?=.*\bresource="configmaps")(?=.*\bverb="(?:GET|LIST|WATCH)").*\} (\S+)$/gm;
const processor = /^process_cpu_seconds_total (\S+)$/m;

/** Reads both from text in Prometheus's format. */
const parseCost = (metrics: string): Cost => ({
  requests: [...metrics.matchAll(reading)].reduce((all, [, count]) => all + Number(count), 0),
  cpuSeconds: Number(processor.exec(metrics)?.[1]),
});

/** Asks the API server for its metrics. A watch counts among the requests when it has ended. */
export const readCost = async (cluster: Cluster): Promise<Cost> =>
  parseCost(await (await cluster.request('/metrics')).text());

import type { Cluster } from '../kube/cluster.ts';
import { apiPort, managerPods } from './manager.ts';

/** A value of a metric, with the labels that tell what it is of. */
export type Metric = { name: string; labels: Record<string, string>; value: number };

/**
 * Parses the text format of Prometheus. Metrics without labels are left out. Values of labels must have no quotation
 * marks and no braces, as Longhorn's.
 */
export const parseMetrics = (text: string): Metric[] =>
  [...text.matchAll(/^(\w+)\{([^}]*)\} (\S+)/gm)].map(([, name = '', labels = '', value]) => ({
    name,
    labels: Object.fromEntries(
      [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = '', text = '']) => [label, text]),
    ),
    value: Number(value),
  }));

// The API listens on the address of the pod alone.
const scrape = `exec 3<>"/dev/tcp/$POD_IP/${apiPort}" && printf 'GET /metrics HTTP/1.0\\r\\n\\r\\n' >&3 && timeout 20 cat <&3`;

/** The metrics of all running managers. Each reports the objects that it owns. Throws if one does not answer. */
export const readMetrics = async (cluster: Cluster): Promise<Metric[]> => {
  const answers = await Promise.all(
    (await managerPods(cluster)).map(async (manager) => {
      const { stdout, stderr, exitCode } = await cluster.script(manager, scrape);
      const [status = ''] = stdout.split('\r\n', 1);
      if (exitCode !== 0 || !status.endsWith(' 200 OK'))
        throw new Error(`${manager.name} reports no metrics: ${status || stderr.trim()}`);
      return parseMetrics(stdout);
    }),
  );
  return answers.flat();
};

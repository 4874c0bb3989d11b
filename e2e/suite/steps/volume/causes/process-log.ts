import { managerContainer, managerLabel } from '../../../../longhorn/manager.ts';
import { longhornNamespace as namespace } from '../../../../longhorn/resources.ts';
import { type Cluster, type KubernetesObject, resources } from '../../../../kube/cluster.ts';

/** Engines and replicas run in these pods, whose logs have what they say. */
const instanceManagerLabel = 'longhorn.io/component=instance-manager';

// The kubelet gives the end of a log, however long it is.
const tailLines = 5000;
const most = 6;

/** A line in which a process, or who starts it, says that something went wrong. */
const isError = (line: string): boolean => /\blevel="?(error|fatal|panic)\b|\bFATAL\b|\bpanic:|\bError running\b/.test(line);

const unquoted = (text: string): string => text.replaceAll(/\\(["\\])/g, '$1').replaceAll('\\n', ' ');

/** What a line says, without its time and the names of fields: its message, and the error behind that. */
export const sayingOf = (line: string): string => {
  const field = (name: string) => new RegExp(`\\b${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|(\\S+))`).exec(line);
  const said = ['msg', 'error'].flatMap((name) => {
    const found = field(name);
    return found === null ? [] : unquoted(found[1] ?? found[2] ?? '');
  });
  return said.length > 0 ? said.join(': ') : line.replace(/^\S*\d\d:\d\d:\d\d\S*\s+/, '').trim();
};

/** The last lines of a log that tell of an error of a volume's: those name the volume, or one of its processes. */
export const errorLinesOf = (log: string, volume: string): string[] =>
  log
    .split('\n')
    .filter((line) => line.includes(volume) && isError(line))
    .slice(-most);

type Read = { cluster: Cluster; volume: string; since: string | undefined; signal: AbortSignal };

/** The last errors of a volume's processes, `pod: line`: from the logs of the instance managers; where those tell of none, from the managers'. */
export const processErrors = async (read: Read): Promise<string[]> => {
  const told = await errorsIn(read, { labelSelector: instanceManagerLabel });
  return told.length > 0 ? told : errorsIn(read, { labelSelector: managerLabel, container: managerContainer });
};

const errorsIn = async (
  { cluster, volume, since, signal }: Read,
  { labelSelector, container }: { labelSelector: string; container?: string },
): Promise<string[]> => {
  const { items } = await cluster.list<KubernetesObject>(resources.pods, { namespace, labelSelector, signal });
  const logs = items.map(async ({ metadata: { name } }) => {
    const pod = { namespace, name, ...(container !== undefined && { container }) };
    const log = await cluster.logs(pod, { tailLines, ...(since !== undefined && { sinceTime: since }) });
    return errorLinesOf(log, volume).map((line) => `${name}: ${line}`);
  });
  // One pod that cannot be read keeps nobody from what the others say.
  return (await Promise.allSettled(logs)).flatMap((each) => (each.status === 'fulfilled' ? each.value : [])).slice(-most);
};

import { execInPod, type PodCommands, startInPods } from '../../../kube/in-pods.ts';
import type { Context } from '../context.ts';
import { InconclusiveError, throwIfAny } from '../judging.ts';
import { containerOf, dataFolder, type StatefulSetHandle } from './workload.ts';

/** What a pod writes, and how many of its records were synced before anything was made of its volume. */
export type Records = { pod: string; folder: string; writing: PodCommands; before: number };

const enough = 50;

// The files have their blocks before, so that a record changes data alone. It is one sector, which is there or not. The
// writing ends by itself.
const writing = `
set -e
cd "$1"
head -c 4M /dev/zero >first
cp first second
sync first second .
exec 3<>first 4<>second
for ((record = 1; record <= 8192; record++)); do
  printf '%-511d\\n' "$record" >&3
  sync first
  printf '%-511d\\n' "$record" >&4
  sync second
  echo "$record"
done`;

const counting = `
set -e
cd "$1"
for file in first second; do
  count=0
  while read -r record; do
    count=$((count + 1))
    if [ "$record" != "$count" ]; then
      echo "$file has $record as record $count"
      exit
    fi
  done < <(tr -d '\\0 ' <"$file")
  echo "$count"
done`;

/** Lets a pod write records. Returns when it has synced some of them, and goes on. */
export const writeRecords = async (
  { cluster }: Pick<Context, 'cluster'>,
  { pods }: Pick<StatefulSetHandle, 'pods'>,
  folder = dataFolder,
): Promise<Records> => {
  const [pod = ''] = pods.map((each) => each.pod);
  const command = ['bash', '-c', writing, 'corral-records', folder];
  const started = startInPods(cluster, { pods: [containerOf(pod)], command });
  const [own] = started.commands;
  const lines = own?.lines ?? [];
  await started.until(() => lines.length >= enough || own?.ended !== undefined, 120_000);
  if (lines.length < enough || own?.ended !== undefined)
    throw new Error(`pod ${pod} has synced ${lines.length} records: ${own?.ended ?? 'it still writes'}`);
  return { pod, folder, writing: started, before: lines.length };
};

/** Compares the records that a pod has now with those that it wrote before its volume was restored. */
export const judgeRecords = async (
  { cluster }: Pick<Context, 'cluster'>,
  { pod, folder, writing, before }: Records,
): Promise<string> => {
  const command = ['bash', '-c', counting, 'corral-records', folder];
  const failed = `the records in pod ${pod} could not be read`;
  const counted = await execInPod(cluster, containerOf(pod), command, failed);
  const [first = Number.NaN, second = Number.NaN, ...wrong] = counted.split('\n').map(Number);
  const found = `first has ${first} records, and second ${second}`;
  if (Number.isNaN(first + second) || wrong.length > 0) throw new Error(`pod ${pod}: ${counted}`);
  throwIfAny(
    [
      ...(first === second || first === second + 1 ? [] : [`${found}, and each was written to first before`]),
      ...(second >= before ? [] : [`${found}, and ${before} were synced before the snapshot`]),
    ],
    `pod ${pod} has other records than it had at any time`,
  );
  const written = writing.commands[0]?.lines.length ?? 0;
  if (second >= written)
    throw new InconclusiveError(`pod ${pod} had written all records before the snapshot`);
  return `${second} of ${written} records, ${before} of them synced before`;
};

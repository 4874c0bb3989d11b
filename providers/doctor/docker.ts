import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { z } from 'zod';
import { isCached } from '../../lab/cache/cache.ts';
import { openCache } from '../../lab/cache/folders.ts';
import { canUseApt } from '../../lab/debian/can-use-apt.ts';
import { checkCommands } from '../../lab/fitness.ts';
import { podSystemArtifact } from '../../lab/images/core.ts';
import { checkDocker, checkTool } from '../docker/check.ts';
import { removeCommand } from '../docker/cluster.ts';
import { debianImage } from '../docker/pod-system.ts';
import type { ClusterTool } from '../docker/tool.ts';
import { examineApt, toCheck } from './apt.ts';
import { type Check, okCheck, runCheck, warningCheck } from './check.ts';

const GIB = 2 ** 30;

/** Time-out of a command, in ms. The doctor owns it. */
const answer = 30_000;

const infoSchema = z.looseObject({
  ServerVersion: z.string(),
  CgroupVersion: z.string().default('1'),
  MemTotal: z.number(),
});

const ask = async (command: string, args: string[]): Promise<string | undefined> => {
  const { failed, stdout } = await execa(command, args, { reject: false, stdin: 'ignore', timeout: answer });
  return failed ? undefined : stdout;
};

/** Checks what a cluster of Docker containers needs of this machine. */
export const examineDocker = async (tool: ClusterTool, longhorn: string): Promise<Check[]> => {
  const found = await runCheck(tool.name, () => checkTool(tool));
  const docker = await runCheck('docker', async () => {
    await checkDocker();
    return 'it answers';
  });
  const answers = docker.state === 'ok';
  return [
    found,
    docker,
    ...(answers ? await examineEngine(longhorn) : []),
    await examineKubectl(),
    ...(await examineInotify()),
    ...(await examineImages(answers)),
    warningCheck(
      'iSCSI',
      "there is none in a container (longhorn #8158): scenarios that need a volume's block device are skipped",
      null,
    ),
    ...(answers && found.state === 'ok' ? await examineLeftOver(tool) : []),
  ];
};

// In GiB: the memory of a Longhorn in a lab (3.3 GB in total), with a margin, besides Kubernetes itself with 4 nodes.
const needed = { emulator: 4, release: 6 } as const;

const examineEngine = async (longhorn: string): Promise<Check[]> => {
  const info = infoSchema.safeParse(parse((await ask('docker', ['info', '--format', '{{json .}}'])) ?? ''));
  if (!info.success)
    return [warningCheck('Docker Engine', 'docker info does not say what it is', 'docker info')];
  const { ServerVersion, CgroupVersion, MemTotal } = info.data;
  const least = longhorn === 'emulator' ? needed.emulator : needed.release;
  const has = `Docker has ${(MemTotal / GIB).toFixed(1)} GiB`;
  return [
    okCheck('Docker Engine', ServerVersion),
    CgroupVersion === '2'
      ? okCheck('control groups', 'version 2')
      : warningCheck(
          'control groups',
          `version ${CgroupVersion}, which newer Kubernetes releases refuse`,
          'boot with systemd.unified_cgroup_hierarchy=1',
        ),
    MemTotal >= least * GIB
      ? okCheck('memory', `${has}, ${least} should do`)
      : warningCheck(
          'memory',
          `${has}, and about ${least} are taken`,
          'end other containers, or give Docker more',
        ),
  ];
};

const examineKubectl = async (): Promise<Check> => {
  const version = z
    .object({ clientVersion: z.object({ gitVersion: z.string() }) })
    .safeParse(parse((await ask('kubectl', ['version', '--client', '--output', 'json'])) ?? ''));
  if (version.success) return okCheck('kubectl', version.data.clientVersion.gitVersion);
  return warningCheck(
    'kubectl',
    'it is missing: no run needs it, but you do to look into a cluster that was kept',
    'see kubernetes.io/docs/tasks/tools',
  );
};

// From kind's documents ("Pod errors due to too many open files").
const limits = { max_user_watches: 524_288, max_user_instances: 512 } as const;

const examineInotify = (): Promise<Check[]> =>
  Promise.all(
    Object.entries(limits).map(async ([name, least]) => {
      const title = `inotify ${name}`;
      const value = Number(await readFile(`/proc/sys/fs/inotify/${name}`, 'utf8').catch(() => Number.NaN));
      if (Number.isNaN(value)) return warningCheck(title, 'not known here: Docker runs elsewhere');
      if (value >= least) return okCheck(title, String(value));
      return warningCheck(
        title,
        `${value}: nodes of several clusters have too many open files with that`,
        `run sysctl -w fs.inotify.${name}=${least} as root`,
      );
    }),
  );

// A run removes its cluster, unless the cluster is to be kept.
const examineLeftOver = async (tool: ClusterTool): Promise<Check[]> => {
  const names = tool.list
    .read((await ask(tool.name, tool.list.args)) ?? '')
    .filter((name) => /^corral-\d+$/.test(name));
  return names.map((name) =>
    warningCheck(`cluster ${name}`, 'it was kept, or left by a run', removeCommand(tool, name)),
  );
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Checks what is needed to make Corral's own images: those of the backup store and of the emulator. */
const examineImages = async (dockerAnswers: boolean): Promise<Check[]> => {
  const folder = await runCheck('cache', openCache);
  const built = folder.state === 'ok' && (await isCached(podSystemArtifact));
  if (built) return [folder, okCheck("Corral's images", 'the cache has what they are made of')];
  // Without Docker there is no cluster either, so only Docker is reported as missing.
  const byDocker = !(await canUseApt().catch(() => true));
  const commands = await checkCommands([...(byDocker ? [] : ['apt-get', 'dpkg-deb']), 'tar', 'flock']);
  const made = okCheck(
    "Corral's images",
    `they are made in Docker, from ${debianImage}: apt here has no Debian archive`,
  );
  return [
    folder,
    ...commands.map(toCheck),
    ...(byDocker ? (dockerAnswers ? [made] : []) : await examineApt(commands)),
  ];
};

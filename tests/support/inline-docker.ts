import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Behaviour } from './docker-stubs.ts';

// Answers like docker, kind and k3d, without containers. The scripts of docker-stubs.ts call it as
// inline-docker.ts FOLDER NAME ARGS... Calls are recorded in FOLDER/calls, clusters in FOLDER/clusters.
const [folder = '', command = '', ...args] = process.argv.slice(2);
const line = [command, ...args].join(' ');
appendFileSync(
  join(folder, 'calls'),
  `${JSON.stringify({ line, kubeconfig: process.env.KUBECONFIG, pid: process.pid })}\n`,
);

const clusters = join(folder, 'clusters');
const flag = (name: string): string => args[args.indexOf(name) + 1] ?? '';
const say = (text: string): void => void process.stderr.write(`${text}\n`);
const print = (text: string): void => void process.stdout.write(`${text}\n`);
const make = (name: string): void => writeFileSync(join(clusters, name), '');
const remove = (name: string): void => rmSync(join(clusters, name), { force: true });
const kubeconfig = (): string => readFileSync(join(folder, 'kubeconfig'), 'utf8');
const names = readdirSync(clusters);

const answers: [RegExp, () => void][] = [
  [/^docker version/, () => print('linux/amd64')],
  [/^kind version/, () => print('kind v0.30.0 go1.24.6 linux/amd64')],
  [/^k3d version/, () => print('k3d version v5.8.3\nk3s version v1.31.5-k3s1 (default)')],
  [/^kind get clusters/, () => (names.length > 0 ? print(names.join('\n')) : say('No kind clusters found.'))],
  [
    /^k3d cluster list/,
    () => print(JSON.stringify(names.map((name) => ({ name, serversCount: 1, agentsCount: 3 })))),
  ],
  [
    /^kind create cluster/,
    () => {
      if (!existsSync('kind-config.yaml')) throw new Error('there is no kind-config.yaml here');
      make(flag('--name'));
      say(
        `Creating cluster "${flag('--name')}" ...\n ✓ Ensuring node image (kindest/node:v1.34.0) 🖼\n ✓ Preparing nodes 📦 📦 📦 📦`,
      );
      writeFileSync(flag('--kubeconfig'), kubeconfig(), { mode: 0o600 });
    },
  ],
  [
    /^k3d cluster create/,
    () => {
      make(args[2] ?? '');
      print(`INFO[0000] Created network 'k3d-${args[2]}'`);
    },
  ],
  [/^k3d kubeconfig get/, () => print(kubeconfig())],
  [
    /^kind export logs/,
    () => {
      mkdirSync(args[2] ?? '');
      writeFileSync(join(args[2] ?? '', 'nodes'), names.join('\n'));
    },
  ],
  [/^kind delete cluster/, () => remove(flag('--name'))],
  [/^k3d cluster delete/, () => remove(args[2] ?? '')],
  [/^(kind load|k3d image import|docker (build|create|rmi?)) /, () => {}],
  [/^docker export/, () => writeFileSync(flag('--output'), 'a layer')],
];

const {
  when,
  printsError,
  prints,
  exitCode = 0,
  hangs,
  makes,
} = JSON.parse(readFileSync(join(folder, 'behaviour'), 'utf8')) as Behaviour;
if (when !== undefined && new RegExp(`^${when}`).test(line)) {
  if (makes !== undefined) make(makes);
  if (printsError !== undefined) say(printsError);
  if (prints !== undefined) print(prints);
  if (hangs) setInterval(() => {}, 1000);
  process.exitCode = exitCode;
} else {
  const answer = answers.find(([pattern]) => pattern.test(line))?.[1];
  if (answer === undefined) throw new Error(`nobody knows what to answer to: ${line}`);
  answer();
}

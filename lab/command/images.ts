import { join } from 'node:path';
import { z } from 'zod';
import { printLines } from '../../e2e/kube/print-lines.ts';
import { ensureCached } from '../cache/cache.ts';
import { askLab } from '../control/ask.ts';
import { imageArchives, listArchives } from '../images/archives.ts';
import { labState } from '../run/state.ts';
import { labNodes } from '../run/topology.ts';
import { type Commands, withNameOption } from './commands.ts';

const ranSchema = z.object({ exitCode: z.number(), stdout: z.string(), stderr: z.string() });

// NAME TYPE DIGEST SIZE ... Skips the entries that kubelet adds with a digest as the name.
const line = /^(\S+\/\S+)\s+\S+\s+sha256:\S+\s+([\d.]+ \S+)\s/;

const imagesOfNode = async (lab: string, node: string): Promise<{ name: string; size: string }[]> => {
  const ran = ranSchema.parse(await askLab(lab, { action: 'run', node, script: 'ctr -n k8s.io images ls' }));
  if (ran.exitCode !== 0) throw new Error(`${node} could not list its images: ${ran.stderr.trim()}`);
  return ran.stdout.split('\n').flatMap((text) => {
    const [, name, size] = line.exec(text) ?? [];
    return name !== undefined && size !== undefined ? [{ name, size }] : [];
  });
};

/** Formats rows as columns, each as wide as its longest cell. */
const table = (rows: readonly (readonly string[])[]): string[] =>
  rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(Math.max(...rows.map((other) => other[column]?.length ?? 0))))
      .join('  ')
      .trimEnd(),
  );

const listOfLab = async (lab: string): Promise<string[]> => {
  const state = await labState(lab);
  if (state === undefined) throw new Error(`no lab named ${lab} is up; npx corral lab status lists them`);
  const found = new Map<string, { size: string; nodes: string[] }>();
  for (const { name: node } of labNodes(state.nodes)) {
    for (const { name, size } of await imagesOfNode(lab, node)) {
      found.set(name, { size, nodes: [...(found.get(name)?.nodes ?? []), node] });
    }
  }
  return table(
    [...found]
      .sort()
      .map(([name, { size, nodes }]) => [
        name,
        size,
        nodes.length === state.nodes ? 'all nodes' : nodes.join(', '),
      ]),
  );
};

const listOfArchives = async (paths: readonly string[]): Promise<string[]> => {
  const images = await listArchives(paths);
  return table(
    images.map(({ name, digest, size, forms }) => [
      name,
      digest,
      `${(size / 2 ** 20).toFixed(1)} MiB`,
      forms.join(', '),
    ]),
  );
};

/** `lab images`: lists the images of a lab's nodes or of archives, and imports archives into nodes. */
export const imagesCommand = ({ program, step }: Commands): void => {
  const images = program.command('images').description('list or import container images').helpCommand(false);
  images.action(() => images.error('error: name a command of images: ls [PATH...] or import PATH...'));
  withNameOption(images.command('ls [paths...]'))
    .description('list the images of the nodes, or check and list those in archives')
    .action(async (paths: string[], { name }: { name: string }) =>
      printLines(...(paths.length === 0 ? await listOfLab(name) : await listOfArchives(paths))),
    );
  withNameOption(images.command('import <paths...>'))
    .description('load the images of archives into the nodes of a lab that is up')
    .action(async (paths: string[], { name }: { name: string }) => {
      if ((await labState(name)) === undefined)
        throw new Error(`no lab named ${name} is up; npx corral lab status lists them`);
      const { artifact, images } = await step('Read the image archives', () => imageArchives(paths));
      const archive = join(await step('Pack the images', () => ensureCached(artifact)), 'images.tar');
      await step('Import them into the nodes', () => askLab(name, { action: 'import-images', archive }));
      printLines(...images.map((image) => image.name));
    });
};

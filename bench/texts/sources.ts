import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { usageError } from '../../e2e/cli/exit-code.ts';
import { extractTexts, type SourceText } from './extract.ts';

/** The branches of Longhorn whose texts are counted. */
export const countedVersions = ['v1.8.x', 'v1.10.x', 'v1.12.x', 'master'] as const;

/** The repositories that make errors of backups and restores, and the paths of their sources. */
export const repositories = {
  backupstore: /^(?!cmd\/|test\/|vendor\/)/,
  'longhorn-engine':
    /^(?:app\/cmd\/(?:backup|restore_to_file|system_backup|snapshot|sync_agent)|pkg\/(?:backup|sync)\/|pkg\/replica\/(?:backup|restore)|pkg\/controller\/(?:control|restore|snapshot))/,
  'longhorn-instance-manager': /^pkg\/(?:proxy|client)\/(?:proxy_)?(?:backup|snapshot|backing_image|proxy\b)/,
  'longhorn-manager':
    /^(?:app\/recurring_?job|app\/system_rollout|controller\/(?:backup|system_|recurring_job|snapshot|volume_restore|volume_clone)|engineapi\/(?:backup|backups|system_backup|proxy_backup|proxy_snapshot|snapshot|engine_binary)|manager\/(?:backup|recurringjob|snapshot|system|volume\.|engine\b)|types\/(?:backupstore|system_backup)|webhook\/resources\/(?:backup|recurringjob|system|snapshot))/,
} as const;

export type Repository = keyof typeof repositories;

const git = (folder: string, name: Repository, ...words: string[]): string => {
  try {
    return execFileSync('git', ['-C', join(folder, name), ...words], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch {
    throw usageError(
      `${join(folder, name)} does not answer git ${words[0]}: give a folder with clones of ${Object.keys(repositories).join(', ')}, with all branches`,
    );
  }
};

// backupstore has no version numbers. The engine's go.mod names the commit that the engine is built with.
const commitOf = (folder: string, name: Repository, version: string): string => {
  if (name !== 'backupstore') return version;
  const modules = git(folder, 'longhorn-engine', 'show', `${version}:go.mod`);
  return /longhorn\/backupstore v\S+-([0-9a-f]{12})\b/.exec(modules)?.[1] ?? 'master';
};

const isSource = (file: string): boolean =>
  file.endsWith('.go') && !/_test\.go$|(?:^|\/)(?:vendor|generated)\//.test(file);

/** Returns the distinct texts of one version of a repository. */
export const readTexts = (folder: string, name: Repository, version: string): SourceText[] => {
  const commit = commitOf(folder, name, version);
  const files = git(folder, name, 'ls-tree', '-r', '--name-only', commit)
    .split('\n')
    .filter((file) => isSource(file) && repositories[name].test(file));
  const texts = files.flatMap((file) => extractTexts(file, git(folder, name, 'show', `${commit}:${file}`)));
  return [...new Map(texts.map((each) => [each.text, each])).values()];
};

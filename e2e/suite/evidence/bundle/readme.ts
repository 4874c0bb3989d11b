import type { Report } from '../../../report/schema.ts';

const about: Record<string, string> = {
  'report.json': 'how the scenario ended: its steps, its reason, what Longhorn said, the faults in force',
  'history.ndjson':
    'every watch event of the objects concerned, and what was expected when; a JSON value a line',
  'objects.yaml': 'the objects as they were at the failure, before the cleanup',
  'events.ndjson': "Kubernetes' events of the namespaces concerned, since the scenario began",
  'store-listing.txt': 'every file in the backup store at the failure',
  'store-fsck.json': 'what a check of the backup store found',
  'support-bundle.zip':
    "Longhorn's own support bundle, of the whole cluster, as Longhorn made it: nothing in it was redacted",
  'not-collected.txt': 'what could not be read, and why',
};

const describeFile = (name: string): string => {
  const what =
    about[name] ??
    (name.startsWith('logs/')
      ? 'the log of a container since the scenario began, each line with its time'
      : '');
  return `  ${name}${what === '' ? '' : `\n      ${what}`}`;
};

const describeBeside = (path: string): string =>
  `\n\nLonghorn's own support bundle did not fit in here. It lies beside this file, as ${path}; nothing in it was redacted.`;

type ReadmeContent = { report: Report; name: string; files: readonly string[]; beside?: string | undefined };

/**
 * Writes the README for a reader who has only the bundle. `beside` is the path, relative to the bundle, of the file
 * that did not fit.
 */
export const composeReadme = ({ report, name, files, beside }: ReadmeContent): string => {
  const [scenario] = report.scenarios;
  const { kubernetes, target } = report;
  return `${name}

${scenario?.state ?? 'not run'} in Corral's run ${report.run}, at ${scenario?.startedAt ?? report.startedAt}
Judged: ${report.judged}
Target: ${target.name} ${target.version ?? '(version not known)'}; provider: ${report.provider}; Kubernetes ${kubernetes?.version ?? 'not known'}; Node.js ${process.version}
Scenario: ${scenario?.file ?? ''}, tags: ${scenario?.tags.join(', ') || 'none'}, from the document's ${scenario?.seed ?? '(none)'}

Why it did not pass
${(scenario?.reason ?? 'not known').replaceAll(/^/gm, '  ')}

What is in here
${['report.json', ...files].map(describeFile).join('\n')}${beside === undefined ? '' : describeBeside(beside)}

To judge it again, by the same code and without a cluster, in a checkout of Corral:
  npm ci && npx corral replay THIS_FILE.tar.gz

Secrets were redacted when these files were written${files.includes('support-bundle.zip') ? ', but for support-bundle.zip' : ''}. Names of nodes, addresses and URLs were not: look before you publish.
`;
};

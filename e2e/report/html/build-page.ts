import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { build } from 'rolldown';
import { redactAll } from '../../kube/redact/redact.ts';
import type { PageData } from './data.ts';
import type { RunOfPage } from './page-run.ts';

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const bundleScript = async (): Promise<string> => {
  const { output } = await build({
    platform: 'browser',
    logLevel: 'silent',
    input: source('page/main.ts'),
    write: false,
    output: { format: 'iife', minify: true, codeSplitting: false },
  });
  // An HTML parser would end the script at this text, even inside a string.
  return output[0].code.replaceAll('</script', '<\\/script');
};

// The evidence was redacted when it was written, but a bundle from another machine may contain other secrets. Base64
// has no special characters of HTML, so a message of Longhorn cannot inject HTML.
const pack = async (value: unknown): Promise<string> =>
  (await promisify(gzip)(JSON.stringify(redactAll(value)), { level: 9 })).toString('base64');

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const toHtml = (text: string): string => text.replace(/[&<>"']/g, (found) => `&#${found.charCodeAt(0)};`);

const titleOf = ({ runs }: PageData): string => {
  const bad = runs.reduce((sum, { totals }) => sum + totals.failed + totals.notProvable, 0);
  return `${bad === 0 ? 'Passed' : `${bad} not passed`}: ${runs.map(({ run }) => run).join(', ')} (Corral)`;
};

/**
 * Creates the page of some runs: a single file that loads nothing from a network. Its Content-Security-Policy forbids
 * any script that a message of Longhorn might contain.
 */
export const buildPage = async (made: readonly RunOfPage[]): Promise<string> => {
  const data: PageData = { made: new Date().toISOString(), runs: made.map(({ run }) => run) };
  const [script, style] = await Promise.all([bundleScript(), readFile(source('page/style.css'), 'utf8')]);
  const packed: string[] = [];
  for (const [id, value] of [['data', data] as const, ...made.flatMap(({ timelines }) => timelines)])
    packed.push(`<script type="text/plain" id="${toHtml(id)}">${await pack(value)}</script>`);
  const policy = `default-src 'none'; script-src ${hashOf(script)}; style-src ${hashOf(style)}; base-uri 'none'; form-action 'none'`;
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${toHtml(titleOf(data))}</title>`,
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    '<noscript>This report is drawn by a script of its own, which your browser does not run. report.json beside it says the same in text.</noscript>',
    ...packed,
    `<script>${script}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
};

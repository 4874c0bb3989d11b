import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { parseFlags } from './arguments/parse-flags.ts';
import { rewrite } from './docs/markdown.ts';
import { sections } from './docs/sections.ts';
import { CommandError, type ExitCode, exitCode } from './exit-code.ts';

const program = (): Command =>
  new Command('npm run docs --')
    .description('Writes what of the documents comes from the code: the parts between <!-- npm run docs: NAME --> and <!-- end -->.')
    .option('--check', 'only say which documents are not as they would be written (exit code 1)')
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ outputError: () => {} });

/** `npm run docs`: writes the documents' parts that come from the code. Returns the exit code: 0 written, 1 they differ, 2 usage. */
export const runDocsCommand = (argv: readonly string[]): ExitCode => {
  try {
    const command = program();
    if (!parseFlags(command, argv)) return exitCode.passed;
    const { check = false } = command.opts<{ check?: boolean }>();
    const stale = globSync(['README.md', 'CONTRIBUTING.md', 'docs/*.md']).filter((path) => {
      const before = readFileSync(path, 'utf8');
      const after = rewrite(before, sections);
      if (after !== before && !check) writeFileSync(path, after);
      return after !== before;
    });
    for (const path of stale) process.stdout.write(`${path}: ${check ? 'is not as the code has it: npm run docs writes it' : 'written'}\n`);
    return check && stale.length > 0 ? exitCode.failed : exitCode.passed;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    process.stderr.write(`docs: ${error.message}\n`);
    return error.exitCode;
  }
};

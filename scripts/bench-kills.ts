import { readCounts } from '../bench/counts.ts';
import { cutShort } from '../bench/kills/run.ts';
import { victims } from '../bench/kills/victim.ts';
import { guardOutput } from '../e2e/kube/redact/guard-output.ts';

guardOutput();

// Cuts runs short at random moments and says what each left: 20 kills and 5 times Ctrl-C, or as many as asked
// for.

/** A run of one scenario takes about this long; moments are spread over it. */
const RUN_SECONDS = 85;

const usage =
  'bench:kills: takes how many kills and how many times Ctrl-C, whole numbers: npm run bench:kills -- 20 5';
const counts = readCounts(process.argv.slice(2), { defaults: [20, 5], least: 0, usage });
if (counts === undefined) process.exit();
const [kills, interrupts] = counts;
const cuts = [
  ...Array.from({ length: kills }, (_, index) => victims[index % victims.length] ?? 'e2e'),
  ...Array<'Ctrl-C'>(interrupts).fill('Ctrl-C'),
];
const print = (...cells: string[]) => void process.stdout.write(`| ${cells.join(' | ')} |\n`);

print('cut short by', 'at, s', 'during', 'exit code', 'ended after, s', 'left');
print('---', '--:', '---', '--:', '--:', '---');
let dirty = 0;
for (const how of cuts) {
  const { what, atSeconds, during, ended, afterSeconds, left } = await cutShort(
    how,
    Math.random() * RUN_SECONDS,
  );
  if (left.length > 0) dirty += 1;
  print(
    what,
    atSeconds.toFixed(1),
    during.replaceAll('|', '/'),
    ended,
    afterSeconds.toFixed(1),
    left.join('; ') || 'nothing',
  );
}
process.exitCode = dirty === 0 ? 0 : 1;

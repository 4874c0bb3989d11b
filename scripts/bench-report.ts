import { benchReport } from '../bench/report/run.ts';
import { guardOutput } from '../e2e/observe/redact/guard-output.ts';

guardOutput();

const [events = '10000'] = process.argv.slice(2);
process.stdout.write(`${await benchReport({ events: Number(events) })}\n`);

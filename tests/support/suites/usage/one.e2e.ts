import { scenario } from '../../inline-scenario.ts';

scenario('One is green', { tags: ['held'] }, async ({ does }) => does('Given a thing'));
scenario('Two is green', { tags: ['free-running'] }, async ({ does }) => does('Given another'));

import { scenario } from '../../inline-scenario.ts';

scenario('It ends', { seed: 'doc#two' }, async ({ does }) => does('Given a thing'));

import { scenario } from '../../inline-scenario.ts';

scenario('It is in another file', {}, async ({ does }) => does('Given a thing'));

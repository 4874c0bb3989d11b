import { scenario } from '../../inline-scenario.ts';

scenario('Three is green', {}, async ({ does }) => does('Given a third'));

import { scenario } from '../../inline-scenario.ts';

scenario('It runs', { tags: ['held'], longhorn: '>=1.8' }, async ({ does }) => does('Given a thing'));
scenario('It kills', { disruptions: ['manager-kill'], exclusive: ['longhorn-managers'] }, async () => {});
scenario('It kills too', { tags: ['held'], disruptions: ['manager-kill'] }, async () => {});
scenario('It crashes a node', { needs: ['lab'], longhorn: '>=1.9' }, async () => {});

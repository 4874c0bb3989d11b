import { defineConfig } from 'vitest/config';
import { e2eProject } from '../suite/vitest-project.ts';

export default defineConfig({ test: { projects: [e2eProject(['*.e2e.ts'])] } });

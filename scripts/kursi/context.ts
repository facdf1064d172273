import { createServices, type Services } from './services.ts';
import { readSettings, type Settings } from './settings.ts';
import type { Terminal } from './terminal.ts';
import { createWorkflows, type Workflows } from './workflows.ts';

/** What every command works with. */
export interface Context {
  settings: Settings;
  services: Services;
  workflows: Workflows;
  terminal: Terminal;
}

/** Throws a `Failure` when the settings are missing. */
export function createContext(env: NodeJS.ProcessEnv, terminal: Terminal): Context {
  const settings = readSettings(env);
  return {
    settings,
    services: createServices(settings),
    workflows: createWorkflows(settings),
    terminal,
  };
}

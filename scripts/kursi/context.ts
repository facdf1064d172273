import { createServices, type Services } from './services.ts';
import { readSettings, type Settings } from './settings.ts';
import { createTerminal, type Terminal } from './terminal.ts';
import { createWorkflows, type Workflows } from './workflows.ts';

/** What every command works with. */
export interface Context {
  settings: Settings;
  services: Services;
  workflows: Workflows;
  terminal: Terminal;
}

/** Throws a `Failure` when the settings are missing. */
export function createContext(options: { json?: boolean }): Context {
  const settings = readSettings();
  return {
    settings,
    services: createServices(settings),
    workflows: createWorkflows(settings),
    terminal: createTerminal(options.json === true),
  };
}

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

/** What these tests look at of a service; the schema test looks at all of it. */
export interface ComposeService {
  image?: string;
  build?: { context: string; target: string };
  /** Not started with the others. */
  profiles?: string[];
  entrypoint?: string[];
  command?: string[];
  environment?: Record<string, string>;
  secrets?: string[];
  ports?: string[];
  volumes?: string[];
  networks?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
  deploy?: { replicas?: number };
}

export interface ComposeFile {
  services: Record<string, ComposeService>;
  secrets: Record<string, { file: string }>;
  volumes: Record<string, unknown>;
  networks: Record<string, unknown>;
}

/** The compose file with its anchors and merge keys resolved. */
export function readCompose(root: string): ComposeFile {
  return parse(readFileSync(path.join(root, 'docker-compose.yml'), 'utf8'), { merge: true }) as ComposeFile;
}

/** `${NAME:-default}` by its default: what somebody gets who sets nothing. */
export function withDefaults(value: string): string {
  return value.replace(/\$\{[A-Z_]+:-([^}]*)\}/g, '$1');
}

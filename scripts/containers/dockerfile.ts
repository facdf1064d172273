import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  type Dockerfile,
  DockerfileParser,
  type Healthcheck,
  type Instruction,
  type JSONInstruction,
} from 'dockerfile-ast';

/** What a stage ends up with, those it is made from included. */
export interface ImageStage {
  command: string[];
  healthCommand: string[] | undefined;
  port: string | undefined;
  stopSignal: string;
  user: string;
  environment: Record<string, string>;
  /** Its `RUN` lines only, not those of the stages it is made from. */
  runs: string[];
}

/** The stages of the Dockerfile by name. Throws an error when it uses what this reader does not know. */
export function readDockerfile(root: string): Record<string, ImageStage> {
  const parsed: Dockerfile = DockerfileParser.parse(readFileSync(path.join(root, 'Dockerfile'), 'utf8'));
  const stages: Record<string, ImageStage> = {};
  let current: ImageStage = emptyStage();
  for (const instruction of parsed.getInstructions()) {
    if (instruction.getKeyword() === 'FROM') {
      const [base = '', as, name = ''] = wordsOf(instruction);
      if (as !== 'AS') throw new Error(`The stage from ${base} has no name.`);
      current = { ...(stages[base] ?? emptyStage()), runs: [] };
      stages[name] = current;
    } else apply(instruction, current);
  }
  return stages;
}

const emptyStage = (): ImageStage => ({
  command: [],
  healthCommand: undefined,
  port: undefined,
  stopSignal: 'SIGTERM',
  user: 'root',
  environment: {},
  runs: [],
});

function apply(instruction: Instruction, stage: ImageStage): void {
  const words = wordsOf(instruction);
  switch (instruction.getKeyword()) {
    case 'CMD':
      stage.command = stringsOf(instruction as JSONInstruction);
      return;
    case 'HEALTHCHECK':
      stage.healthCommand = healthCommandOf(instruction as Healthcheck);
      return;
    case 'EXPOSE':
      stage.port = words[0];
      return;
    case 'STOPSIGNAL':
      stage.stopSignal = words[0] ?? '';
      return;
    case 'USER':
      stage.user = words[0] ?? '';
      return;
    case 'ENV':
      stage.environment = { ...stage.environment, ...Object.fromEntries(words.map((word) => word.split('='))) };
      return;
    case 'RUN':
      stage.runs.push(instruction.getRawArgumentsContent() ?? '');
      return;
    case 'COPY':
    case 'WORKDIR':
      return;
    default:
      throw new Error(`${instruction.getKeyword()} is not known here.`);
  }
}

const wordsOf = (instruction: Instruction): string[] => instruction.getArguments().map((word) => word.getValue());

/** `["node", "main.js"]`: without a shell, so that the signal to stop reaches the process. */
function stringsOf(instruction: JSONInstruction): string[] {
  const strings = instruction.getJSONStrings().map((word) => word.getJSONValue());
  if (strings.length === 0) throw new Error(`${instruction.getKeyword()} must be a list of strings.`);
  return strings;
}

function healthCommandOf(instruction: Healthcheck): string[] {
  const text = instruction.getRawArgumentsContent() ?? '';
  const command = /(?<=\bCMD )\[.*\]$/.exec(text)?.[0];
  if (command === undefined) throw new Error('HEALTHCHECK must have CMD and a list of strings.');
  return JSON.parse(command) as string[];
}

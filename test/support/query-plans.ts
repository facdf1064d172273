// What the reads of a piece of code do in the database. The profiler would tell, but the embedded engine has none: so the
// commands are overheard on the connection (`monitorCommands`) and explained afterwards, one by one.
import type { Connection, mongo } from 'mongoose';

export interface QueryPlan {
  /** e.g. `find events`. */
  read: string;
  filter: unknown;
  /** From the top down. */
  stages: string[];
  keysExamined: number;
  docsExamined: number;
  returned: number;
}

interface Stage {
  stage?: string;
  inputStage?: Stage;
  inputStages?: Stage[];
  queryPlan?: Stage;
}

const reads = ['find', 'aggregate', 'count', 'distinct'];
/** What the driver adds to a command, and `explain` does not take. */
const ofTheDriver = ['lsid', '$db', '$clusterTime', '$readPreference', 'txnNumber', 'readConcern'];

function stagesOf(plan: Stage | undefined): string[] {
  if (!plan) return [];
  const below = [
    ...(plan.inputStages ?? []),
    ...[plan.inputStage, plan.queryPlan].filter((stage) => stage !== undefined),
  ];
  return [...(plan.stage ? [plan.stage] : []), ...below.flatMap(stagesOf)];
}

/** Runs `act` and explains every read that it made on the connection. */
export async function plansOf(connection: Connection, act: () => Promise<unknown>): Promise<QueryPlan[]> {
  const heard: mongo.CommandStartedEvent[] = [];
  const listen = (event: mongo.CommandStartedEvent) => {
    const isOfCollection = typeof event.command[event.commandName] === 'string';
    if (reads.includes(event.commandName) && isOfCollection && event.databaseName === connection.name)
      heard.push(event);
  };
  const client = connection.getClient();
  client.on('commandStarted', listen);
  await act();
  client.off('commandStarted', listen);
  return Promise.all(heard.map((event) => explain(connection, event)));
}

async function explain(
  connection: Connection,
  { commandName, command }: mongo.CommandStartedEvent,
): Promise<QueryPlan> {
  const bare = Object.fromEntries(Object.entries(command).filter(([name]) => !ofTheDriver.includes(name)));
  const explained = await connection.db?.command({ explain: bare, verbosity: 'executionStats' });
  // An aggregation whose first stage is a cursor tells of it there.
  const { queryPlanner, executionStats } = explained?.stages?.[0]?.$cursor ?? explained ?? {};
  return {
    read: `${commandName} ${String(command[commandName])}`,
    filter: command.filter ?? command.query ?? command.pipeline,
    stages: stagesOf(queryPlanner.winningPlan),
    keysExamined: executionStats.totalKeysExamined,
    docsExamined: executionStats.totalDocsExamined,
    returned: executionStats.nReturned,
  };
}

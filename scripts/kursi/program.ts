import { Command, CommanderError } from 'commander';
import { showBooking } from './commands/booking-show.ts';
import { type DeliveryOptions, listDeliveries, replayWebhooks, retryDeliveries } from './commands/deliveries.ts';
import { type ReleaseOptions, releaseHold } from './commands/hold-release.ts';
import { type RebuildOptions, rebuildProjections } from './commands/projections-rebuild.ts';
import { showStatus } from './commands/status.ts';
import { type VerifyOptions, verifyTicket } from './commands/ticket-verify.ts';
import { type Context, createContext } from './context.ts';
import { type ExitCode, exitCodes, Failure } from './failure.ts';
import { createTerminal, type Io, type Terminal } from './terminal.ts';

const codes = `
Exit codes:
  0  done, and nothing is wrong with what was looked at
  1  not done, or something is stuck or disagrees; what to do is said
  2  the command line or the settings are wrong
  3  there is no such booking, event or webhook`;

const settings = `
Settings come from the variables of the services: CLIENT_APP_URL, CLIENT_APP_SERVICE_SECRETS, TICKET_APP_…, PAYMENT_APP_…,
TEMPORAL_ADDRESS, and from the development system that runs in .kursi (or KURSI_DIR) where they are not set.`;

/** What belongs to one call of the command line. */
interface Call {
  io: Io;
  terminal: Terminal;
  exitCode: ExitCode;
}

/** Runs a command with the services at hand, and closes what was opened. */
const runner =
  (call: Call) =>
  <Given extends unknown[]>(work: (context: Context, ...given: Given) => Promise<ExitCode>) =>
  async (...given: [...Given, unknown]): Promise<void> => {
    const context = createContext(call.io.env, call.terminal);
    try {
      call.exitCode = await work(context, ...(given.slice(0, -1) as Given));
    } finally {
      await context.workflows.close();
    }
  };

const examples = (...lines: string[]) => `\nExamples:\n${lines.map((line) => `  kursi ${line}`).join('\n')}`;

function addCommands(program: Command, call: Call): void {
  const run = runner(call);
  program
    .command('status')
    .description('Are we selling, and is anything stuck?')
    .addHelpText('after', examples('status', 'status --json'))
    .action(run(showStatus));

  const booking = program.command('booking').description('Look at bookings');
  booking
    .command('show')
    .argument('<booking>', 'its id, or its number (KRS-…)')
    .description('Show a booking across all services: what disagrees or is stuck comes first')
    .addHelpText('after', examples('booking show KRS-7H2K-9QXM', 'booking show 0198f2c0-… --json'))
    .action(run(showBooking));

  const hold = program.command('hold').description('Seats that a booking holds');
  hold
    .command('release')
    .argument('<bookingId>')
    .description('Give back the seats of a stuck booking; the invoice is voided first. Refused once money moved')
    .option('--dry-run', 'only tell what would be done')
    .option('--yes', 'do not ask')
    .option('--note <text>', "one line for the booking's timeline")
    .addHelpText('after', examples('hold release 0198f2c0-… --dry-run', 'hold release 0198f2c0-… --yes'))
    .action(run((context: Context, id: string, options: ReleaseOptions) => releaseHold(context, id, options)));

  addTickets(program, call);
  addWebhooks(program, run);

  const projections = program.command('projections').description('Copies that can be made again from the truth');
  projections
    .command('rebuild')
    .description("Ask ticket-app again about client-app's copies, and work out the prices of events again")
    .option('--booking <id>', 'of one booking')
    .option('--event <id>', 'of one event')
    .option('--all', 'of everything')
    .option('--after <position>', 'go on where a run was stopped')
    .addHelpText(
      'after',
      examples('projections rebuild --event gamelan-2026', 'projections rebuild --all --after bookings:0198…'),
    )
    .action(run((context: Context, options: RebuildOptions) => rebuildProjections(context, options)));
}

function addTickets(program: Command, call: Call): void {
  program
    .command('ticket')
    .description('Tickets, by their code alone')
    .command('verify')
    .argument('<code>', "the text in a ticket's QR, or a file that holds it")
    .description('Check a ticket by the public keys; works without a network and without settings')
    .requiredOption('--keys <file or url>', "the JWK set of ticket-app's /.well-known/jwks.json")
    .option('--revoked <file or url>', 'what GET /events/:eventId/revoked-tickets answered')
    .option('--event <id>', 'the event at whose gate it is shown')
    .option('--at <instant>', 'as if it were then')
    .addHelpText('after', examples('ticket verify eyJhbGci… --keys jwks.json --revoked revoked.json'))
    .action(async (code: string, options: VerifyOptions) => {
      call.exitCode = await verifyTicket(call.terminal, code, options);
    });
}

function addWebhooks(program: Command, run: ReturnType<typeof runner>): void {
  const filters = (command: Command) =>
    command
      .option('--from <service>', 'sent by ticket-app or by payment-app')
      .option('--since <time>', 'created since: 30m, 2h, 1d, or an instant')
      .option('--until <time>', 'created before')
      .option('--booking <id>', 'about this booking')
      .option('--event <id>', 'about bookings of this event')
      .option('--delivered', 'also those that have arrived')
      .option('--limit <count>', 'not more than this many', '100');
  const deliveries = program.command('deliveries').description('Webhooks, one by one');
  filters(deliveries.command('list').description('List webhooks that have not arrived, newest first'))
    .addHelpText('after', examples('deliveries list', 'deliveries list --booking 0198f2c0-… --delivered'))
    .action(run((context: Context, options: DeliveryOptions) => listDeliveries(context, options)));
  deliveries
    .command('retry')
    .argument('<webhookId...>')
    .description('Send webhooks again, under their old ids')
    .addHelpText('after', examples('deliveries retry msg_0198f2c0-…'))
    .action(run((context: Context, ids: string[], _options: unknown) => retryDeliveries(context, ids)));
  const webhooks = program.command('webhooks').description('Webhooks, many at once');
  filters(webhooks.command('replay').description('Send again what was created in a span of time, the oldest first'))
    .option('--dry-run', 'only list them')
    .addHelpText(
      'after',
      examples('webhooks replay --since 1h --dry-run', 'webhooks replay --since 1d --event gamelan-2026'),
    )
    .action(run((context: Context, options: DeliveryOptions) => replayWebhooks(context, options)));
}

/** Inherited by every command: one place for what all of them say and how they end. */
function finish(command: Command, io: Io): void {
  command
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.out(text.trimEnd()), writeErr: (text) => io.error(text.trimEnd()) })
    .option('--json', 'answer with one JSON object')
    .showHelpAfterError('(--help tells how)');
  for (const child of command.commands) finish(child, io);
}

/** Runs the command line with these arguments, and tells how it ended. Never rejects. */
export async function runKursi(args: readonly string[], io: Io): Promise<ExitCode> {
  const terminal = createTerminal(args.includes('--json'), io);
  const call: Call = { io, terminal, exitCode: exitCodes.fine };
  const fail = (exitCode: ExitCode, code: string, message: string): ExitCode => {
    if (terminal.isJson) terminal.json({ error: { code, message } });
    else io.error(message);
    return exitCode;
  };
  const program = new Command('kursi')
    .description('Operate Kursi from a terminal.')
    .addHelpText('after', `${settings}\n${codes}`);
  addCommands(program, call);
  finish(program, io);
  try {
    await program.parseAsync(args, { from: 'user' });
    return call.exitCode;
  } catch (error) {
    if (error instanceof Failure) return fail(error.exitCode, error.code, error.message);
    if (!(error instanceof CommanderError))
      return fail(exitCodes.wrong, 'unexpected', `kursi failed: ${(error as Error).stack ?? error}`);
    // Commander has said it already, but to people only.
    if (error.exitCode !== 0 && terminal.isJson) return fail(exitCodes.usage, 'wrong_usage', error.message);
    return error.exitCode === 0 ? exitCodes.fine : exitCodes.usage;
  }
}

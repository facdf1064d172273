// The page of the gates. Once it is open it needs no network: keys and lists stay with it.
import { checkTicket, keysOf, revokedIn } from './ticket-check.mjs';

const byId = (id) => document.getElementById(id);
const words = {
  valid: 'Valid',
  expired: 'Expired',
  not_yet_valid: 'Not valid yet',
  revoked: 'Given back',
  other_event: 'For another event',
  forged: 'Forged',
  not_a_ticket: 'Not a ticket',
  unreadable: 'Unreadable',
};
let keys;
let revoked;
/** Ticket numbers that were let in on this device: another one does not know of them. */
const seen = new Set();

/** Says how something stands. Text only: what was scanned is never taken for HTML. */
const say = (id, text) => {
  byId(id).textContent = text;
};

async function useKeys(jwks) {
  keys = await keysOf(jwks);
  say('keys-state', `${keys.length} ${keys.length === 1 ? 'key' : 'keys'} loaded.`);
}

function useRevoked(list) {
  revoked = revokedIn(list);
  say('revoked-state', `${revoked.size} revoked tickets of ${list.eventId}, as of ${list.asOf}.`);
  if (!byId('event').value) byId('event').value = list.eventId;
}

/** Loads by `work`, and tells what hindered it where people look. */
const loading = (state, work) => async (event) => {
  event?.preventDefault();
  try {
    await work(event);
  } catch (error) {
    say(state, `Not loaded: ${error.message}`);
  }
};

const fromFile = (use) => async (event) => use(JSON.parse(await event.target.files[0].text()));

async function fetchJson(url, init) {
  const answer = await fetch(url, init);
  if (!answer.ok) throw new Error(`the answer was ${answer.status}`);
  return answer.json();
}

async function check(event) {
  event.preventDefault();
  const field = byId('code');
  const result = keys
    ? await checkTicket(field.value, { keys, revoked, eventId: byId('event').value.trim() })
    : { outcome: 'no_keys' };
  const { outcome, claims } = result;
  const isAgain = outcome === 'valid' && seen.has(claims.ticketNumber);
  if (outcome === 'valid') seen.add(claims.ticketNumber);
  byId('result').dataset.outcome = isAgain ? 'again' : outcome;
  say('outcome', isAgain ? 'Checked here before' : (words[outcome] ?? 'Load the keys first'));
  say('seat', claims ? `Seat ${claims.seatId}, ticket ${claims.ticketNumber}` : '');
  say('more', claims ? `Event ${claims.eventId}, until ${claims.validUntil.toLocaleString()}` : '');
  field.select();
}

byId('keys').addEventListener('change', loading('keys-state', fromFile(useKeys)));
byId('revoked').addEventListener('change', loading('revoked-state', fromFile(useRevoked)));
byId('fetch').addEventListener(
  'submit',
  loading('revoked-state', async () => {
    const eventId = encodeURIComponent(byId('event').value.trim());
    const headers = { Authorization: `Bearer ${byId('token').value.trim()}` };
    useRevoked(await fetchJson(`events/${eventId}/revoked-tickets`, { headers }));
  }),
);
byId('check').addEventListener('submit', check);
await loading('keys-state', async () => useKeys(await fetchJson('.well-known/jwks.json')))();
byId('code').focus();

import { edit } from './edit.ts';

export const interceptors = () => edit({ swap: ['confirmSeats', 'issueTicket'] });

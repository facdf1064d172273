import { bookingScenarios } from './booking-scenarios.ts';
import { exploring } from './exploring.ts';

exploring('bookings', bookingScenarios);

import { cancellationScenarios } from './booking-scenarios.ts';
import { exploring } from './exploring.ts';

exploring('cancellations', cancellationScenarios);

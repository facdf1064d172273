import { cancellationScenarios } from './cancellation-scenarios.ts';
import { exploring } from './exploring.ts';

exploring('cancellations', cancellationScenarios);

import { exploring } from './exploring.ts';
import { queueScenarios } from './queue-scenarios.ts';

exploring('queues', queueScenarios);

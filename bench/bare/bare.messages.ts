import { defineSignal, defineUpdate } from '@temporalio/workflow';

export const bareWorkflowType = 'bare';
export const bareTaskQueue = 'bare';

export const reserve = defineUpdate<string>('reserve');
export const paid = defineSignal('paid');

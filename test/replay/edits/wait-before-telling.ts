import { edit } from './edit.ts';

export const interceptors = () => edit({ waitBefore: 'notifyClientApp' });

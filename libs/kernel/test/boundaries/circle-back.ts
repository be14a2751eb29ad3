import { here } from './circle.js';

export const there = (): string => here();

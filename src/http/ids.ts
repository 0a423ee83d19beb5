import { randomUUID } from 'node:crypto';

let last = 0;

/** A new id: prefix, then time in base 36, then randomness. Ids of one kind sort by creation. */
export function newId(prefix: string): string {
  last = Math.max(Date.now(), last + 1);
  return `${prefix}_${last.toString(36).padStart(9, '0')}${randomUUID().replaceAll('-', '').slice(0, 12)}`;
}

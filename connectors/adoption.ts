import { createHash } from 'node:crypto';
import type { Segment } from './destination.ts';
import { DestinationError } from './errors.ts';

/**
 * The id of a remote audience that is there already, which a delivery is to use.
 * @throws DestinationError `config` when the delivery is split: its segments cannot share one audience
 */
export function adoptedId({ key }: Pick<Segment, 'key'>, id: string | undefined): string | undefined {
  if (id === undefined || key === 'all') return id;
  const message = 'An audience that is there already can be used by a delivery that is not split by persona only.';
  throw new DestinationError('config', message);
}

/** Ends the description of a remote audience of ours and names what it is for. */
export const markOf = (purpose: string): string => `[reach:${digestOf(purpose)}]`;

/** Whether a description ends with a mark of ours, whatever for. */
export const isMarked = (description: string): boolean => /\[reach:[0-9a-f]{12}\]$/.test(description);

/** What tells audiences apart that would have one name, the same for a purpose whenever it is asked for. */
export const distinction = (purpose: string): string => `(${digestOf(purpose).slice(0, 6)})`;

const digestOf = (purpose: string): string => createHash('sha256').update(purpose).digest('hex').slice(0, 12);

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

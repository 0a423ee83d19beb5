import type { DestinationDefinition, Encoded, Member, Segment } from '../../connectors/destination.ts';
import { carriedNames } from './changes.ts';
import type { DeliveryRow } from './runs.repository.ts';

/** How members of a segment are written for a delivery's destination. @param options as validated */
export function encoderOf(
  definition: DestinationDefinition,
  delivery: DeliveryRow,
  options: object,
  segment: Segment,
): (member: Member) => Encoded {
  return definition.encoder({
    options,
    segment,
    matchKeys: delivery.matchKeys,
    attributes: carriedNames(delivery),
    defaultCountry: delivery.defaultCountry ?? undefined,
    representation: delivery.representation,
  });
}

import { Anchor, HoverCard, Stack, Text } from '@mantine/core';
import { Link } from 'react-router';
import type { SegmentCreative } from '../api/types/creatives.ts';
import { CreativeCard } from './creative-card.tsx';

/** The creatives that went with a segment, as they were then, with the reasons. */
export function SegmentCreatives({ items }: { items: SegmentCreative[] }) {
  return (
    <Stack gap={4} component="ul" aria-label="Creatives" m={0} p={0} style={{ listStyle: 'none' }}>
      {items.map((creative) => (
        <li key={`${creative.id} ${creative.persona}`}>
          <HoverCard width={340} withArrow openDelay={150}>
            <HoverCard.Target>
              <Anchor component={Link} to={`/creatives/${creative.id}`} size="sm">
                {creative.headline}
              </Anchor>
            </HoverCard.Target>
            <HoverCard.Dropdown p="xs">
              <CreativeCard of={creative} />
            </HoverCard.Dropdown>
          </HoverCard>
          <Text size="xs" c="dimmed">
            {creative.persona && `${creative.persona}: `}
            {creative.name}, revision {creative.revision}. {creative.reasons.join(' ')}
          </Text>
        </li>
      ))}
    </Stack>
  );
}

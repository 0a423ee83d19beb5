import { Badge, Tooltip } from '@mantine/core';

/** How long something holds that ends by itself: the nearer, the louder. */
export function DaysLeft({ daysLeft, title }: { daysLeft: number; title?: string }) {
  const color = daysLeft <= 7 ? 'red' : daysLeft <= 30 ? 'orange' : 'gray';
  return (
    <Tooltip label={title} disabled={!title} withArrow>
      <Badge color={color}>{daysLeft === 1 ? '1 day left' : `${daysLeft} days left`}</Badge>
    </Tooltip>
  );
}

import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Section } from './page.tsx';

/** One figure, and what it means. */
export function Figure({
  label,
  value,
  about,
  badge,
}: {
  label: string;
  value: string;
  about: string;
  badge?: ReactNode;
}) {
  return (
    <Section title={label} aside={badge}>
      <Text fz={28} fw={650} lh={1} className="figure">
        {value}
      </Text>
      <Text size="xs" c="dimmed" mt={6}>
        {about}
      </Text>
    </Section>
  );
}

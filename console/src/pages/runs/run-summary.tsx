import { Box, Divider, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import type { PlannedCounts, Run, Verdict } from '../../api/types/deliveries.ts';
import { number } from '../../app/format.ts';
import { Stacked } from '../../components/bars.tsx';
import { Section } from '../../components/page.tsx';
import { PLANNED, VERDICTS } from '../../components/status.tsx';

/** The run as a whole: what was planned, and what became of everyone. */
export function RunSummary({ run: { segments } }: { run: Run }) {
  if (segments.length === 0) return null;
  const planned = (key: keyof PlannedCounts) => segments.reduce((sum, segment) => sum + segment.planned[key], 0);
  const counted = (key: Verdict) => segments.reduce((sum, segment) => sum + segment.counts[key], 0);
  const removed = segments.reduce((sum, segment) => sum + segment.counts.removed, 0);
  return (
    <Section title="Plan and verdicts">
      <Stack>
        <SimpleGrid cols={{ base: 2, xs: 4, md: 7 }}>
          {PLANNED.map(({ key, label, color }) => (
            <Box key={key}>
              <Text size="xs" c="dimmed">
                {label}
              </Text>
              <Text fz={24} fw={650} lh={1.2} className="figure" c={planned(key) > 0 ? color : 'dimmed'}>
                {number(planned(key))}
              </Text>
            </Box>
          ))}
        </SimpleGrid>
        <Divider />
        <Stacked parts={verdictParts(counted)} />
        {removed > 0 && (
          <Group gap={6}>
            <Text size="xs" c="dimmed">
              Removed from remote audiences
            </Text>
            <Text size="xs" fw={600} className="figure">
              {number(removed)}
            </Text>
          </Group>
        )}
      </Stack>
    </Section>
  );
}

/** Counts by verdict as parts of a bar. */
export const verdictParts = (countOf: (verdict: Verdict) => number) =>
  (Object.keys(VERDICTS) as Verdict[]).map((verdict) => ({ ...VERDICTS[verdict], value: countOf(verdict) }));

import { Group, Radio, SimpleGrid, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';

interface ChoiceCardsProps {
  label: string;
  value: string | null;
  onChange: (value: string) => void;
  error?: string;
  choices: { value: string; title: string; about?: ReactNode; aside?: ReactNode }[];
}

/** One of several things, each with what there is to know about it. */
export function ChoiceCards({ label, value, onChange, error, choices }: ChoiceCardsProps) {
  return (
    <Radio.Group aria-label={label} value={value} onChange={onChange} error={error}>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
        {choices.map((choice) => (
          <Radio.Card
            key={choice.value}
            value={choice.value}
            p="md"
            bdrs="md"
            bg={choice.value === value ? 'var(--mantine-primary-color-light)' : 'var(--reach-surface)'}
            bd={`1px solid ${choice.value === value ? 'var(--mantine-primary-color-filled)' : 'var(--reach-line)'}`}
          >
            <Group wrap="nowrap" align="flex-start" gap="sm">
              <Radio.Indicator mt={2} />
              <Stack gap={2} flex={1} miw={0}>
                <Group justify="space-between" gap="xs" wrap="nowrap">
                  <Text fw={600} size="sm" truncate>
                    {choice.title}
                  </Text>
                  {choice.aside}
                </Group>
                <Text size="xs" c="dimmed" component="div">
                  {choice.about}
                </Text>
              </Stack>
            </Group>
          </Radio.Card>
        ))}
      </SimpleGrid>
    </Radio.Group>
  );
}

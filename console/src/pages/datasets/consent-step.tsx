import { Badge, Card, Checkbox, Group, NativeSelect, SimpleGrid, Stack, Table, TagsInput, Text } from '@mantine/core';
import type {
  ColumnMapping,
  ConsentMapping,
  ConsentReading,
  ConsentState,
  Dataset,
  Mapping,
} from '../../api/types/contacts.ts';
import { number } from '../../app/format.ts';
import { Section } from '../../components/page.tsx';
import { ConsentPreview } from './consent-preview.tsx';
import { consentCounts, wordState } from './consent-reading.ts';

const STATES: { value: ConsentState; label: string }[] = [
  { value: 'granted', label: 'Subscribed' },
  { value: 'denied', label: 'Unsubscribed' },
  { value: 'unset', label: 'No statement' },
];
const SENSES = [
  { value: 'grants', label: 'Yes means subscribed' },
  { value: 'denies', label: 'Yes means unsubscribed' },
];
const PURPOSES = ['advertising', 'ad_user_data', 'ad_personalization', 'email', 'sms', 'phone'];
const COLORS: Record<ConsentState, string> = { granted: 'teal', denied: 'red', unset: 'gray' };

interface ConsentStepProps {
  dataset: Dataset;
  mapping: Mapping;
  onChange: (mapping: Mapping) => void;
}

/** How the file states consent. The import starts only once every reading is confirmed. */
export function ConsentStep({ dataset, mapping, onChange }: ConsentStepProps) {
  const consents = mapping.columns.filter(({ as }) => as === 'consent');
  if (consents.length === 0 && !mapping.everyone) return null;
  const replace = (changed: ColumnMapping) =>
    onChange({ ...mapping, columns: mapping.columns.map((old) => (old.column === changed.column ? changed : old)) });
  return (
    <Section
      title="Consent"
      about="Check how each column is read, then confirm it. Unsubscribed contacts are stored but never delivered. They stay unsubscribed until they subscribe again."
    >
      <Stack>
        {mapping.everyone && (
          <Card padding="sm">
            <Text size="sm" fw={600}>
              Every row of this file unsubscribes a person
            </Text>
            <Text size="sm" c="dimmed" mb="xs">
              The file looks like a list of people who unsubscribed or bounced.
            </Text>
            <Group gap="lg">
              <Checkbox
                label="I have checked this: unsubscribe every person in the file"
                checked={mapping.everyone.confirmed ?? false}
                onChange={({ currentTarget }) =>
                  onChange({ ...mapping, everyone: { ...mapping.everyone!, confirmed: currentTarget.checked } })
                }
              />
              <Checkbox
                label="This file is not a list of unsubscribed people"
                checked={false}
                onChange={() => onChange({ ...mapping, everyone: undefined })}
              />
            </Group>
          </Card>
        )}
        {consents.map((column) => (
          <ConsentCard
            key={column.column}
            column={column}
            reading={dataset.columns.find(({ name }) => name === column.column)?.consent}
            onChange={replace}
          />
        ))}
        {dataset.fileDeletedAt === null && <ConsentPreview dataset={dataset} mapping={mapping} />}
      </Stack>
    </Section>
  );
}

interface ConsentCardProps {
  column: ColumnMapping;
  reading?: ConsentReading;
  onChange: (column: ColumnMapping) => void;
}

function ConsentCard({ column, reading, onChange }: ConsentCardProps) {
  const consent = column.consent ?? {};
  // a changed reading has to be confirmed again
  const change = (part: Partial<ConsentMapping>) =>
    onChange({ ...column, consent: { ...consent, confirmed: false, ...part } });
  const purposes = consent.purposes ?? (consent.purpose ? [consent.purpose] : ['advertising']);
  return (
    <Card padding="sm" component="section" aria-label={`Consent in ${column.column}`}>
      <Group justify="space-between" mb="xs">
        <Text size="sm" fw={600}>
          {column.column}
        </Text>
        {reading && <Counts reading={reading} consent={consent} />}
      </Group>
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        <NativeSelect
          label="Meaning"
          data={SENSES}
          value={consent.sense ?? reading?.mapping.sense ?? 'grants'}
          onChange={({ currentTarget }) =>
            // the meanings of words were chosen for the previous sense
            change({ sense: currentTarget.value as ConsentMapping['sense'], words: undefined })
          }
        />
        <TagsInput
          label="Purposes of a grant"
          description="Deliveries require consent for advertising. Conditions can use any other purpose."
          data={PURPOSES}
          value={purposes}
          onChange={(chosen) => change({ purposes: chosen, purpose: undefined })}
        />
        <TagsInput
          label="Purposes of a denial"
          description="A denial may be for more than a grant."
          data={PURPOSES}
          value={consent.denialPurposes ?? purposes}
          onChange={(chosen) => change({ denialPurposes: chosen.length > 0 ? chosen : undefined })}
        />
      </SimpleGrid>
      {reading && <Words reading={reading} consent={consent} onChange={(words) => change({ words })} />}
      <Checkbox
        mt="sm"
        label={`I have checked how "${column.column}" is read`}
        checked={consent.confirmed ?? false}
        onChange={({ currentTarget }) => change({ confirmed: currentTarget.checked })}
      />
    </Card>
  );
}

function Counts({ reading, consent }: { reading: ConsentReading; consent: ConsentMapping }) {
  const counts = consentCounts(reading, consent);
  return (
    <Group gap={6}>
      {STATES.map(({ value, label }) => (
        <Badge key={value} color={COLORS[value]} variant="light">
          {number(counts[value])} {label}
        </Badge>
      ))}
    </Group>
  );
}

interface WordsProps {
  reading: ConsentReading;
  consent: ConsentMapping;
  onChange: (words: Record<string, ConsentState>) => void;
}

/** The words of the column with their meanings. */
function Words({ reading, consent, onChange }: WordsProps) {
  if (reading.words.length === 0) return null;
  return (
    <Table.ScrollContainer minWidth={420} maxHeight={320}>
      <Table mt="xs" verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Value in the file</Table.Th>
            <Table.Th className="number">Rows</Table.Th>
            <Table.Th w={180}>Meaning</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {reading.words.map((entry) => (
            <Table.Tr key={entry.word}>
              <Table.Td>
                {entry.word || <i>empty</i>} {!entry.known && <Badge color="yellow">Unknown word</Badge>}
              </Table.Td>
              <Table.Td className="number">{number(entry.count)}</Table.Td>
              <Table.Td>
                <NativeSelect
                  size="xs"
                  aria-label={`Meaning of ${entry.word || 'empty cells'} in the column`}
                  data={STATES}
                  value={wordState(entry, reading, consent)}
                  onChange={({ currentTarget }) =>
                    onChange({ ...consent.words, [entry.word]: currentTarget.value as ConsentState })
                  }
                />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

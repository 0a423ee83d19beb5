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
  { value: 'granted', label: 'Granted' },
  { value: 'denied', label: 'Denied' },
  { value: 'unset', label: 'Says nothing' },
];
const SENSES = [
  { value: 'grants', label: 'Yes means consent is granted' },
  { value: 'denies', label: 'Yes means consent is denied' },
];
const PURPOSES = ['advertising', 'ad_user_data', 'ad_personalization', 'email', 'sms', 'phone'];
const COLORS: Record<ConsentState, string> = { granted: 'teal', denied: 'red', unset: 'gray' };

interface ConsentStepProps {
  dataset: Dataset;
  mapping: Mapping;
  onChange: (mapping: Mapping) => void;
}

/** What the file says about consent. Nothing is applied before a person has confirmed each reading. */
export function ConsentStep({ dataset, mapping, onChange }: ConsentStepProps) {
  const consents = mapping.columns.filter(({ as }) => as === 'consent');
  if (consents.length === 0 && !mapping.everyone) return null;
  const replace = (changed: ColumnMapping) =>
    onChange({ ...mapping, columns: mapping.columns.map((old) => (old.column === changed.column ? changed : old)) });
  return (
    <Section
      title="Consent"
      about="Check how each column is read, then confirm it. Contacts who denied consent are stored and never delivered. A denial holds until a newer grant."
    >
      <Stack>
        {mapping.everyone && (
          <Card padding="sm">
            <Text size="sm" fw={600}>
              Every row of this file denies consent
            </Text>
            <Text size="sm" c="dimmed" mb="xs">
              The file looks like a list of people who unsubscribed or bounced.
            </Text>
            <Group gap="lg">
              <Checkbox
                label="I have checked this: deny consent for every row"
                checked={mapping.everyone.confirmed ?? false}
                onChange={({ currentTarget }) =>
                  onChange({ ...mapping, everyone: { ...mapping.everyone!, confirmed: currentTarget.checked } })
                }
              />
              <Checkbox
                label="This is not such a list"
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
            // the meanings that words were given belong to the sense before
            change({ sense: currentTarget.value as ConsentMapping['sense'], words: undefined })
          }
        />
        <TagsInput
          label="Purposes of a grant"
          description="Deliveries ask for advertising; conditions can ask for any other."
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

/** Each word of the column with its meaning. */
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

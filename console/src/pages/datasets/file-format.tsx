import { Button, Code, Group, NativeSelect, NumberInput, SimpleGrid, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import type { Dataset, FileFormat } from '../../api/types/contacts.ts';
import { useAction } from '../../api/use-action.ts';
import { number } from '../../app/format.ts';
import { Facts } from '../../components/facts.tsx';
import { Section } from '../../components/page.tsx';
import { Failure } from '../../components/states.tsx';
import { Notices } from './notices.tsx';

/** The settings that can replace the detected ones. */
type FormatChoice = Partial<
  Pick<FileFormat, 'encoding' | 'delimiter' | 'headerLine' | 'header' | 'sheet' | 'ragged' | 'quote'>
>;

const DELIMITERS = [
  { value: ',', label: 'Comma' },
  { value: ';', label: 'Semicolon' },
  { value: '\t', label: 'Tab' },
  { value: '|', label: 'Pipe (|)' },
  { value: '^', label: 'Caret (^)' },
  { value: ':', label: 'Colon' },
  { value: '~', label: 'Tilde (~)' },
];
const RAGGED = [
  { value: 'reject', label: 'Reject' },
  { value: 'pad', label: 'Fill short rows with empty cells' },
];
const HEADER = [
  { value: 'true', label: 'Column names' },
  { value: 'false', label: 'Data (no header)' },
];
const ENCODINGS = [
  'utf-8',
  'windows-1252',
  'windows-1250',
  'windows-1251',
  'windows-1254',
  'iso-8859-15',
  'macroman',
  'cp850',
  'utf-16le',
  'shift_jis',
  'gbk',
  'big5',
  'euc-kr',
];

const isText = ({ format }: FileFormat) => format === 'csv';
const isTable = ({ format }: FileFormat) => format === 'csv' || format === 'xlsx';

/** The detected format of the file, its notices, and a form to change it. */
export function FileFormatSection({ dataset, canChange }: { dataset: Dataset; canChange: boolean }) {
  const [opened, { toggle, close }] = useDisclosure();
  const { format } = dataset;
  return (
    <Section
      title="File format"
      aside={
        canChange && (
          <Button size="xs" variant="default" onClick={toggle} aria-expanded={opened}>
            {opened ? 'Close' : 'Change'}
          </Button>
        )
      }
    >
      <Stack>
        <Notices title="Check before you import" notices={[...format.notices, ...dataset.notices]} />
        <Facts of={factsOf(dataset)} />
        {opened && <FormatForm dataset={dataset} onDone={close} />}
      </Stack>
    </Section>
  );
}

function factsOf({ format, columns }: Dataset): [string, string][] {
  const delimiter = DELIMITERS.find(({ value }) => value === format.delimiter)?.label ?? format.delimiter;
  const facts: [string, string | undefined][] = [
    ['Format', format.format.toUpperCase()],
    ['Columns', number(columns.length)],
    ['Encoding', format.encoding === 'binary' ? undefined : format.encoding],
    ['Delimiter', isText(format) ? (delimiter ?? 'None: one column') : undefined],
    ['Sheet', format.sheet],
    ['Header', isTable(format) ? (format.header === false ? 'None' : `Line ${format.headerLine ?? 1}`) : undefined],
    [
      'Rows with too few or too many cells',
      format.ragged && RAGGED.find(({ value }) => value === format.ragged)!.label,
    ],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== undefined);
}

function FormatForm({ dataset, onDone }: { dataset: Dataset; onDone: () => void }) {
  const { format } = dataset;
  const [choice, setChoice] = useState<FormatChoice>({});
  const read = useAction(() => api.put<Dataset>(`/v1/datasets/${dataset.id}/format`, choice), {
    refreshes: ['datasets'],
    done: 'The file was read again.',
    quiet: true,
    onDone,
  });
  const chosen = { ...format, ...choice };
  const change = (part: FormatChoice) => setChoice({ ...choice, ...part });
  const known = [...(format.encodingCandidates ?? []).map(({ encoding }) => encoding), chosen.encoding, ...ENCODINGS];
  return (
    <Stack gap="sm">
      {read.error && <Failure title="The file cannot be read with these settings" error={read.error} />}
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 4 }}>
        {format.encoding !== 'binary' && (
          <NativeSelect
            label="Encoding"
            description="How letters such as é or ł are stored."
            data={[...new Set(known)]}
            value={chosen.encoding}
            onChange={({ currentTarget }) => change({ encoding: currentTarget.value })}
          />
        )}
        {isText(format) && (
          <NativeSelect
            label="Delimiter"
            description="What separates the cells of a row."
            data={DELIMITERS}
            value={chosen.delimiter ?? ','}
            onChange={({ currentTarget }) => change({ delimiter: currentTarget.value })}
          />
        )}
        {format.sheets && format.sheets.length > 1 && (
          <NativeSelect
            label="Sheet"
            data={format.sheets}
            value={chosen.sheet}
            onChange={({ currentTarget }) => change({ sheet: currentTarget.value })}
          />
        )}
        {isTable(format) && (
          <>
            <NumberInput
              label="Header line"
              description="Lines above it are skipped."
              min={1}
              max={1000}
              value={chosen.headerLine ?? 1}
              onChange={(line) => change({ headerLine: Number(line) || 1 })}
            />
            <NativeSelect
              label="Header line contains"
              data={HEADER}
              value={String(chosen.header ?? true)}
              onChange={({ currentTarget }) => change({ header: currentTarget.value === 'true' })}
            />
            <NativeSelect
              label="Rows with too few or too many cells"
              data={RAGGED}
              value={chosen.ragged ?? 'reject'}
              onChange={({ currentTarget }) => change({ ragged: currentTarget.value as FileFormat['ragged'] })}
            />
          </>
        )}
      </SimpleGrid>
      <EncodingPreviews format={format} onChoose={(encoding) => change({ encoding })} />
      <Group justify="flex-end">
        <Button variant="light" loading={read.isPending} onClick={() => read.mutate()}>
          Read the file again
        </Button>
      </Group>
    </Stack>
  );
}

/** The same words in each likely encoding, so that a person sees at once which one is right. */
function EncodingPreviews({ format, onChoose }: { format: FileFormat; onChoose: (encoding: string) => void }) {
  const candidates = format.encodingCandidates ?? [];
  if (candidates.length < 2) return null;
  return (
    <Stack gap={4}>
      {candidates.map(({ encoding, preview }) => (
        <Group key={encoding} gap="xs">
          <Button size="compact-xs" variant="subtle" onClick={() => onChoose(encoding)}>
            {encoding}
          </Button>
          {preview.map((word) => (
            <Code key={word}>{word}</Code>
          ))}
        </Group>
      ))}
    </Stack>
  );
}

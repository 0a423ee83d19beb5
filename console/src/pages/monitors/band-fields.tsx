import {
  ActionIcon,
  Box,
  Button,
  Group,
  Input,
  NativeSelect,
  NumberInput,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { queries } from '../../api/queries.ts';
import { type BandDraft, bandWords, belowEveryBand, DEFAULT_BANDS, type OutcomeDraft } from './draft.ts';

interface OutcomesProps {
  value: OutcomeDraft[];
  onChange: (value: OutcomeDraft[]) => void;
  problemOf: (field: string) => string | undefined;
}

/** Outcomes whose scores are told as bands, and where each band begins. */
export function ToldOutcomes({ value, onChange, problemOf }: OutcomesProps) {
  const all = useQuery(queries.outcomes()).data?.items;
  const live = (all ?? []).filter(({ publishedVersion }) => publishedVersion !== null);
  const unused = live.find(({ id }) => !value.some(({ outcomeId }) => outcomeId === id));
  return (
    <Input.Wrapper
      labelElement="div"
      label="Score bands"
      description="Who goes from one band to another is told. Percentiles are of everyone who is scored: from 80 is the best-scored fifth."
      error={problemOf('outcomes')}
    >
      <Stack gap="sm" my={6}>
        {value.map((outcome, i) => (
          <ToldOutcome
            // an outcome may come twice: its place is what it is known by
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            key={i}
            value={outcome}
            choices={live.map(({ id, name }) => ({ value: id, label: name }))}
            onChange={(next) => onChange(value.map((old, j) => (j === i ? next : old)))}
            onRemove={() => onChange(value.filter((_, j) => j !== i))}
            problemOf={(field) => problemOf(`outcomes[${i}].${field}`)}
          />
        ))}
        {unused && (
          <Button
            variant="light"
            size="xs"
            leftSection={<IconPlus size={14} />}
            style={{ alignSelf: 'flex-start' }}
            onClick={() => onChange([...value, { outcomeId: unused.id, as: '', bands: DEFAULT_BANDS }])}
          >
            Add an outcome
          </Button>
        )}
        {all && live.length === 0 && (
          <Text size="sm" c="dimmed">
            No outcome is live yet: <Link to="/outcomes">publish one</Link> first.
          </Text>
        )}
      </Stack>
    </Input.Wrapper>
  );
}

interface OutcomeProps {
  value: OutcomeDraft;
  choices: { value: string; label: string }[];
  onChange: (value: OutcomeDraft) => void;
  onRemove: () => void;
  problemOf: (field: string) => string | undefined;
}

function ToldOutcome({ value: { outcomeId, as, bands }, choices, onChange, onRemove, problemOf }: OutcomeProps) {
  const name = choices.find(({ value }) => value === outcomeId)?.label ?? outcomeId;
  const value = { outcomeId, as, bands };
  return (
    <Box role="group" aria-label={`Bands of ${name}`} p="sm" bdrs="md" bd="1px solid var(--reach-line)">
      <Stack gap="sm">
        <Group align="flex-start" gap="sm">
          <NativeSelect
            label="Outcome"
            flex="1 1 200px"
            data={choices}
            value={outcomeId}
            onChange={({ currentTarget }) => onChange({ ...value, outcomeId: currentTarget.value, as: '' })}
            error={problemOf('outcomeId')}
          />
          <TextInput
            label="Name in what is sent"
            description="will_buy is sent as will_buy_band. Empty: from the outcome's name."
            flex="1 1 200px"
            value={as}
            onChange={({ currentTarget }) => onChange({ ...value, as: currentTarget.value })}
            error={problemOf('as')}
          />
          <Button mt={24} variant="default" aria-label={`Remove bands of ${name}`} onClick={onRemove}>
            Remove
          </Button>
        </Group>
        <Bands value={bands} onChange={(next) => onChange({ ...value, bands: next })} problemOf={problemOf} />
      </Stack>
    </Box>
  );
}

interface BandsProps {
  value: BandDraft[];
  onChange: (value: BandDraft[]) => void;
  problemOf: (field: string) => string | undefined;
}

function Bands({ value: bands, onChange, problemOf }: BandsProps) {
  const whom = bandWords(bands);
  const below = belowEveryBand(bands);
  const replace = (index: number, part: Partial<BandDraft>) =>
    onChange(bands.map((band, i) => (i === index ? { ...band, ...part } : band)));
  return (
    <Stack gap={6}>
      {bands.map(({ name, from }, i) => (
        // a band has no id: its place is what it is known by
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <Group key={i} gap={6} align="flex-start" wrap="nowrap">
          <TextInput
            flex="1 1 120px"
            aria-label={`Name of band ${i + 1}`}
            placeholder="Name"
            value={name}
            onChange={({ currentTarget }) => replace(i, { name: currentTarget.value })}
            error={problemOf(`bands[${i}].name`) ?? problemOf(`bands[${i}]`)}
          />
          <NumberInput
            flex="1 1 120px"
            aria-label={`Band ${i + 1} from percentile`}
            prefix="from "
            min={0}
            max={100}
            decimalScale={2}
            step={5}
            hideControls
            value={from}
            onChange={(next) => replace(i, { from: typeof next === 'number' ? next : '' })}
            error={from === '' ? 'A percentile from 0 to 100.' : problemOf(`bands[${i}].from`)}
          />
          <Text size="sm" c="dimmed" w={96} mt={7}>
            {whom[i]}
          </Text>
          <ActionIcon
            mt={4}
            variant="subtle"
            color="gray"
            aria-label={`Remove band ${i + 1}`}
            disabled={bands.length === 1}
            onClick={() => onChange(bands.filter((_, j) => j !== i))}
          >
            <IconX size={16} />
          </ActionIcon>
        </Group>
      ))}
      <Group gap="sm">
        <Button
          variant="subtle"
          size="compact-xs"
          leftSection={<IconPlus size={14} />}
          onClick={() => onChange([...bands, { name: '', from: '' }])}
        >
          Add a band
        </Button>
        {below > 0 && (
          <Text size="xs" c="dimmed">
            The {below} % scored lowest are in no band.
          </Text>
        )}
      </Group>
      {problemOf('bands') && <Input.Error>{problemOf('bands')}</Input.Error>}
    </Stack>
  );
}

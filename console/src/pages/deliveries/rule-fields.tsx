import { Checkbox, NumberInput, Select, SimpleGrid, Stack, Switch, TextInput } from '@mantine/core';
import type { Guards, Schedule } from '../../api/types/deliveries.ts';

interface FieldsProps<T> {
  value: T;
  change: (part: Partial<T>) => void;
  problemOf: (field: string) => string | undefined;
}

/** Limits that hold a run for a person to look at. Left empty there is no limit. */
export function GuardFields({ value: guards, change, problemOf }: FieldsProps<Guards>) {
  return (
    <Stack>
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        <LimitInput
          label="Most removed in one run"
          description="Share of a segment's members."
          suffix=" %"
          factor={100}
          max={100}
          value={guards.maxRemovalShare}
          onChange={(maxRemovalShare) => change({ maxRemovalShare })}
          error={problemOf('guards.maxRemovalShare')}
        />
        <LimitInput
          label="Most growth in one run"
          description="Share of what a segment held."
          suffix=" %"
          factor={100}
          value={guards.maxGrowthShare}
          onChange={(maxGrowthShare) => change({ maxGrowthShare })}
          error={problemOf('guards.maxGrowthShare')}
        />
        <LimitInput
          label="Oldest data"
          description="Age of the newest import."
          suffix=" h"
          value={guards.maxInputAgeHours}
          onChange={(maxInputAgeHours) => change({ maxInputAgeHours })}
          error={problemOf('guards.maxInputAgeHours')}
        />
      </SimpleGrid>
      <Switch
        label="Hold when a persona would be too small for the platform"
        checked={guards.platformFloor}
        onChange={({ currentTarget }) => change({ platformFloor: currentTarget.checked })}
      />
      <Switch
        label="Hold when a remote name hints at health or finances"
        checked={guards.sensitiveWords}
        onChange={({ currentTarget }) => change({ sensitiveWords: currentTarget.checked })}
      />
    </Stack>
  );
}

interface LimitInputProps {
  label: string;
  description: string;
  suffix: string;
  factor?: number;
  max?: number;
  value: number | null;
  onChange: (value: number | null) => void;
  error: string | undefined;
}

function LimitInput({ value, onChange, factor = 1, ...common }: LimitInputProps) {
  return (
    <NumberInput
      {...common}
      placeholder="No limit"
      min={0}
      decimalScale={1}
      value={value === null ? '' : Number((value * factor).toFixed(1))}
      onChange={(next) => onChange(typeof next === 'number' ? next / factor : null)}
    />
  );
}

const TIME_ZONES = [...new Set(['UTC', ...Intl.supportedValuesOf('timeZone')])];

/** When a delivery runs by itself. */
export function ScheduleFields({ value: schedule, change, problemOf }: FieldsProps<Schedule>) {
  return (
    <Stack>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput
          label="Cron expression"
          description="Minute, hour, day, month, weekday. 0 6 * * 1-5 is six on weekdays. Empty: not by the clock."
          placeholder="0 6 * * 1-5"
          value={schedule.cron ?? ''}
          onChange={({ currentTarget }) => change({ cron: currentTarget.value || undefined })}
          error={problemOf('schedule.cron')}
        />
        <Select
          label="Time zone"
          description="In which the expression is read."
          searchable
          allowDeselect={false}
          limit={60}
          value={schedule.timeZone}
          onChange={(timeZone) => timeZone && change({ timeZone })}
          data={TIME_ZONES}
          error={problemOf('schedule.timeZone')}
        />
      </SimpleGrid>
      <Checkbox
        label="After every finished import"
        description="Where personas or scores decide whom it sends: once they have taken the import in."
        checked={schedule.afterImport}
        onChange={({ currentTarget }) => change({ afterImport: currentTarget.checked })}
      />
      <Checkbox
        label="After the personas were published anew"
        checked={schedule.afterRebuild}
        onChange={({ currentTarget }) => change({ afterRebuild: currentTarget.checked })}
      />
    </Stack>
  );
}

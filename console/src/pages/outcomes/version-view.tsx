import '@mantine/charts/styles.css';
import { Alert, Badge, Button, Group, List, SimpleGrid, Stack, Tabs, Text } from '@mantine/core';
import { IconAlertTriangle, IconFileText } from '@tabler/icons-react';
import { openPage } from '../../api/client.ts';
import type { OutcomeQuality, OutcomeVersion } from '../../api/types/outcomes.ts';
import { useAction } from '../../api/use-action.ts';
import { percent } from '../../app/format.ts';
import { Figure } from '../../components/figure.tsx';
import { State } from '../../components/status.tsx';
import { BiasView } from './bias-view.tsx';
import { GRADES } from './grades.ts';
import { ImportanceView } from './importance-view.tsx';
import { QualityCharts } from './quality-charts.tsx';
import { SelectionView } from './selection-view.tsx';
import { warningsOf } from './warnings.ts';

/** How far a version can be trusted, what it goes by, and whom it treats how. */
export default function VersionView({ outcomeId, version }: { outcomeId: string; version: OutcomeVersion }) {
  const card = useAction(
    () => openPage(`/v1/outcomes/${outcomeId}/versions/${version.version}/card.html`, `model-card-${version.id}.html`),
    { refreshes: [] },
  );
  const { quality } = version;
  if (!quality) return null;
  return (
    <Stack gap="lg">
      <Group justify="space-between">
        <Group gap="xs">
          <State of={version.stage} />
          <Text size="sm" c="dimmed">
            All figures are of contacts that the model did not learn from.
          </Text>
        </Group>
        <Button
          variant="light"
          leftSection={<IconFileText size={16} />}
          loading={card.isPending}
          onClick={() => card.mutate()}
        >
          Model card
        </Button>
      </Group>
      <Warnings of={version} />
      <Figures of={quality} />
      <Tabs defaultValue="quality" keepMounted={false}>
        <Tabs.List mb="lg">
          <Tabs.Tab value="quality">How good it is</Tabs.Tab>
          <Tabs.Tab value="importance">What it goes by</Tabs.Tab>
          <Tabs.Tab value="bias">Fairness</Tabs.Tab>
          <Tabs.Tab value="traits">Traits left out</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="quality">
          <QualityCharts quality={quality} />
        </Tabs.Panel>
        <Tabs.Panel value="importance">
          <ImportanceView traits={version.importance} baseRate={quality.baseRate} />
        </Tabs.Panel>
        <Tabs.Panel value="bias">
          <BiasView readOuts={version.bias} />
        </Tabs.Panel>
        <Tabs.Panel value="traits">
          <SelectionView selection={version.selection} />
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}

function Warnings({ of: version }: { of: OutcomeVersion }) {
  const warnings = warningsOf(version);
  if (warnings.length === 0) return null;
  return (
    <Alert
      color="orange"
      icon={<IconAlertTriangle />}
      title={version.stage === 'draft' ? 'Look at this before you publish' : 'Worth knowing'}
    >
      <List size="sm">
        {warnings.map((warning) => (
          <List.Item key={warning}>{warning}</List.Item>
        ))}
      </List>
    </Alert>
  );
}

function Figures({ of: quality }: { of: OutcomeQuality }) {
  const { auc, aucLow, aucHigh, grade, deciles, baseRate, logLoss, baseLogLoss, calibrationError } = quality;
  const [best] = deciles;
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }} spacing="lg">
      <Figure
        label="AUC"
        value={auc.toFixed(3)}
        about={`${aucLow.toFixed(3)} to ${aucHigh.toFixed(3)} in 95 % of samples. ${GRADES[grade].about}`}
        badge={<Badge color={GRADES[grade].color}>{grade}</Badge>}
      />
      {best && (
        <Figure
          label="Lift of the best tenth"
          value={`${best.lift.toFixed(1)} ×`}
          about={`${best.liftLow.toFixed(1)} to ${best.liftHigh.toFixed(1)}. ${percent(best.rate)} attain it there, ${percent(baseRate)} overall.`}
        />
      )}
      <Figure
        label="Log loss"
        value={logLoss.toFixed(3)}
        about={`Lower is better; ${baseLogLoss.toFixed(3)} without a model.`}
      />
      <Figure
        label="Off by"
        value={percent(calibrationError)}
        about="How far predicted probabilities are from what happened, on average."
      />
    </SimpleGrid>
  );
}

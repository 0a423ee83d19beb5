import '@mantine/charts/styles.css';
import { Grid, Group, SimpleGrid, Text } from '@mantine/core';
import { IconArrowsDiff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { insights } from '../../api/insights.ts';
import { queries } from '../../api/queries.ts';
import type { GroupComparison } from '../../api/types/insights.ts';
import { number, plural } from '../../app/format.ts';
import { Page, Section } from '../../components/page.tsx';
import { SaveCsv } from '../../components/save-csv.tsx';
import { Answer, Empty } from '../../components/states.tsx';
import { AsOf } from '../../components/time.tsx';
import { GroupPicker, groupOf, type Picked } from './group-picker.tsx';
import { TraitView } from './trait-view.tsx';
import { TraitsTable } from './traits-table.tsx';
import { tested } from './words.ts';

const FIRST = ['persona', 'cohort', 'audience', 'everyone'] as const;
const SECOND = ['rest', ...FIRST] as const;

/** Any group against any other, by every trait. */
export default function ExplorePage() {
  const sets = useQuery(queries.personaSets());
  const set = sets.data?.items.find(({ publishedVersion }) => publishedVersion !== null);
  const [chosen, setFirst] = useState<Picked>();
  const [second, setSecond] = useState<Picked>({ kind: 'rest' });
  const first = chosen ?? { kind: 'persona', id: set?.personas[0] && `${set.id}/${set.personas[0].key}` };
  const [a, b] = [groupOf(first), groupOf(second)];
  return (
    <Page title="Explore" about="What sets one group of contacts apart from another, the largest difference first.">
      <Section title="Groups">
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl">
          <GroupPicker label="First group" kinds={FIRST} value={first} onChange={setFirst} />
          <GroupPicker label="Second group" kinds={SECOND} value={second} onChange={setSecond} />
        </SimpleGrid>
      </Section>
      {a && b ? (
        <Comparison a={a} b={b} />
      ) : (
        <Empty icon={IconArrowsDiff} title="Choose two groups">
          A persona, a cohort or an audience against everyone else, or against another.
        </Empty>
      )}
    </Page>
  );
}

function Comparison({ a, b }: { a: string; b: string }) {
  const comparison = useQuery(insights.comparison({ a, b }));
  const [chosen, setChosen] = useState<string>();
  return (
    <Answer of={comparison} rows={8}>
      {(data) => {
        const row = data.rows.find(({ trait }) => trait === chosen) ?? data.rows[0];
        return (
          <Grid gap="lg" opacity={comparison.isPlaceholderData ? 0.5 : 1}>
            <Grid.Col span={{ base: 12, xl: 7 }}>
              <Section
                title="Traits by difference"
                about={<Sizes of={data} />}
                aside={
                  <Group gap="xs">
                    <AsOf at={data.asOf} />
                    <SaveCsv name="comparison" query={{ a, b }} of="all traits" />
                  </Group>
                }
              >
                <TraitsTable rows={data.rows} chosen={row?.trait} onChoose={setChosen} />
                <Text size="xs" c="dimmed" mt="sm">
                  Differences are in standard deviations (numbers, dates) or on Cohen’s scale of shares. Significant:
                  after adjusting for all traits, at most one in twenty of these is expected to be chance.
                </Text>
              </Section>
            </Grid.Col>
            <Grid.Col span={{ base: 12, xl: 5 }}>
              {row && <TraitView a={a} b={b} trait={row.trait} note={tested(row)} />}
            </Grid.Col>
          </Grid>
        );
      }}
    </Answer>
  );
}

function Sizes({ of: { a, b, overlap } }: { of: GroupComparison }) {
  return (
    <>
      First: {plural(a.compared, 'contact')}, {a.text}. Second: {plural(b.compared, 'contact')}, {b.text}.
      {overlap > 0 && ` ${number(overlap)} are in both and count in the first only.`}
    </>
  );
}

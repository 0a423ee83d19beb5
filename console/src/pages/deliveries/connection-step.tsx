import { Anchor } from '@mantine/core';
import { IconPlugConnected } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { queries } from '../../api/queries.ts';
import { Section } from '../../components/page.tsx';
import { Answer, Empty } from '../../components/states.tsx';
import { State } from '../../components/status.tsx';
import { ChoiceCards } from './choice-cards.tsx';
import type { StepProps } from './draft.ts';

export function ConnectionStep({ draft, change, problemOf }: StepProps) {
  const connections = useQuery(queries.connections());
  const destinations = useQuery(queries.destinations()).data?.items ?? [];
  return (
    <Section title="Where to deliver">
      <Answer of={connections}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon={IconPlugConnected} title="No connections yet">
              <Anchor component={Link} to="/connections/new">
                Connect a destination first.
              </Anchor>
            </Empty>
          ) : (
            <ChoiceCards
              label="Connection"
              value={draft.connectionId}
              // what one destination can do, another may not
              onChange={(connectionId) =>
                change({
                  connectionId,
                  matchKeys: null,
                  representation: null,
                  options: {},
                  attributes: [],
                  mode: 'mirror',
                })
              }
              error={problemOf('connectionId')}
              choices={items.map(({ id, name, type, status }) => ({
                value: id,
                title: name,
                about: destinations.find((each) => each.type === type)?.summary,
                aside: <State of={status} size="sm" />,
              }))}
            />
          )
        }
      </Answer>
    </Section>
  );
}

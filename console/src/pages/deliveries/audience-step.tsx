import { Anchor } from '@mantine/core';
import { IconTargetArrow } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { queries } from '../../api/queries.ts';
import { plural } from '../../app/format.ts';
import { Section } from '../../components/page.tsx';
import { Answer, Empty } from '../../components/states.tsx';
import { AsOf } from '../../components/time.tsx';
import { ChoiceCards } from './choice-cards.tsx';
import type { StepProps } from './draft.ts';

export function AudienceStep({ draft, change, problemOf }: StepProps) {
  const audiences = useQuery(queries.audiences());
  return (
    <Section title="Whom to reach">
      <Answer of={audiences}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon={IconTargetArrow} title="No audiences yet">
              <Anchor component={Link} to="/audiences/new">
                Define an audience first.
              </Anchor>
            </Empty>
          ) : (
            <ChoiceCards
              label="Audience"
              value={draft.audienceId}
              onChange={(audienceId) =>
                change({ audienceId, personaSetId: items.find(({ id }) => id === audienceId)?.personaSetId ?? null })
              }
              error={problemOf('audienceId')}
              choices={items.map(({ id, name, size, asOf, stale }) => ({
                value: id,
                title: name,
                about: (
                  <>
                    {size === null ? 'not counted yet' : plural(size, 'contact')} <AsOf at={asOf} stale={stale} />
                  </>
                ),
              }))}
            />
          )
        }
      </Answer>
    </Section>
  );
}

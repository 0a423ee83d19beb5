import { Anchor, Code } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { queries } from '../../api/queries.ts';
import type { Delivery } from '../../api/types/deliveries.ts';
import { words } from '../../app/format.ts';
import { Facts } from '../../components/facts.tsx';
import { Section } from '../../components/page.tsx';
import { EditRules } from './edit-rules.tsx';
import { NextRun } from './next-run.tsx';
import { creativesWords, guardWords, scheduleWords } from './rules.ts';

/** What a delivery is made of, when it runs, and what holds it. */
export function DeliveryFacts({ delivery }: { delivery: Delivery }) {
  const audience = useQuery(queries.audiences()).data?.items.find(({ id }) => id === delivery.audienceId);
  const connection = useQuery(queries.connections()).data?.items.find(({ id }) => id === delivery.connectionId);
  return (
    <Section title="Definition" aside={<EditRules delivery={delivery} />}>
      <Facts
        of={[
          [
            'Audience',
            <Anchor key="a" component={Link} to={`/audiences/${delivery.audienceId}`} size="sm">
              {audience?.name ?? delivery.audienceId}
            </Anchor>,
          ],
          [
            'Connection',
            <Anchor key="c" component={Link} to={`/connections/${delivery.connectionId}`} size="sm">
              {connection?.name ?? delivery.connectionId}
            </Anchor>,
          ],
          ['Mode', `${words(delivery.mode)}, ${delivery.representation}`],
          ['Match keys', delivery.matchKeys.join(', ')],
          ['Attributes', delivery.attributes.join(', ') || "The persona's"],
          ['Remote name', <Code key="n">{delivery.nameTemplate}</Code>],
          ['Creatives', creativesWords(delivery.creatives)],
          ['Schedule', scheduleWords(delivery.schedule)],
          ['Next run', <NextRun key="r" of={delivery} />],
          ['Guards', guardWords(delivery.guards)],
        ]}
      />
    </Section>
  );
}

import { IconBell } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { queries } from '../../api/queries.ts';
import { Page, Section } from '../../components/page.tsx';
import { Answer, Empty } from '../../components/states.tsx';
import { AlertHistory } from './alert-history.tsx';
import { ChannelForm } from './channel-form.tsx';
import { ChannelsTable } from './channels-table.tsx';

/** Who is told when something goes wrong, and what they were told. */
export default function AlertsPage() {
  const channels = useQuery(queries.alertChannels());
  const alerts = useQuery(queries.alerts());
  return (
    <Page title="Alerts" about="What went wrong is told once, and so is that it is over.">
      <Section title="Channels" about="Who is told.">
        <Answer of={channels}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty icon={IconBell} title="Nobody is told yet">
                Add a webhook or an e-mail address.
              </Empty>
            ) : (
              <ChannelsTable items={items} />
            )
          }
        </Answer>
      </Section>
      <Section title="New channel" about="A webhook is signed, so that its receiver can tell that it comes from here.">
        <ChannelForm />
      </Section>
      <Section title="History">
        <Answer of={alerts}>{({ items }) => <AlertHistory items={items} />}</Answer>
      </Section>
    </Page>
  );
}

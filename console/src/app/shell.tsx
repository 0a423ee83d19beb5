import {
  ActionIcon,
  AppShell,
  Burger,
  Group,
  NavLink,
  Stack,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import {
  IconActivity,
  IconAddressBook,
  IconArrowsDiff,
  IconBell,
  IconBolt,
  IconBook2,
  IconChartLine,
  IconDatabase,
  IconLayoutDashboard,
  IconMoon,
  IconPlugConnected,
  IconSend,
  IconShieldLock,
  IconSpeakerphone,
  IconSun,
  IconTargetArrow,
  IconTrendingUp,
  IconUsers,
  IconUsersGroup,
} from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { Link, Outlet, useLocation } from 'react-router';
import { Account } from './account.tsx';
import { Logo } from './logo.tsx';

const PLACES = [
  { to: '/', label: 'Overview', icon: IconLayoutDashboard },
  { to: '/dashboard', label: 'Dashboard', icon: IconChartLine },
  { to: '/explore', label: 'Explore', icon: IconArrowsDiff },
  { to: '/datasets', label: 'Datasets', icon: IconDatabase },
  { to: '/contacts', label: 'Contacts', icon: IconAddressBook },
  { to: '/cohorts', label: 'Cohorts', icon: IconUsersGroup },
  { to: '/personas', label: 'Personas', icon: IconUsers },
  { to: '/outcomes', label: 'Outcomes', icon: IconTrendingUp },
  { to: '/creatives', label: 'Creatives', icon: IconSpeakerphone },
  { to: '/audiences', label: 'Audiences', icon: IconTargetArrow },
  { to: '/connections', label: 'Connections', icon: IconPlugConnected },
  { to: '/deliveries', label: 'Deliveries', icon: IconSend },
  { to: '/monitors', label: 'Monitors', icon: IconActivity },
  { to: '/inform', label: 'Inform', icon: IconBolt },
  { to: '/privacy', label: 'Privacy', icon: IconShieldLock },
  { to: '/alerts', label: 'Alerts', icon: IconBell },
];

/** The frame of every page: navigation on the left, the page on the right. */
export function Shell() {
  const [opened, { toggle, close }] = useDisclosure();
  const { pathname } = useLocation();
  const main = useRef<HTMLElement>(null);
  // after a change of page, keyboards and readers begin at its start
  useEffect(() => {
    close();
    if (pathname) main.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [pathname, close]);

  return (
    <AppShell
      header={{ height: { base: 52, sm: 0 } }}
      navbar={{ width: 216, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding={{ base: 'md', sm: 'xl' }}
    >
      <a className="skip-link" href="#content">
        Skip to content
      </a>
      <AppShell.Header hiddenFrom="sm" px="md">
        <Group h="100%" justify="space-between">
          <Logo />
          <Burger opened={opened} onClick={toggle} size="sm" aria-label="Navigation" />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" aria-label="Main navigation">
        <Group px="xs" py="sm" visibleFrom="sm">
          <Logo />
        </Group>
        <Stack gap={2} mt="xs" flex={1}>
          {PLACES.map(({ to, label, icon: Icon }) => (
            <NavLink
              key={to}
              component={Link}
              to={to}
              onClick={close}
              label={label}
              leftSection={<Icon size={18} stroke={1.7} />}
              active={isHere(pathname, to)}
              aria-current={isHere(pathname, to) ? 'page' : undefined}
              bdrs="md"
              py={8}
              fw={500}
            />
          ))}
        </Stack>
        <NavLink
          href="/docs"
          target="_blank"
          label="API reference"
          leftSection={<IconBook2 size={18} stroke={1.7} />}
          bdrs="md"
          py={8}
        />
        <Group
          justify="space-between"
          wrap="nowrap"
          pt="sm"
          mt="xs"
          style={{ borderTop: '1px solid var(--reach-line)' }}
        >
          <Account />
          <ColorScheme />
        </Group>
      </AppShell.Navbar>
      <AppShell.Main id="content" ref={main} tabIndex={-1}>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}

/** Runs belong to deliveries. */
function isHere(pathname: string, to: string): boolean {
  if (to === '/') return pathname === '/';
  return pathname.startsWith(to) || (to === '/deliveries' && pathname.startsWith('/runs'));
}

function ColorScheme() {
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme('light') === 'dark';
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      aria-label={dark ? 'Use light colours' : 'Use dark colours'}
      onClick={() => setColorScheme(dark ? 'light' : 'dark')}
    >
      {dark ? <IconSun size={18} /> : <IconMoon size={18} />}
    </ActionIcon>
  );
}

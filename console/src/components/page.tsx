import { Anchor, Box, Breadcrumbs, Group, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import { Link } from 'react-router';

interface PageProps {
  title: string;
  /** One line under the title. */
  about?: ReactNode;
  /** Shown beside the title. */
  badge?: ReactNode;
  /** Pages above this one. */
  trail?: { label: string; to: string }[];
  actions?: ReactNode;
  children: ReactNode;
}

/** A page: where it is, what it is, what can be done, and its content. */
export function Page({ title, about, badge, trail, actions, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Reach`;
  }, [title]);
  return (
    <Stack gap="lg" maw={1480} mx="auto">
      <Box>
        {trail && (
          <Breadcrumbs mb={4} separatorMargin={6} aria-label="Breadcrumbs" component="nav">
            {trail.map(({ label, to }) => (
              <Anchor key={to} component={Link} to={to} size="sm">
                {label}
              </Anchor>
            ))}
          </Breadcrumbs>
        )}
        <Group justify="space-between" align="flex-start" gap="md">
          <Box miw={0} flex="1 1 280px">
            <Group gap="sm">
              <Title order={1} style={{ overflowWrap: 'anywhere' }}>
                {title}
              </Title>
              {badge}
            </Group>
            {about && (
              <Text c="dimmed" size="sm" mt={4} maw={820} component="div">
                {about}
              </Text>
            )}
          </Box>
          {actions && <Group gap="xs">{actions}</Group>}
        </Group>
      </Box>
      {children}
    </Stack>
  );
}

/** A card with a heading. */
export function Section({
  title,
  about,
  aside,
  children,
}: {
  title: string;
  about?: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
}) {
  return (
    <Box component="section" aria-label={title} bdrs="md" bd="1px solid var(--reach-line)" bg="var(--reach-surface)">
      <Group justify="space-between" px="lg" pt="md" pb="xs" gap="xs" align="flex-start">
        <Box>
          <Title order={2}>{title}</Title>
          {about && (
            <Text size="sm" c="dimmed" component="div">
              {about}
            </Text>
          )}
        </Box>
        {aside}
      </Group>
      <Box px="lg" pb="lg" pt={4}>
        {children}
      </Box>
    </Box>
  );
}

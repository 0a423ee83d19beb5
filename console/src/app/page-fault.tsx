import { Button } from '@mantine/core';
import { IconError404 } from '@tabler/icons-react';
import { Link, useRouteError } from 'react-router';
import { Empty, Failure } from '../components/states.tsx';

/** A page that broke, or whose code could not be loaded: after an upgrade a reload brings the new one. */
export function PageFault() {
  const error = useRouteError();
  return (
    <Failure
      title="This page could not be shown"
      error={error instanceof Error ? error : new Error(String(error))}
      onRetry={() => location.reload()}
    />
  );
}

export function NotFound() {
  return (
    <Empty
      icon={IconError404}
      title="There is no such page"
      action={
        <Button component={Link} to="/" variant="light">
          Go to the overview
        </Button>
      }
    />
  );
}

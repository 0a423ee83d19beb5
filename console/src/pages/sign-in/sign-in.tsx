import { Anchor, Button, Card, Center, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { whoIs } from '../../api/client.ts';
import { ApiError } from '../../api/problem.ts';
import { session } from '../../api/session.ts';
import type { Me } from '../../api/types/common.ts';
import { Logo } from '../../app/logo.tsx';

/** Asks for an API key and opens the session once the API knows whose it is. */
export function SignIn() {
  const form = useForm({
    initialValues: { key: '' },
    validate: { key: (key) => (key.trim() === '' ? 'Enter an API key.' : null) },
  });
  const signIn = useMutation({
    mutationFn: (key: string) => whoIs<Me>(key),
    onSuccess: (_, key) => session.open(key),
    onError: (error) =>
      form.setFieldError(
        'key',
        error instanceof ApiError && error.status === 401 ? 'This key is not known.' : error.message,
      ),
  });
  return (
    <Center component="main" mih="100vh" p="md">
      <title>Sign in · Reach</title>
      <Stack w="100%" maw={400} gap="lg">
        <Logo size={34} />
        <Card padding="xl">
          <form onSubmit={form.onSubmit(({ key }) => signIn.mutate(key.trim()))}>
            <Stack>
              <div>
                <Title order={1}>Sign in</Title>
                <Text size="sm" c="dimmed" mt={4}>
                  Predictive personas, and audiences split by persona, delivered with proof.
                </Text>
              </div>
              <PasswordInput
                label="API key"
                description="Kept in this tab until you sign out or close it."
                autoComplete="current-password"
                autoFocus
                {...form.getInputProps('key')}
              />
              <Button type="submit" loading={signIn.isPending}>
                Sign in
              </Button>
            </Stack>
          </form>
        </Card>
        <Text size="xs" c="dimmed">
          The first key is printed when the service starts for the first time, or set as REACH_ADMIN_KEY. More keys:{' '}
          <Anchor href="/docs" size="xs">
            POST /v1/api-keys
          </Anchor>
          .
        </Text>
      </Stack>
    </Center>
  );
}

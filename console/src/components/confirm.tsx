import { Button, Group, Modal, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ReactNode } from 'react';

interface ConfirmProps {
  title: string;
  /** What will happen. */
  children: ReactNode;
  /** On the button that does it. */
  verb: string;
  color?: string;
  busy?: boolean;
  onConfirm: () => void;
  /** Draws what opens the question. */
  trigger: (open: () => void) => ReactNode;
}

/** Asks before something that cannot simply be taken back. */
export function Confirm({ title, children, verb, color, busy, onConfirm, trigger }: ConfirmProps) {
  const [opened, { open, close }] = useDisclosure();
  return (
    <>
      {trigger(open)}
      <Modal opened={opened} onClose={close} title={title}>
        <Text size="sm" component="div">
          {children}
        </Text>
        <Group justify="flex-end" mt="lg" gap="xs">
          <Button variant="default" onClick={close}>
            Keep things as they are
          </Button>
          <Button
            color={color}
            loading={busy}
            onClick={() => {
              onConfirm();
              close();
            }}
          >
            {verb}
          </Button>
        </Group>
      </Modal>
    </>
  );
}

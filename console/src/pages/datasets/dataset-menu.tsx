import { ActionIcon, Menu } from '@mantine/core';
import { IconCalendarClock, IconDots, IconPencil, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import type { Dataset } from '../../api/types/contacts.ts';
import { DeleteDataset } from './delete-dataset.tsx';
import { ExpectedFile } from './expected-file.tsx';
import { RenameDataset } from './rename-dataset.tsx';

/** The actions on a dataset besides its mapping. */
export function DatasetMenu({ dataset }: { dataset: Dataset }) {
  const [dialog, setDialog] = useState<'rename' | 'expected' | 'delete'>();
  const close = () => setDialog(undefined);
  return (
    <>
      <Menu position="bottom-end" withArrow>
        <Menu.Target>
          <ActionIcon variant="default" size="lg" aria-label="More actions">
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => setDialog('rename')}>
            Rename
          </Menu.Item>
          <Menu.Item leftSection={<IconCalendarClock size={16} />} onClick={() => setDialog('expected')}>
            Expected file
          </Menu.Item>
          <Menu.Item
            color="red"
            leftSection={<IconTrash size={16} />}
            disabled={dataset.status === 'starting' || dataset.status === 'running'}
            onClick={() => setDialog('delete')}
          >
            Delete
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {dialog === 'rename' && <RenameDataset dataset={dataset} onClose={close} />}
      {dialog === 'expected' && <ExpectedFile dataset={dataset} onClose={close} />}
      {dialog === 'delete' && <DeleteDataset dataset={dataset} onClose={close} />}
    </>
  );
}

import { Anchor, Table } from '@mantine/core';
import type { MouseEvent, ReactNode } from 'react';
import { Link, useNavigate } from 'react-router';

/** A table row that leads somewhere: by its link for keyboards and readers, and by a click anywhere on it. */
export function RowLink({ to, label, children }: { to: string; label: ReactNode; children: ReactNode }) {
  const navigate = useNavigate();
  const open = (event: MouseEvent<HTMLElement>) => {
    if (!(event.target as HTMLElement).closest('a,button,input')) navigate(to);
  };
  return (
    <Table.Tr className="row-link" onClick={open}>
      <Table.Td>
        <Anchor component={Link} to={to} fw={600} size="sm">
          {label}
        </Anchor>
      </Table.Td>
      {children}
    </Table.Tr>
  );
}

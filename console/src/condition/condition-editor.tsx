import { Input, JsonInput, Tabs } from '@mantine/core';
import { useState } from 'react';
import type { FieldProblem } from '../api/problem.ts';
import type { Condition } from '../api/types/condition.ts';
import { ChoicesProvider } from './choices.tsx';
import { GroupEditor } from './group-editor.tsx';
import { asCondition, asGroup, type Group } from './nodes.ts';

interface ConditionEditorProps {
  label: string;
  value: Condition | undefined;
  onChange: (condition: Condition | undefined) => void;
  /** Path of the condition in the request, which problems begin with. */
  path: string;
  problems: FieldProblem[];
  inAudience?: boolean;
}

/** Edits a condition by clicking or as JSON; both are the same thing. */
export function ConditionEditor({ label, value, onChange, path, problems, inAudience }: ConditionEditorProps) {
  // The group on top is kept while it is edited: sent with one part it is that part alone, as the API shows it.
  const [root, setRoot] = useState<Group>(() => asGroup(value));
  const [tab, setTab] = useState<string | null>('build');
  const own = problems
    .filter((problem) => problem.path.startsWith(path))
    .map((problem) => ({ ...problem, path: rooted(problem.path.slice(path.length), root) }));
  const change = (next: Group) => {
    setRoot(next);
    onChange(asCondition(next));
  };
  return (
    <Input.Wrapper label={label} labelElement="div" component="fieldset" bd={0} p={0} m={0}>
      <Tabs value={tab} onChange={setTab} keepMounted={false} mt={4}>
        <Tabs.List>
          <Tabs.Tab value="build">Builder</Tabs.Tab>
          <Tabs.Tab value="json">JSON</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="build" pt="sm">
          <ChoicesProvider problems={own} inAudience={inAudience}>
            <GroupEditor node={root} path="" onChange={change} />
          </ChoicesProvider>
        </Tabs.Panel>
        <Tabs.Panel value="json" pt="sm">
          <JsonTab value={asCondition(root)} onChange={(next) => change(asGroup(next))} problems={own} />
        </Tabs.Panel>
      </Tabs>
    </Input.Wrapper>
  );
}

/** The path of a problem within the edited group: a part sent alone is the group's first. */
function rooted(rest: string, root: Group): string {
  const path = rest.replace(/^\./, '');
  const sent = asCondition(root);
  if (sent === undefined || sent === root) return path;
  const first = 'all' in root ? 'all[0]' : 'any[0]';
  return path === '' || path.startsWith('[') ? first + path : `${first}.${path}`;
}

function JsonTab({
  value,
  onChange,
  problems,
}: {
  value: Condition | undefined;
  onChange: (condition: Condition | undefined) => void;
  problems: FieldProblem[];
}) {
  const [text, setText] = useState(() => (value ? JSON.stringify(value, null, 2) : ''));
  const [fault, setFault] = useState<string>();
  const edit = (next: string) => {
    setText(next);
    try {
      onChange(next.trim() === '' ? undefined : (JSON.parse(next) as Condition));
      setFault(undefined);
    } catch (error) {
      setFault((error as Error).message);
    }
  };
  const told = problems.map((problem) => `${problem.path}: ${problem.message}`).join('\n');
  return (
    <JsonInput
      aria-label="Condition as JSON"
      value={text}
      onChange={edit}
      error={fault ?? (told || undefined)}
      autosize
      minRows={8}
      maxRows={24}
      styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
    />
  );
}

import { Input, JsonInput, Tabs } from '@mantine/core';
import { useState } from 'react';
import type { FieldProblem } from '../api/problem.ts';
import type { Condition, ConditionLeaf } from '../api/types/condition.ts';
import type { Group } from '../api/types/tree.ts';
import { ChoicesProvider } from './choices.tsx';
import { ConditionGroup } from './condition-group.tsx';
import { asGroup, asSent, editedPath, isWithin } from './tree.ts';

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
  const [root, setRoot] = useState<Group<ConditionLeaf>>(() => asGroup(value));
  const [tab, setTab] = useState<string | null>('build');
  const own = problems
    .filter((problem) => isWithin(problem.path, path))
    .map((problem) => ({
      ...problem,
      path: editedPath(problem.path, path, root).slice(path.length).replace(/^\./, ''),
    }));
  const change = (next: Group<ConditionLeaf>) => {
    setRoot(next);
    onChange(asSent(next));
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
            <ConditionGroup node={root} path="" onChange={change} />
          </ChoicesProvider>
        </Tabs.Panel>
        <Tabs.Panel value="json" pt="sm">
          <JsonTab value={asSent(root)} onChange={(next) => change(asGroup(next))} problems={own} />
        </Tabs.Panel>
      </Tabs>
    </Input.Wrapper>
  );
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

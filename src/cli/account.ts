import chalk from 'chalk';
import Table from 'cli-table3';
import type { PersonaView, RunView } from './views.ts';

const number = (value: number) => value.toLocaleString('en-US');
const percent = (share: number) => `${Math.round(share * 100)} %`;
/** Columns without a grid: readable on any terminal and in a log. */
const plain = {
  style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
  chars: Object.fromEntries(
    [
      'top',
      'top-mid',
      'top-left',
      'top-right',
      'bottom',
      'bottom-mid',
      'bottom-left',
      'bottom-right',
      'left',
      'left-mid',
      'mid',
      'mid-mid',
      'right',
      'right-mid',
      'middle',
    ].map((part) => [part, '']),
  ),
};

/** A table with these headings; wide cells wrap. */
export function tableOf(head: string[], colWidths: number[]): Table.Table {
  return new Table({ ...plain, head: head.map((text) => chalk.dim(text)), colWidths, wordWrap: true });
}

/** Personas with what marks them, as a table. */
export function personaTable(personas: PersonaView[]): string {
  const table = tableOf(['Persona', 'Size', 'Share', 'What marks it'], [30, 9, 8, 70]);
  for (const persona of personas) {
    const traits = persona.salientTraits.slice(0, 4).map((trait) => trait.statement);
    table.push([chalk.bold(persona.name), number(persona.size), percent(persona.share), traits.join('\n')]);
  }
  return table.toString();
}

/** A finished run: its verdict, segments with counts and remote names, and what was refused and why. */
export function runAccount(run: RunView): string {
  const table = tableOf(
    ['Remote audience', 'Sent', 'Fixed', 'Invalid', 'Withheld', 'Rejected', 'Removed', 'State'],
    [64, 9, 8, 10, 11, 11, 10, 14],
  );
  for (const { persona, remote, counts, uploads } of run.segments) {
    const state = uploads.length === 0 ? 'unchanged' : [...new Set(uploads.map((upload) => upload.status))].join(', ');
    const sent = counts.ok + counts.fixed;
    table.push([
      remote ? `${remote.name}\n${chalk.dim(remote.id)}` : persona,
      ...[
        sent,
        counts.fixed,
        counts.invalid,
        counts.withheld,
        counts.rejected + counts.unattributed,
        counts.removed,
      ].map(number),
      state,
    ]);
  }
  const verdict = `${chalk.bold(run.verdict ?? run.status)}${run.reason ? ` – ${run.reason}` : ''}`;
  return [`Run ${run.id}: ${verdict}`, table.toString(), ...refusals(run), ''].join('\n');
}

function refusals(run: RunView): string[] {
  if (run.refusals.length === 0) return [];
  const merged = new Map<string, { what: string; code: string; text: string; contacts: number }>();
  for (const { verdict, field, code, text, contacts } of run.refusals) {
    const what = field ? `${verdict} ${field}` : verdict;
    const entry = merged.get(`${what}/${code}`) ?? { what, code, text, contacts: 0 };
    merged.set(`${what}/${code}`, { ...entry, contacts: entry.contacts + contacts });
  }
  const table = tableOf(['Not sent', 'Contacts', 'Reason', ''], [22, 10, 28, 70]);
  for (const { what, code, text, contacts } of merged.values()) table.push([what, number(contacts), code, text]);
  return [table.toString(), `Every row: GET /v1/runs/${run.id}/rejects.csv`];
}

/** One line of what a run's plan holds. */
export function planLine(run: RunView): string {
  const sum = (key: keyof RunView['segments'][number]['planned']) =>
    run.segments.reduce((total, segment) => total + segment.planned[key], 0);
  return `${number(sum('adds'))} adds, ${number(sum('removes'))} removes, ${number(sum('changes'))} changed, ${number(sum('unchanged'))} unchanged, ${number(sum('withheld'))} withheld`;
}

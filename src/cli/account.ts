import chalk from 'chalk';
import Table from 'cli-table3';
import type { PersonaView, RunView } from './views.ts';

const number = (value: number) => value.toLocaleString('en-US');
const percent = (share: number) => `${Math.round(share * 100)} %`;
const plain = { style: { head: [], border: ['grey'] } };

/** Personas with what marks them, as a table. */
export function personaTable(personas: PersonaView[]): string {
  const table = new Table({
    ...plain,
    head: ['Persona', 'Size', 'Share', 'What marks it'],
    colWidths: [30, 9, 7, 70],
    wordWrap: true,
  });
  for (const persona of personas) {
    const traits = persona.salientTraits.slice(0, 4).map((trait) => trait.statement);
    table.push([chalk.bold(persona.name), number(persona.size), percent(persona.share), traits.join('\n')]);
  }
  return table.toString();
}

/** A finished run: its verdict, segments with counts and remote names, and what was refused and why. */
export function runAccount(run: RunView): string {
  const table = new Table({
    ...plain,
    head: ['Segment', 'Remote audience', 'Sent', 'Fixed', 'Invalid', 'Withheld', 'Rejected', 'Removed', 'State'],
    colWidths: [26, 42, 8, 8, 9, 10, 10, 9, 12],
    wordWrap: true,
  });
  for (const { persona, remote, counts, uploads } of run.segments) {
    const state = uploads.length === 0 ? 'unchanged' : [...new Set(uploads.map((upload) => upload.status))].join(', ');
    const sent = counts.ok + counts.fixed;
    table.push([
      persona,
      remote ? `${remote.name}\n${chalk.grey(remote.id)}` : '–',
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
  const table = new Table({
    ...plain,
    head: ['Not sent', 'Contacts', 'Reason', ''],
    colWidths: [20, 10, 28, 64],
    wordWrap: true,
  });
  for (const { what, code, text, contacts } of merged.values()) table.push([what, number(contacts), code, text]);
  return [table.toString(), `Every row: GET /v1/runs/${run.id}/rejects.csv`];
}

/** One line of what a run's plan holds. */
export function planLine(run: RunView): string {
  const sum = (key: keyof RunView['segments'][number]['planned']) =>
    run.segments.reduce((total, segment) => total + segment.planned[key], 0);
  return `${number(sum('adds'))} adds, ${number(sum('removes'))} removes, ${number(sum('changes'))} changed, ${number(sum('unchanged'))} unchanged, ${number(sum('withheld'))} withheld`;
}

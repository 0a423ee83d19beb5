import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../src/models/random.ts';
import type { Person, RunAnswer } from '../support/steps.ts';
import { DESTINATIONS, type DestinationType, type Stage } from './stage.ts';
import { problemsOf } from './verify.ts';

/** What the process was doing when it was killed. */
export const MOMENTS = ['planning', 'sending', 'confirming', 'starting'] as const;
export type Moment = (typeof MOMENTS)[number];

export interface Kill {
  moment: Moment;
  /** Where each unfinished run was when it was last looked at. */
  runs: Partial<Record<DestinationType, string>>;
}

export interface RoundResult {
  kills: Kill[];
  /** What was not as it should be afterwards; empty when the round was survived. */
  problems: string[];
}

type RunIds = Record<DestinationType, string>;

const QUARTER = 4;
/** The longest pause between what a kill waits for and the kill itself. */
const REACTION_MS: Record<Moment, number> = { planning: 400, sending: 120, confirming: 60, starting: 6000 };
const FINISH_MS = 300_000;
const LOOK_MS = 60_000;

/**
 * One story with kills: a first run that fills empty lists, a run with movers, new keys, leavers and newcomers, and a
 * run that has nothing to do. In the first two, all three deliveries run at once, and the process is killed `killsPerRun`
 * times.
 */
export async function playRound(stage: Stage, seed: number, killsPerRun: number): Promise<RoundResult> {
  const random = seededRandom(seed);
  const dataDir = stage.copy();
  const result: RoundResult = { kills: [], problems: [] };
  const people = stage.people.map((person) => ({ ...person }));
  const told = (when: string) => (problem: string) => `seed ${seed}, ${when}: ${problem}`;
  try {
    stage.sandbox.reset();
    stage.sandbox.google.options.processingPolls = 1;
    stage.service.start(dataDir);
    await stage.service.ready();
    const first = await runThrough(stage, dataDir, random, killsPerRun, result.kills);
    result.problems.push(...(await problemsOf(stage, people, first, 'confirmed')).map(told('first run')));
    await stage.steps.importPeople(change(people));
    await stage.steps.settled(stage.setId);
    const second = await runThrough(stage, dataDir, random, killsPerRun, result.kills);
    result.problems.push(...(await problemsOf(stage, people, second, 'confirmed')).map(told('second run')));
    const third = await runThrough(stage, dataDir, random, 0, result.kills);
    result.problems.push(...(await problemsOf(stage, people, third, 'unchanged')).map(told('third run')));
  } catch (error) {
    result.problems.push(told('no end')(`${(error as Error).message} — the service said: ${stage.service.said}`));
  } finally {
    await stage.service.kill();
    if (result.problems.length === 0) rmSync(dataDir, { recursive: true, force: true });
    else result.problems.push(told('its data')(dataDir));
  }
  return result;
}

/** A tenth of all people changes, in four ways. @returns the changed ones, as a file would bring them */
function change(people: Person[]): Person[] {
  const changed = people.filter((_, i) => i % 10 === 0);
  changed.forEach((person, i) => {
    if (i % QUARTER === 0) Object.assign(person, { plan: 'premium', spend: 930 });
    if (i % QUARTER === 1) person.first = 'Renamed';
    if (i % QUARTER === 2) person.consent = 'denied';
    if (i % QUARTER === 3) {
      const newcomer = { ...person, id: `n${person.id}`, email: `n${person.email}`, phone: `+1628${2_000_000 + i}` };
      people.push(newcomer);
      changed.push(newcomer);
    }
  });
  return changed;
}

async function runThrough(
  stage: Stage,
  dataDir: string,
  random: { next(): number },
  kills: number,
  done: Kill[],
): Promise<Record<DestinationType, RunAnswer>> {
  const ids = {} as RunIds;
  for (const type of DESTINATIONS) {
    const path = `/v1/deliveries/${stage.deliveries[type]}/runs`;
    ids[type] = (await stage.steps.ask<{ id: string }>('POST', path)).id;
  }
  let last: Partial<Record<DestinationType, string>> = Object.fromEntries(DESTINATIONS.map((type) => [type, 'queued']));
  for (let n = 0; n < kills; n++) {
    const moment = n === 0 ? 'planning' : MOMENTS[1 + Math.floor(random.next() * (MOMENTS.length - 1))]!;
    last = await waitFor(stage, ids, moment, last, random);
    if (Object.keys(last).length === 0) break;
    await sleep(random.next() * REACTION_MS[moment]);
    await stage.service.kill();
    done.push({ moment, runs: last });
    stage.service.start(dataDir);
  }
  await stage.service.ready();
  const answers = {} as Record<DestinationType, RunAnswer>;
  for (const type of DESTINATIONS) answers[type] = await stage.steps.finished(ids[type], FINISH_MS);
  return answers;
}

/** Waits until the moment has come, or can no longer come. @returns where the unfinished runs are */
async function waitFor(
  stage: Stage,
  ids: RunIds,
  moment: Moment,
  last: Partial<Record<DestinationType, string>>,
  random: { next(): number },
): Promise<Partial<Record<DestinationType, string>>> {
  if (moment === 'planning' || moment === 'starting') return last;
  await stage.service.ready();
  const enough = stage.sandbox.requests.length + 1 + Math.floor(random.next() * 12);
  for (const deadline = Date.now() + LOOK_MS; ; await sleep(moment === 'confirming' ? 5 : 50)) {
    if (moment === 'sending') await nextRequest(stage, enough);
    const statuses = await statusesOf(stage, ids);
    const open = Object.values(statuses);
    const here = moment === 'sending' ? stage.sandbox.requests.length >= enough : open.includes(moment);
    if (here || open.length === 0) return statuses;
    if (Date.now() > deadline) throw new Error(`nothing moves: ${JSON.stringify(statuses)}`);
  }
}

/** Waits a while for the platforms to have been called `enough` times. */
async function nextRequest(stage: Stage, enough: number): Promise<void> {
  for (let i = 0; i < 200 && stage.sandbox.requests.length < enough; i++) await sleep(1);
}

async function statusesOf(stage: Stage, ids: RunIds): Promise<Partial<Record<DestinationType, string>>> {
  const { items } = await stage.steps.ask<{ items: { id: string; status: string }[] }>('GET', '/v1/runs?limit=3');
  const found = DESTINATIONS.map((type) => [type, items.find(({ id }) => id === ids[type])?.status] as const);
  return Object.fromEntries(found.filter(([, status]) => status !== undefined && status !== 'finished'));
}

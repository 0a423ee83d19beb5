import type { Fault } from '../../sandbox/faults.ts';
import { type DestinationType, type Held, heldBy, wantedOf } from './held.ts';
import { until } from './http.ts';
import type { Person, RunAnswer } from './steps.ts';
import { twoKinds, World } from './world.ts';

const KINDS = ['basic', 'premium'] as const;
const PEOPLE = 240;

/** A world with people in two personas, in which deliveries are run into faults. */
export class Lab {
  readonly world: World;
  /** As the service knows them; see `bring`. */
  readonly people: Person[];
  readonly setId: string;
  private readonly audienceId: string;
  readonly personas: Record<(typeof KINDS)[number], { key: string; name: string }>;
  private made = 0;

  private constructor(world: World, people: Person[], setId: string, audienceId: string, personas: Lab['personas']) {
    this.world = world;
    this.people = people;
    this.setId = setId;
    this.audienceId = audienceId;
    this.personas = personas;
  }

  static async open(options: Parameters<typeof World.start>[0] = {}): Promise<Lab> {
    const world = await World.start({ ...options, env: { REACH_RETRY_SECONDS: '0', ...options.env } });
    const people = twoKinds(PEOPLE);
    await world.importPeople(people);
    const { setId, personas } = await world.publishPersonas(2);
    const preview = await world.ask<{ personas: { key: string; count: number }[] }>('POST', '/v1/audiences/preview', {
      personaSetId: setId,
      include: { condition: { trait: 'plan', op: 'eq', value: 'basic' } },
    });
    const basicKey = preview.personas.find(({ count }) => count > 0)?.key;
    const audienceId = await world.audience({
      name: 'Everyone',
      include: { condition: { everyone: true } },
      personaSetId: setId,
    });
    return new Lab(world, people, setId, audienceId, {
      basic: personas.find(({ key }) => key === basicKey)!,
      premium: personas.find(({ key }) => key !== basicKey)!,
    });
  }

  /** A delivery with remote audiences of its own, on a connection of its own or that of `beside`. */
  async deliver(
    type: DestinationType,
    settings: Record<string, unknown> = {},
    {
      beside,
      ...chosen
    }: {
      beside?: LabDelivery;
      mode?: string;
      guards?: object;
      options?: object;
      matchKeys?: string[];
      splitByPersona?: boolean;
    } = {},
  ): Promise<LabDelivery> {
    this.made += 1;
    const connectionId = beside?.connectionId ?? (await this.world.connect(type, settings));
    const name = `trial ${this.made}`;
    const id = await this.world.delivery({
      name,
      audienceId: this.audienceId,
      connectionId,
      splitByPersona: true,
      nameTemplate: '{{delivery}} {{persona}}',
      ...chosen,
    });
    return { id, type, name, connectionId };
  }

  /** Arms faults of the delivery's platform, in place of those before. */
  arm({ type }: LabDelivery, ...faults: Fault[]): void {
    this.heal();
    this.world.sandbox[type].faults.add(...faults);
  }

  heal(): void {
    const { facebook, google, sftp } = this.world.sandbox;
    for (const platform of [facebook, google, sftp]) platform.faults.clear();
  }

  run({ id }: LabDelivery, timeoutMs = 120_000): Promise<RunAnswer> {
    return this.world.run(id, timeoutMs);
  }

  /** What the platform holds of each kind, beside what it should hold. */
  compare(delivery: LabDelivery): { kind: string; held: Held; wanted: Set<string> }[] {
    return KINDS.map((kind) => {
      const { key, name } = this.personas[kind];
      const place = { deliveryId: delivery.id, key, name: `${delivery.name} ${name}` };
      return { kind, held: heldBy(this.world.sandbox, delivery.type, place), wanted: wantedOf(this.people, kind) };
    });
  }

  /** Fails unless the platform holds exactly whom it should, and the ledger says the same. */
  async expectExact(delivery: LabDelivery): Promise<void> {
    for (const { held, wanted } of this.compare(delivery)) {
      expect(held.emails).toEqual(wanted);
      expect(held.rows).toBe(wanted.size);
    }
    const { segments } = await this.world.ask<{ segments: { key: string; members: number }[] }>(
      'GET',
      `/v1/deliveries/${delivery.id}`,
    );
    expect(sum(segments.map(({ members }) => members))).toBe(sum(this.compare(delivery).map((c) => c.wanted.size)));
  }

  /** Waits until every open upload of the runs has been put off. */
  async postponed(...runIds: string[]): Promise<void> {
    for (const id of runIds) {
      await until(
        () => this.world.ask<RunAnswer>('GET', `/v1/runs/${id}`),
        ({ segments }) =>
          segments.every(({ uploads }) => uploads.every(({ nextAt }) => nextAt !== null)) && segments.length > 0,
      );
    }
  }

  /** Waits until a run has come to a status. */
  async reached(runId: string, status: string): Promise<void> {
    await until(
      () => this.world.ask<RunAnswer>('GET', `/v1/runs/${runId}`),
      (run) => run.status === status,
    );
  }

  /** Rows the platform holds of the delivery's audiences. */
  rows(delivery: LabDelivery): number {
    return sum(this.compare(delivery).map(({ held }) => held.rows));
  }

  /** Imports changed people, and waits until personas and audiences know of them. */
  async bring(...changed: Person[]): Promise<void> {
    await this.world.importPeople(changed);
    await this.world.settled(this.setId);
  }

  close(): Promise<void> {
    return this.world.close();
  }
}

export interface LabDelivery {
  id: string;
  type: DestinationType;
  name: string;
  connectionId: string;
}

/** Everyone whom a run planned to send, or kept back, has exactly one verdict; some were kept back since. */
export function expectSumsUp(run: RunAnswer): void {
  for (const { planned, counts } of run.segments) {
    const { ok, fixed, invalid, rejected, unattributed, withheld } = counts;
    const { adds, changes, refreshes } = planned;
    expect(ok + fixed + invalid + rejected + unattributed + withheld).toBe(
      adds + changes + refreshes + planned.withheld,
    );
    expect(withheld).toBeGreaterThanOrEqual(planned.withheld);
  }
}

export const codesOf = (run: RunAnswer): (string | undefined)[] =>
  run.segments.flatMap(({ uploads }) => uploads.map(({ error }) => error?.code));

export const sum = (numbers: number[]): number => numbers.reduce((total, n) => total + n, 0);

import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import type { DestinationType } from '../support/held.ts';
import { type Person, Steps, twoKinds } from '../support/steps.ts';
import { buildService, ServiceProcess } from './service-process.ts';

export type { DestinationType } from '../support/held.ts';
export const DESTINATIONS: DestinationType[] = ['facebook', 'google', 'sftp'];
export type Kind = 'basic' | 'premium';
export const KINDS: Kind[] = ['basic', 'premium'];

/** What every round begins with: imported people, personas and a delivery to each destination, not yet run. */
export interface Stage {
  service: ServiceProcess;
  sandbox: Sandbox;
  steps: Steps;
  people: Person[];
  setId: string;
  personas: Record<Kind, { key: string; name: string }>;
  deliveries: Record<DestinationType, string>;
  /** A data folder that holds all this; the caller removes it. */
  copy(): string;
  close(): Promise<void>;
}

/** @param count people; above 20,000 every ad platform gets several batches a persona */
export async function setStage(count: number): Promise<Stage> {
  const { main, remove } = buildService();
  const sandbox = await startSandbox();
  const service = await ServiceProcess.at(main, sandbox.settings());
  const steps = new Steps(service, sandbox);
  const base = mkdtempSync(join(tmpdir(), 'reach-kill-base-'));
  const close = async () => {
    await service.kill();
    await sandbox.close();
    rmSync(base, { recursive: true, force: true });
    remove();
  };
  try {
    service.start(base);
    await service.ready();
    const people = twoKinds(count).map((person, i) => ({ ...person, phone: `+1415${2_000_000 + i}` }));
    await steps.importPeople(people);
    const { setId, personas } = await steps.publishPersonas(2);
    const preview = await steps.ask<{ personas: { key: string; count: number }[] }>('POST', '/v1/audiences/preview', {
      personaSetId: setId,
      include: { condition: { trait: 'plan', op: 'eq', value: 'basic' } },
    });
    const basicKey = preview.personas.find(({ count: n }) => n > 0)?.key;
    const audienceId = await steps.audience({
      name: 'Everyone',
      include: { condition: { everyone: true } },
      personaSetId: setId,
    });
    const deliveries = { facebook: '', google: '', sftp: '' };
    for (const type of DESTINATIONS) {
      const connectionId = await steps.connect(type);
      deliveries[type] = await steps.delivery({ name: type, audienceId, connectionId, splitByPersona: true });
    }
    await service.stop();
    return {
      service,
      sandbox,
      steps,
      people,
      setId,
      personas: {
        basic: personas.find(({ key }) => key === basicKey)!,
        premium: personas.find(({ key }) => key !== basicKey)!,
      },
      deliveries,
      copy() {
        const dataDir = mkdtempSync(join(tmpdir(), 'reach-kill-'));
        cpSync(base, dataDir, { recursive: true });
        return dataDir;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

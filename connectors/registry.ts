import { labelledFields, secretFields } from './declared.ts';
import type { DestinationDefinition } from './destination.ts';

/** Every destination this process knows, checked at boot so that a faulty connector cannot start. */
export class DestinationRegistry {
  private readonly byType = new Map<string, DestinationDefinition>();

  /** @throws naming every fault of every definition at once */
  constructor(definitions: DestinationDefinition[]) {
    const faults = definitions.flatMap((definition) => faultsOf(definition));
    for (const definition of definitions) {
      if (this.byType.has(definition.type)) faults.push(`${definition.type}: declared twice`);
      this.byType.set(definition.type, definition);
    }
    if (faults.length > 0) throw new Error(`faulty connectors:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
  }

  get(type: string): DestinationDefinition | undefined {
    return this.byType.get(type);
  }

  all(): DestinationDefinition[] {
    return [...this.byType.values()];
  }
}

/** What is wrong with a definition, one line each. */
export function faultsOf({ type, settings, capabilities: c, errors }: DestinationDefinition): string[] {
  const vendors = errors.map((rule) => rule.vendor);
  const labelled = new Set(labelledFields(settings).map((field) => field.name));
  const checks: [boolean, string][] = [
    [/^[a-z][a-z0-9-]*$/.test(type), 'type must be lower-case letters, digits and dashes'],
    [c.modes.length > 0, 'declares no mode'],
    [c.representations.length > 0, 'declares no representation'],
    [c.batchSize > 0, 'batchSize must be above 0'],
    [c.memberFloor >= 0, 'memberFloor must not be negative'],
    [c.defaultMatchKeys.every((key) => c.matchKeys.includes(key)), 'defaultMatchKeys must be among matchKeys'],
    [new Set(vendors).size === vendors.length, 'error table names a vendor code twice'],
    [secretFields(settings).every((field) => labelled.has(field)), 'every secret needs a label'],
  ];
  return checks.filter(([ok]) => !ok).map(([, fault]) => `${type}: ${fault}`);
}

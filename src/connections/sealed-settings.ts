import { Injectable } from '@nestjs/common';
import { secretFields } from '../../connectors/declared.ts';
import type { DestinationDefinition } from '../../connectors/destination.ts';
import { Sealer } from '../engines/sealing.ts';
import type { ConnectionRow } from './connections.repository.ts';

/** Settings of connections as they are kept: what may be seen as it is, credentials sealed. */
@Injectable()
export class SealedSettings {
  constructor(private readonly sealer: Sealer) {}

  /** Everything, credentials included unless their key is lost: for opening and changing a connection only. */
  plain(row: Pick<ConnectionRow, 'settings' | 'sealed'>): Record<string, unknown> {
    return { ...row.settings, ...this.secrets(row) };
  }

  /** Whether the credentials were sealed with a key that is not there: they have to be entered again. */
  areLost(row: Pick<ConnectionRow, 'sealed'>): boolean {
    return !this.sealer.canOpen(row.sealed);
  }

  /** Takes settings apart for keeping; what is null is left out. */
  split(definition: DestinationDefinition, all: Record<string, unknown>) {
    const secret = new Set(secretFields(definition.settings));
    const pick = (want: boolean) =>
      Object.fromEntries(
        Object.entries(all).filter(
          ([name, value]) => value !== undefined && value !== null && secret.has(name) === want,
        ),
      );
    return { settings: pick(false), sealed: this.sealer.seal(JSON.stringify(pick(true))) };
  }

  /** Names of the credentials that are set. */
  names(row: Pick<ConnectionRow, 'sealed'>): string[] {
    return Object.keys(this.secrets(row));
  }

  private secrets(row: Pick<ConnectionRow, 'sealed'>): Record<string, unknown> {
    return this.areLost(row) ? {} : (JSON.parse(this.sealer.unseal(row.sealed)) as Record<string, unknown>);
  }
}

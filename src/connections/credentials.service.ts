import { Injectable } from '@nestjs/common';
import { AccountsService } from '../accounts/accounts.service.ts';
import type { AccountId, Caller } from '../accounts/auth.ts';
import { Clock } from '../engines/clock.ts';
import { Problem } from '../http/problem.ts';
import type { ConfirmDto, KeyPairDto } from './connections.dto.ts';
import { type ConnectionRow, ConnectionsRepository } from './connections.repository.ts';
import { ConnectionsService, type ConnectionView, validated } from './connections.service.ts';
import type { PublicHalf } from './connections.tables.ts';
import { makePair } from './key-pairs.ts';
import { PreflightService } from './preflight.service.ts';
import { SealedSettings } from './sealed-settings.ts';

/** What people do about a connection's keys: have a pair made, and confirm what a check found. Both are in the audit log. */
@Injectable()
export class CredentialsService {
  constructor(
    private readonly repository: ConnectionsRepository,
    private readonly connections: ConnectionsService,
    private readonly preflight: PreflightService,
    private readonly sealed: SealedSettings,
    private readonly accounts: AccountsService,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes a key pair, in place of any that was there: logins work again when the other side has installed the new public
   * half. The private half is sealed and never shown.
   */
  async makeKeyPair(caller: Caller, id: string, { kind }: KeyPairDto): Promise<PublicHalf> {
    const row = await this.connections.row(caller.accountId, id);
    const definition = this.connections.definition(row.type);
    const maker = { connectionId: id, by: caller.name, at: this.clock.now(), kind };
    const { settings, keyPair } = await makePair(definition, this.sealed.plain(row), maker);
    await this.save(row, settings, { keyPair });
    await this.accounts.audit(caller, 'connection.key-pair', id, { fingerprint: keyPair!.fingerprint });
    return keyPair!;
  }

  /**
   * Confirms what the newest check found, such as the host key that a server showed, and checks again. The value is
   * repeated by the caller, so that nobody confirms what was not on the screen.
   * @throws Problem 409 `nothing_to_confirm` or `found_otherwise`
   */
  async confirm(caller: Caller, id: string, { prerequisite, value }: ConfirmDto): Promise<ConnectionView> {
    const row = await this.connections.row(caller.accountId, id);
    const found = row.prerequisites?.find(({ name }) => name === prerequisite)?.confirm;
    if (!found)
      throw Problem.conflict(
        'nothing_to_confirm',
        `The newest check found nothing to confirm about "${prerequisite}".`,
      );
    if (found.value !== value)
      throw Problem.conflict('found_otherwise', 'The newest check found another value. Look at it again.');
    const before = row.settings[found.setting] ?? null;
    const settings = { ...this.sealed.plain(row), [found.setting]: value };
    const by = { value, by: caller.name, at: this.clock.now().toISOString() };
    await this.save(row, settings, { confirmed: { ...row.confirmed, [prerequisite]: by } });
    await this.accounts.audit(caller, 'connection.confirm', id, { prerequisite, from: before, to: value });
    await this.preflight.check(caller.accountId, id);
    return this.connections.get(caller.accountId, id);
  }

  private async save(
    row: ConnectionRow,
    settings: Record<string, unknown>,
    more: Partial<ConnectionRow>,
  ): Promise<void> {
    const definition = this.connections.definition(row.type);
    await validated(definition.settings, settings, 'settings');
    await this.repository.update(row.accountId as AccountId, row.id, {
      ...this.sealed.split(definition, settings),
      ...more,
      status: 'unchecked',
      statusError: null,
      updatedAt: this.clock.now(),
    });
  }
}

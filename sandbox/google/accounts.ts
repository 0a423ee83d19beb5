import { isObject } from '../http.ts';
import { badRequest, StatusError, violation } from './errors.ts';
import { CUSTOMER_ID, type GoogleState, MANAGER_ID } from './state.ts';

const denied = () =>
  new StatusError('PERMISSION_DENIED', 'The caller does not have permission.', { reason: 'PERMISSION_DENIED' });

/** Checks the accounts of a destination: the right operating account, reached by the right login account. */
export function assertAccount(state: GoogleState, destination: Record<string, unknown>, field: string): void {
  const operating = readAccount(destination.operatingAccount, `${field}.operating_account`);
  if (!operating)
    throw badRequest(violation(`${field}.operating_account`, 'REQUIRED_FIELD_MISSING', 'Required field is missing.'));
  assertReach(state, operating, readAccount(destination.loginAccount, `${field}.login_account`));
}

/** Checks the account in the path of a user list against the `login-account` header. */
export function assertHeaders(state: GoogleState, accountId: string, login: string | undefined): void {
  const match = /^accountTypes\/GOOGLE_ADS\/accounts\/(\d+)$/.exec(login ?? '');
  if (login !== undefined && !match)
    throw new StatusError(
      'INVALID_ARGUMENT',
      'The login-account header must look like accountTypes/GOOGLE_ADS/accounts/{id}.',
    );
  assertReach(state, accountId, match?.[1]);
}

function assertReach(state: GoogleState, operating: string, login: string | undefined): void {
  if (operating !== CUSTOMER_ID) throw denied();
  if (login !== undefined && login !== MANAGER_ID && login !== CUSTOMER_ID) throw denied();
  if (state.options.access === 'manager' && login !== MANAGER_ID) throw denied();
}

function readAccount(value: unknown, field: string): string | undefined {
  if (value === undefined) return undefined;
  const { accountType, accountId } = isObject(value) ? value : {};
  if (accountType !== 'GOOGLE_ADS')
    throw badRequest(violation(`${field}.account_type`, 'INVALID_ENUM_VALUE', 'account_type must be GOOGLE_ADS.'));
  if (typeof accountId !== 'string' || !/^\d+$/.test(accountId))
    throw badRequest(violation(`${field}.account_id`, 'INVALID_FORMAT', 'account_id must be digits without dashes.'));
  return accountId;
}

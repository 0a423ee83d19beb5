import { CUSTOMER_ID, type GoogleState, type UserList } from '../google/state.ts';
import { AdsError, type AdsProblem, type FieldPath, refuse } from './failures.ts';

const KEY_TYPES: Record<string, string> = {
  CONTACT_INFO: 'CONTACT_ID',
  CRM_ID: 'USER_ID',
  MOBILE_ADVERTISING_ID: 'MOBILE_ID',
};
const MAX_DAYS = 540;

interface ListFields {
  resource_name?: string;
  name?: string;
  description?: string;
  membership_status?: string;
  membership_life_span?: string;
  crm_based_user_list?: { upload_key_type?: string; data_source_type?: string; app_id?: string };
}
export interface MutateUserLists {
  operations?: { create?: ListFields; update?: ListFields; remove?: string; update_mask?: { paths?: string[] } }[];
  partial_failure?: boolean;
  validate_only?: boolean;
}

/** UserListService.MutateUserLists. Returns resource names and, with partial failure, what went wrong where. */
export function mutateUserLists(
  state: GoogleState,
  request: MutateUserLists,
): { names: string[]; problems: AdsProblem[] } {
  const operations = request.operations ?? [];
  if (operations.length === 0)
    throw refuse('request_error', 'REQUIRED_FIELD_MISSING', 'operations is required.', [['operations']]);
  const problems: AdsProblem[] = [];
  const names = operations.map((operation, index) => {
    const at: FieldPath = [['operations', index]];
    try {
      if (operation.create)
        return createList(state, operation.create, [...at, ['create']], request.validate_only === true);
      if (operation.update)
        return updateList(state, operation.update, operation.update_mask?.paths ?? [], [...at, ['update']]);
      return removeList(state, operation.remove ?? '', [...at, ['remove']]);
    } catch (error) {
      if (!(error instanceof AdsError) || !request.partial_failure) throw error;
      problems.push(...error.problems);
      return '';
    }
  });
  return { names: request.validate_only ? [] : names, problems };
}

export function resourceName(list: UserList): string {
  return `customers/${list.customerId}/userLists/${list.id}`;
}

/** The list behind `customers/{id}/userLists/{id}`. */
export function findList(state: GoogleState, name: string | undefined): UserList | undefined {
  const [, customer, id] = /^customers\/(\d+)\/userLists\/(\d+)$/.exec(name ?? '') ?? [];
  return customer === CUSTOMER_ID && id ? state.lists.get(id) : undefined;
}

function createList(state: GoogleState, fields: ListFields, path: FieldPath, validateOnly: boolean): string {
  if (!state.options.euDeclaration)
    throw refuse('mutate_error', 'EU_POLITICAL_ADVERTISING_DECLARATION_REQUIRED', 'Declaration required.', path);
  const crm = fields.crm_based_user_list;
  if (!crm) throw refuse('user_list_error', 'CONCRETE_TYPE_REQUIRED', 'A concrete user list type is required.', path);
  const keyType = KEY_TYPES[crm.upload_key_type ?? ''];
  if (!keyType)
    throw refuse('request_error', 'REQUIRED_FIELD_MISSING', 'upload_key_type is required.', [
      ...path,
      ['crm_based_user_list'],
      ['upload_key_type'],
    ]);
  if (keyType === 'MOBILE_ID' && !crm.app_id)
    throw refuse('user_list_error', 'APP_ID_NOT_SET', 'app_id is required.', path);
  const name = readName(state, fields.name, path);
  const days = readDays(fields.membership_life_span, path);
  if (validateOnly) return '';
  const list = state.addList({
    displayName: name,
    description: fields.description ?? '',
    membershipStatus: fields.membership_status === 'CLOSED' ? 'CLOSED' : 'OPEN',
    membershipDays: days,
    uploadKeyTypes: [keyType],
    info: {},
  });
  return resourceName(list);
}

function updateList(state: GoogleState, fields: ListFields, mask: string[], path: FieldPath): string {
  const list = findList(state, fields.resource_name);
  if (!list) throw refuse('mutate_error', 'RESOURCE_NOT_FOUND', 'Resource was not found.', path);
  if (mask.length === 0)
    throw refuse('field_mask_error', 'FIELD_MASK_MISSING', 'The field mask must be provided.', path);
  if (mask.includes('name')) list.displayName = readName(state, fields.name, path, list);
  if (mask.includes('description')) list.description = fields.description ?? '';
  if (mask.includes('membership_life_span')) list.membershipDays = readDays(fields.membership_life_span, path);
  if (mask.includes('membership_status'))
    list.membershipStatus = fields.membership_status === 'CLOSED' ? 'CLOSED' : 'OPEN';
  return resourceName(list);
}

function removeList(state: GoogleState, name: string, path: FieldPath): string {
  const list = findList(state, name);
  if (!list) throw refuse('mutate_error', 'RESOURCE_NOT_FOUND', 'Resource was not found.', path);
  state.lists.delete(list.id);
  return name;
}

function readName(state: GoogleState, name: string | undefined, path: FieldPath, self?: UserList): string {
  if (!name?.trim()) throw refuse('user_list_error', 'INVALID_NAME', 'The name is not valid.', [...path, ['name']]);
  const other = state.listNamed(name);
  if (other && other !== self)
    throw refuse('user_list_error', 'NAME_ALREADY_USED', 'The name is already used.', [...path, ['name']]);
  return name;
}

function readDays(value: string | undefined, path: FieldPath): number {
  if (value === undefined) return MAX_DAYS;
  const days = Number(value);
  if (days > MAX_DAYS) throw refuse('range_error', 'TOO_HIGH', 'Too high.', [...path, ['membership_life_span']]);
  if (days < 0) throw refuse('range_error', 'TOO_LOW', 'Too low.', [...path, ['membership_life_span']]);
  return days;
}

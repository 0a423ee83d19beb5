const secrets = new Map<object, Set<string>>();

/** Marks a setting as a credential: sealed at rest, never returned, never logged. */
export function Secret(): PropertyDecorator {
  return (target, property) => {
    const set = secrets.get(target.constructor) ?? new Set<string>();
    secrets.set(target.constructor, set.add(String(property)));
  };
}

/** Names of the credential fields of a settings class. */
export function secretFields(settings: object): string[] {
  return [...(secrets.get(settings) ?? [])];
}

const keepers = new Map<object, Set<string>>();

/**
 * Marks a setting that does not decide where credentials go, such as a timeout. A change of any other setting, such as
 * a host or an account, asks for the credentials again.
 */
export function KeepsSecrets(): PropertyDecorator {
  return (target, property) => {
    const set = keepers.get(target.constructor) ?? new Set<string>();
    keepers.set(target.constructor, set.add(String(property)));
  };
}

/** Whether a setting decides where credentials go. */
export function isAddress(settings: object, name: string): boolean {
  return !secrets.get(settings)?.has(name) && !keepers.get(settings)?.has(name);
}

const fields = new Map<object, { name: string; text: string }[]>();

/** The label that forms and docs show for a setting or option. */
export function Label(text: string): PropertyDecorator {
  return (target, property) => {
    const list = fields.get(target.constructor) ?? [];
    fields.set(target.constructor, [...list, { name: String(property), text }]);
  };
}

/** Labelled fields of a settings or options class, in the order of declaration. */
export function labelledFields(settings: object): { name: string; text: string }[] {
  return fields.get(settings) ?? [];
}

export interface SettingDescription {
  name: string;
  text: string;
  secret: boolean;
}

const registry = new Map<object, SettingDescription[]>();

/** Attaches the sentence that documentation and `reach settings` print for a variable. */
export function describeSetting(text: string, options: { secret?: boolean } = {}): PropertyDecorator {
  return (target, property) => {
    const list = registry.get(target.constructor) ?? [];
    list.push({ name: String(property), text, secret: options.secret ?? false });
    registry.set(target.constructor, list);
  };
}

/** Every described variable of a settings class, in the order of declaration. */
export function settingDescriptions(settings: object): SettingDescription[] {
  return registry.get(settings) ?? [];
}

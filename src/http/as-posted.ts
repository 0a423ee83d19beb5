import { Transform } from 'class-transformer';

/** Names that are taken out of every body before it is made an object of a class: they could change what that is. */
const TAKEN_OUT = ['__proto__', 'constructor', 'prototype'];

const whole = new WeakMap<object, object>();

/** Notes objects of a body that have such names, as they are before these are taken out. */
export function rememberPosted(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  if (TAKEN_OUT.some((name) => Object.hasOwn(value, name))) whole.set(value, { ...value });
  for (const each of Object.values(value)) rememberPosted(each);
}

/** For objects whose names are somebody's own, such as those of traits: none is taken out. */
export const AsPosted = (): PropertyDecorator =>
  Transform(({ obj, key }) => whole.get(obj[key]) ?? obj[key], { toClassOnly: true });

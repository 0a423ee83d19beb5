import type { Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage } from 'class-validator';
import type { FieldProblem } from '../problem.ts';

/** A request with so few unknown names has them listed together with its other faults. */
export const MAX_UNKNOWN = 20;

/** What a class declares: its fields, and of those that hold objects the class. */
interface Shape {
  names: ReadonlySet<string>;
  nested: ReadonlyMap<string, Type>;
}

const shapes = new WeakMap<Type, Shape>();

/**
 * Names that a class does not declare, in an object that shall become one of it. class-transformer takes time that grows
 * with the square of their number, so a request that has many is refused before.
 * @returns the first `MAX_UNKNOWN` and one more
 */
export function unknownNames(value: unknown, target: Type, path = '', found: FieldProblem[] = []): FieldProblem[] {
  if (found.length > MAX_UNKNOWN || typeof value !== 'object' || value === null) return found;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) unknownNames(item, target, `${path}[${index}]`, found);
    return found;
  }
  const { names, nested } = shapeOf(target);
  if (names.size === 0) return found;
  for (const name of Object.keys(value)) {
    const at = path ? `${path}.${name}` : name;
    const type = nested.get(name);
    if (type) unknownNames((value as Record<string, unknown>)[name], type, at, found);
    else if (!names.has(name))
      found.push({ path: at, code: 'whitelistValidation', message: `property ${name} should not exist` });
    if (found.length > MAX_UNKNOWN) break;
  }
  return found;
}

function shapeOf(target: Type): Shape {
  const known = shapes.get(target);
  if (known) return known;
  const names = declaredNames(target);
  const nested = new Map<string, Type>();
  for (const name of names) {
    const type = nestedType(target, name);
    if (declaredNames(type).size > 0) nested.set(name, type);
  }
  const shape = { names, nested };
  shapes.set(target, shape);
  return shape;
}

const declaredNames = (target: Type): Set<string> =>
  new Set(
    getMetadataStorage()
      .getTargetValidationMetadatas(target, '', false, false)
      .map(({ propertyName }) => propertyName),
  );

/** The class that class-transformer makes of an item of a field; `Object` where none is declared. */
function nestedType(target: Type, name: string): Type {
  const made = plainToInstance(target, { [name]: [{}] }) as Record<string, unknown>;
  const [item] = [made[name]].flat();
  return Object(item).constructor as Type;
}

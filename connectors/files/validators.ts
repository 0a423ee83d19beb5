import { registerDecorator, type ValidationArguments } from 'class-validator';
import Mustache from 'mustache';
import { IDENTIFIERS } from '../match-keys.ts';
import { SEGMENT_FIELDS } from './fields.ts';
import { KeyFault, readPublicKey } from './sealing.ts';
import { LONGEST, VARIABLES } from './template.ts';

/** Rules of single options, so that a fault is told with the path of its field. */

type Fault = string | undefined;

/** A rule that a function judges. @param fault says what is wrong, in words that follow the name of the field */
function rule(name: string, fault: (value: string) => Fault | Promise<Fault>): PropertyDecorator {
  return (target, property) => {
    const faults = new WeakMap<object, string>();
    const judge = (object: object, text: Fault) => {
      if (text !== undefined) faults.set(object, text);
      return text === undefined;
    };
    const validate = (value: unknown, { object }: ValidationArguments) => {
      const text = typeof value === 'string' ? fault(value) : undefined;
      return text instanceof Promise ? text.then((later) => judge(object, later)) : judge(object, text);
    };
    const defaultMessage = ({ object }: ValidationArguments) => `$property ${faults.get(object)}`;
    registerDecorator({
      name,
      target: target.constructor,
      propertyName: String(property),
      validator: { validate, defaultMessage },
    });
  };
}

const OTHER_SOURCES = ['attributes', 'constant'];

/** What a column can be made of. */
export const IsColumnSource = (): PropertyDecorator =>
  rule('isColumnSource', (source) => {
    const known = [...Object.keys(IDENTIFIERS), ...Object.keys(SEGMENT_FIELDS), ...OTHER_SOURCES];
    if (known.includes(source) || /^attribute:./.test(source)) return undefined;
    return `"${source}" is not one of: ${known.join(', ')}, attribute:<name>`;
  });

type Token = [kind: string, value: string, start: number, end: number, inner?: Token[]];

/** Every piece of a template, also those in sections. @throws Error when it cannot be read */
const tokensOf = (template: string): Token[] => flat(Mustache.parse(template) as Token[]);
const flat = (tokens: Token[]): Token[] => tokens.flatMap((token) => [token, ...flat(token[4] ?? [])]);

/** A template that Mustache can read, of variables that there are. */
export const IsTemplate = (): PropertyDecorator =>
  rule('isTemplate', (template) => {
    try {
      const unknown = tokensOf(template).find(
        ([kind, name]) => kind !== 'text' && kind !== '!' && !VARIABLES.has(name),
      );
      return unknown && `names "${unknown[1]}", which is not one of: ${[...VARIABLES].join(', ')}`;
    } catch (error) {
      return `cannot be read: ${(error as Error).message}`;
    }
  });

/** A variable that always gives something a file name may hold. */
const VARIABLE = /\{\{\{?[^{}]*\}?\}\}/g;

/** A file name that receivers take whatever its variables stand for, with an extension spelled out or as `{{extension}}`. */
export const IsFileName = (): PropertyDecorator =>
  rule('isFileName', (template) => {
    const sample = template.replaceAll(VARIABLE, 'x');
    const [wrong] = /[^A-Za-z0-9._-]/.exec(sample) ?? [];
    if (wrong !== undefined)
      return `may hold letters, digits, dots, dashes, underscores and variables, and no "${wrong}"`;
    if (!/^[A-Za-z0-9]/.test(sample)) return 'must start with a letter or digit';
    if (!/\.[A-Za-z0-9]+$/.test(sample)) return 'needs an extension, such as .{{extension}}';
    const least = template.replaceAll(VARIABLE, '').length;
    return least > LONGEST ? `is longer than ${LONGEST} characters` : undefined;
  });

/** An OpenPGP public key that can be encrypted for, today. */
export const IsPublicKey = (): PropertyDecorator =>
  rule('isPublicKey', (text) =>
    readPublicKey(text).then(
      () => undefined,
      (error: unknown) => {
        if (error instanceof KeyFault) return error.message;
        throw error;
      },
    ),
  );

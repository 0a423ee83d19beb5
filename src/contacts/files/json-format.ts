import { FileFault } from './csv.ts';
import type { TextHead } from './csv-format.ts';
import type { FileFormat } from './format.ts';
import { isObject, parseJson, valuesOf } from './json.ts';
import { JsonElements } from './json-elements.ts';
import { checkColumnCount } from './names.ts';
import type { Notice } from './notice.ts';

/** How JSON text is written: one object a line, or objects over several lines or in one array. @throws FileFault */
export function jsonFormat({ text, encoding, whole }: TextHead, declared?: 'json' | 'jsonl'): FileFormat {
  const format = declared ?? (hasObjectALine(text, whole) ? 'jsonl' : 'json');
  const objects = format === 'jsonl' ? linesOf(text, whole) : new JsonElements().push(text).map(({ text: one }) => one);
  const values = objects.map(parsed).filter((value) => value !== undefined);
  if (values.length === 0) throw noObject(text);
  if (whole && values.length === 1) refuseWrapper(values[0]!);
  return { format, encoding, ...columnsOf(values) };
}

/** The first line with text is a whole object, or most of the lines are. */
function hasObjectALine(text: string, whole: boolean): boolean {
  const lines = linesOf(text.slice(0, 200_000), whole && text.length <= 200_000).filter((line) => line.trim() !== '');
  const objects = lines.slice(0, 50).filter((line) => parsed(line) !== undefined).length;
  return objects > 0 && objects >= Math.min(lines.length, 50) / 2;
}

function linesOf(text: string, whole: boolean): string[] {
  const lines = text.split('\n');
  if (!whole) lines.pop();
  return lines;
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value = parseJson(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function noObject(text: string): FileFault {
  const list = /^\s*\{\s*"([^"\n]{1,100})"\s*:\s*\[/.exec(text)?.[1];
  if (list !== undefined) return wrapped(list);
  return new FileFault(
    'json_syntax',
    'Line 1: the start of the file holds no complete JSON object. Send one object a line, or one array of objects.',
  );
}

const wrapped = (list: string) =>
  new FileFault(
    'json_wrapped',
    `Line 1: the file is one object, and its rows are in the list "${list}" inside it. Send that list alone (jq -c ".${list}[]" makes it one object a line).`,
  );

/** One object whose rows are in a list of it. */
function refuseWrapper(object: Record<string, unknown>): void {
  const lists = Object.entries(object).filter(([, value]) => Array.isArray(value) && value.some(isObject));
  const others = Object.values(object).filter((value) => typeof value === 'string' && value.includes('@'));
  if (lists.length === 0 || others.length > 0) return;
  throw wrapped(lists.sort(([, a], [, b]) => (b as unknown[]).length - (a as unknown[]).length)[0]![0]);
}

function columnsOf(objects: Record<string, unknown>[]): { columns: string[]; notices: Notice[] } {
  const filled = new Set<string>();
  const empty = new Set<string>();
  const ofObjects = new Set<string>();
  const notices: Notice[] = [];
  for (const object of objects) {
    for (const [name, value] of valuesOf(object)) {
      if (Array.isArray(value) && value.some((one) => isObject(one) || Array.isArray(one))) ofObjects.add(name);
      else if (value === null || (Array.isArray(value) && value.length === 0)) empty.add(name);
      else filled.add(name);
    }
  }
  const isWithin = (name: string) => [...filled].some((other) => other.startsWith(`${name}.`));
  const columns = [...new Set([...namesInOrder(objects)])].filter(
    (name) => !ofObjects.has(name) && (filled.has(name) || (empty.has(name) && !isWithin(name))),
  );
  checkColumnCount(columns.length);
  for (const column of ofObjects)
    notices.push({
      code: 'list_of_objects',
      message: `The field "${column}" holds lists of objects and is left out. Send a file with one of these objects a line to import them.`,
      column,
    });
  for (const column of columns.filter((name) => name.includes('.') && isTwofold(objects, name)))
    notices.push({
      code: 'name_twofold',
      message: `The name "${column}" stands for a field of that name and for a field inside an object. The first is read; rename one of them to import both.`,
      column,
    });
  return { columns, notices };
}

function* namesInOrder(objects: Record<string, unknown>[]): Generator<string> {
  for (const object of objects) for (const [name] of valuesOf(object)) yield name;
}

const isTwofold = (objects: Record<string, unknown>[], name: string): boolean =>
  objects.some((object) => Object.hasOwn(object, name) && [...valuesOf(object)].filter(([n]) => n === name).length > 1);

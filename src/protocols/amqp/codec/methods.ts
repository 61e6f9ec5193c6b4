/**
 * The types of methods, made from the table of the specification: a union told apart by `name`, each member
 * carrying its fields. Reserved fields do not appear.
 */
import type { FieldTable } from '../../../broker/content/index.js';
import { methodTable, type FieldType, type MethodSpecification } from './specification.js';

/** What each field type is in JavaScript. A `longlong` beyond 2^53 is the nearest number. */
interface FieldValues {
  bit: boolean;
  octet: number;
  short: number;
  long: number;
  longlong: number;
  shortstr: string;
  longstr: Buffer;
  longtext: string;
  table: FieldTable;
}

type Table = typeof methodTable;

/** The name of a method, such as `queue.declare-ok`. */
export type MethodName = keyof Table;

/** The method called `Name`, with its fields. */
export type MethodOf<Name extends MethodName> = { readonly name: Name } & {
  readonly [
    Field in keyof Table[Name]['fields'] as Table[Name]['fields'][Field] extends keyof FieldValues
      ? Field
      : never
  ]: Table[Name]['fields'][Field] extends keyof FieldValues
    ? FieldValues[Table[Name]['fields'][Field]]
    : never;
};

/** Any method. */
export type Method = { [Name in MethodName]: MethodOf<Name> }[MethodName];

/** The number of a method as it travels: class in the high 16 bits, method in the low ones. */
export function methodNumber(name: MethodName): number {
  const { classId, methodId } = methodTable[name];
  return classId * 0x1_0000 + methodId;
}

/** The method with the given number, or undefined where there is none. */
export function methodNameOf(number: number): MethodName | undefined {
  return namesByNumber.get(number);
}

/** The specification of a method. */
export function specificationOf(name: MethodName): MethodSpecification {
  return methodTable[name];
}

/** All method names, in the order of the table. */
export const methodNames = Object.keys(methodTable) as readonly MethodName[];

/** Name and type of each method's fields, in wire order. */
export const fieldsByName: ReadonlyMap<MethodName, readonly (readonly [field: string, type: FieldType])[]> =
  new Map(methodNames.map((name) => [name, Object.entries(specificationOf(name).fields)]));

const namesByNumber: ReadonlyMap<number, MethodName> = new Map(
  methodNames.map((name) => [methodNumber(name), name]),
);

/** Numbers of the methods that sessions tell apart without decoding. */
export const methodNumbers = {
  basicPublish: methodNumber('basic.publish'),
  basicAck: methodNumber('basic.ack'),
  basicReject: methodNumber('basic.reject'),
  basicNack: methodNumber('basic.nack'),
} as const;

/**
 * Whether two tables mean the same, for redeclaration: order of entries does not count, nor the width of a number,
 * as in RabbitMQ; integers and floats stay apart.
 */
import { FieldDecimal, FieldNumber, isFieldArray, isFieldTable } from './field-value.js';
import type { FieldArray, FieldTable, FieldValue } from './field-value.js';

/** Whether both tables have the same names with equivalent values. */
export function tablesEquivalent(left: FieldTable, right: FieldTable): boolean {
  if (left.size !== right.size) return false;
  for (const [name, value] of left) {
    const other = right.get(name);
    if (other === undefined || !valuesEquivalent(value, other)) return false;
  }
  return true;
}

/** Whether both values have the same class (integer, float, text, …) and the same value. */
export function valuesEquivalent(left: FieldValue, right: FieldValue): boolean {
  if (left instanceof FieldNumber) return right instanceof FieldNumber && numbersEquivalent(left, right);
  if (left instanceof FieldDecimal) {
    return right instanceof FieldDecimal && left.scale === right.scale && left.unscaled === right.unscaled;
  }
  if (Buffer.isBuffer(left)) return Buffer.isBuffer(right) && left.equals(right);
  if (isFieldTable(left)) return isFieldTable(right) && tablesEquivalent(left, right);
  if (isFieldArray(left)) return isFieldArray(right) && arraysEquivalent(left, right);
  return left === right;
}

function arraysEquivalent(left: FieldArray, right: FieldArray): boolean {
  return left.length === right.length && left.every((value, index) => valuesEquivalent(value, right[index]!));
}

function numbersEquivalent(left: FieldNumber, right: FieldNumber): boolean {
  return numberClass(left) === numberClass(right) && Object.is(left.value, right.value);
}

function numberClass(number: FieldNumber): 'integer' | 'float' | 'timestamp' {
  if (number.kind === 'timestamp') return 'timestamp';
  return number.kind === 'float' || number.kind === 'double' ? 'float' : 'integer';
}

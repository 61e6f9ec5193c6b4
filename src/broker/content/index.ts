/** Message content as it travels and as it is stored: property flags, property list, and field tables. */
export { decodeFieldEntries, decodeFieldTable, decodeFieldValue } from './field-table-decode.js';
export { encodeFieldTable, fieldTableBytes, writeFieldTable } from './field-table-encode.js';
export { tablesEquivalent, valuesEquivalent } from './field-table-equivalence.js';
export { fieldTable, plainValue, toPlain, type PlainValue } from './field-table-plain.js';
export {
  emptyFieldTable,
  FieldDecimal,
  fieldDepthMax,
  FieldNumber,
  int64,
  integerOf,
  isFieldArray,
  isFieldTable,
  timestamp,
  type FieldArray,
  type FieldNumberKind,
  type FieldTable,
  type FieldValue,
} from './field-value.js';
export {
  findHeader,
  headerNumber,
  HeaderScanner,
  headerTextEnd,
  headerTextStart,
  isHeaderText,
} from './header-scanner.js';
export { decodeProperties, encodeProperties, findProperty, type ContentProperties } from './properties.js';
export { propertyFlags, type PropertyName } from './property-flags.js';
export { withHeaders, withoutExpiration, withProperty } from './property-rewrite.js';
export { PropertyScan, scanProperties } from './property-scan.js';
export { decodeText, encodeText, textBytes } from './text.js';

/** The bindings of exchanges, by what each exchange type matches them with. */
export {
  hashProperties,
  indexTypes,
  type BindingIndex,
  type HashProperty,
  type HeaderLookup,
  type IndexType,
  type RouteCollector,
  type RouteTarget,
} from './binding-index.js';
export { checkBinding, checkExchangeArguments } from './checks.js';
export { createIndex } from './create-index.js';

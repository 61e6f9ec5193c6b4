/** A source file as the tidiness rules see it: its text, its imports and what it calls, without comments. */
import ts from 'typescript';

export interface Source {
  /** From the root of the clone, with `/`. */
  readonly path: string;
  readonly text: string;
  /** Relative imports as paths of sources; packages as they are written. Type-only ones included. */
  readonly imports: readonly string[];
  /** Those of `imports` that are evaluated before this one: neither types, which vanish, nor workers. */
  readonly loads: readonly string[];
  /** Uses of what only the kernel may touch, such as `Date.now`, each with its line. */
  readonly raw: readonly string[];
}

const rawMembers = new Set(['Date.now', 'Math.random', 'performance.now', 'process.hrtime']);

export function parseSource(path: string, text: string): Source {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const imports: string[] = [];
  const loads: string[] = [];
  const raw: string[] = [];
  const visit = (node: ts.Node): void => {
    const specifier = importOf(node);
    if (specifier !== undefined) imports.push(resolve(path, specifier));
    if (specifier !== undefined && isLoad(node)) loads.push(resolve(path, specifier));
    const use = rawUseOf(node);
    if (use !== undefined) raw.push(`${use} in line ${lineOf(file, node)}`);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return { path, text, imports, loads, raw };
}

/** The module that `node` names: import, export, `import()`, `import('x').T`, `new URL('x', import.meta.url)`. */
function importOf(node: ts.Node): string | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return literal(node.moduleSpecifier);
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return literal(node.arguments[0]);
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return literal(node.argument.literal);
  if (ts.isNewExpression(node) && node.expression.getText() === 'URL') return workerOf(node);
  return undefined;
}

/** `import { type T }` is a load too: under `verbatimModuleSyntax` only `import type` vanishes. */
function isLoad(node: ts.Node): boolean {
  if (ts.isImportDeclaration(node)) return node.importClause?.phaseModifier !== ts.SyntaxKind.TypeKeyword;
  if (ts.isExportDeclaration(node)) return !node.isTypeOnly;
  return ts.isCallExpression(node);
}

function workerOf(node: ts.NewExpression): string | undefined {
  const target = literal(node.arguments?.[0]);
  const isModule = node.arguments?.[1]?.getText() === 'import.meta.url' && target?.endsWith('.js') === true;
  return isModule ? target : undefined;
}

function literal(node: ts.Node | undefined): string | undefined {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined;
}

function rawUseOf(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node)) {
    const name = node.getText().replace(/^globalThis\./, '');
    return rawMembers.has(name) ? name : undefined;
  }
  if (!ts.isNewExpression(node) && !ts.isCallExpression(node)) return undefined;
  const name = node.expression.getText();
  if (/^(Type|Range|Syntax|Eval|Reference|URI|Aggregate)?Error$/.test(name)) return `new ${name}`;
  return name === 'Date' && (node.arguments?.length ?? 0) === 0 ? 'new Date()' : undefined;
}

function lineOf(file: ts.SourceFile, node: ts.Node): number {
  return file.getLineAndCharacterOfPosition(node.getStart()).line + 1;
}

function resolve(from: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  const parts = from.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/').replace(/\.js$/, '.ts');
}

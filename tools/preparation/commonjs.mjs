/**
 * Writes `dist/commonjs`: what `require` gives where it cannot load ES modules, as in Jest. It is made from `dist`
 * and holds only what the package's entries reach.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { inRoot } from './paths.mjs';

const source = inRoot('dist');
const target = inRoot('dist', 'commonjs');

/** Writes the twins of all modules and types that an entry reaches. */
export async function writeCommonJs() {
  const { default: typescript } = await import('typescript');
  rmSync(target, { recursive: true, force: true });
  const files = reachedFiles(typescript);
  if (files.size === 0) return;
  for (const [path, text] of files) {
    write(path, path.endsWith('.js') ? transpiled(typescript, path, text) : withoutMap(text));
  }
  writeFileSync(join(target, 'package.json'), '{ "type": "commonjs" }\n');
}

/** Every file of `dist` that an entry reaches, with its text: modules, their types, and types that have no module. */
function reachedFiles(typescript) {
  const { exports } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
  const entries = Object.values(exports).flatMap((entry) =>
    entry.require ? [inRoot(entry.default.default)] : [],
  );
  const files = new Map();
  // A clone whose sources lack an entry is a test's own.
  const waiting = entries.filter((path) => existsSync(path));
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (files.has(path)) continue;
    const text = readFileSync(path, 'utf8');
    files.set(path, text);
    const isModule = path.endsWith('.js');
    if (isModule) waiting.push(typesOf(path));
    for (const { fileName } of typescript.preProcessFile(text).importedFiles) {
      if (!fileName.startsWith('.')) continue;
      const imported = join(dirname(path), fileName);
      waiting.push(isModule ? imported : typesOf(imported));
    }
  }
  return files;
}

function typesOf(path) {
  return path.replace(/\.js$/, '.d.ts');
}

function transpiled(typescript, path, text) {
  const { outputText } = typescript.transpileModule(text, {
    fileName: path,
    compilerOptions: {
      target: typescript.ScriptTarget.ES2022,
      module: typescript.ModuleKind.CommonJS,
      allowJs: true,
      esModuleInterop: true,
    },
  });
  return withoutMap(outputText).replaceAll('import.meta.url', placeOf(path));
}

/** A twin takes itself for the module that it was made from, so what lies beside that is found by both. */
function placeOf(path) {
  const twin = join(target, relative(source, path));
  const original = relative(dirname(twin), path).split(sep).join('/');
  return `require('node:url').pathToFileURL(require('node:path').join(__dirname, '${original}')).href`;
}

function write(path, text) {
  const twin = join(target, relative(source, path));
  mkdirSync(dirname(twin), { recursive: true });
  writeFileSync(twin, text);
}

function withoutMap(text) {
  return text.replace(/\/\/# sourceMappingURL=.*\n?/, '');
}

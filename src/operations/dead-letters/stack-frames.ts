/**
 * The frames in a stack trace of Node, Python, Java, .NET or Ruby, innermost first. Pure. Invariant: the time it takes
 * grows with the length of the text alone, whoever wrote it.
 */

/** One call in a stack. */
export interface StackFrame {
  /** Undefined: the program's own top level, or not told. */
  readonly call: string | undefined;
  readonly file: string | undefined;
  /** False: of a library, or of the language itself. */
  readonly isOwn: boolean;
}

/** What is looked at of a stack; tasks keep 8 KiB. */
const textMax = 16_384;
const linesMax = 300;
const lineMax = 500;

type LineReader = (line: string) => StackFrame | undefined;

const foreignFile =
  /^node:|^internal\/|[/\\](?:node_modules|site-packages|dist-packages|gems|lib[/\\]python[\d.]*)[/\\]|^<frozen |[/\\]ruby[/\\]/;
const foreignJava =
  /^(?:java|javax|jakarta|jdk|sun|com\.sun|kotlin|scala|org\.springframework|System|Microsoft)\./;

function frame(call: string | undefined, file: string | undefined, isForeign = false): StackFrame {
  return { call, file, isOwn: !isForeign && (file === undefined || !foreignFile.test(file)) };
}

/** `at call (file:1:2)`, `at file:1:2`; also Java's `at a.b.C.call(C.java:1)` and .NET's `at A.B.C(D e) in f:line 1`. */
const atLine: LineReader = (line) => {
  if (!line.startsWith('at ')) return undefined;
  const text = line.slice(3);
  const dotnet = text.indexOf(') in ');
  if (dotnet >= 0) {
    const call = text.slice(0, text.indexOf('('));
    return frame(
      call,
      withoutPlace(text.slice(dotnet + 5).replace(/:line \d+$/, '')),
      foreignJava.test(call),
    );
  }
  if (!text.endsWith(')')) return frame(undefined, withoutPlace(text.replace(/^async /, '')));
  const open = text.lastIndexOf('(');
  const call = text.slice(0, open).trim();
  const inside = text.slice(open + 1, -1);
  // Java names the file alone: its package tells whose it is.
  if (
    /^(?:[\w$-]+\.(?:java|kt|scala|groovy)(?::\d+)?|Unknown Source|Native Method|<generated>)$/.test(inside)
  )
    return frame(javaCall(call), undefined, foreignJava.test(javaCall(call)));
  if (/^[\w.$`<>]+$/.test(call) && !/[/\\:]/.test(inside))
    return frame(call, undefined, foreignJava.test(call));
  return frame(nodeCall(call), withoutPlace(inside));
};

/** Python's `File "a.py", line 1, in call`. */
const pythonLine: LineReader = (line) => {
  if (!line.startsWith('File "')) return undefined;
  const end = line.indexOf('"', 6);
  if (end < 0) return undefined;
  const call = / in ([^ ]+)$/.exec(line.slice(end))?.[1];
  return frame(call === '<module>' ? undefined : call, line.slice(6, end));
};

/** Ruby's `a.rb:1:in 'call'`, with `from` in front or not. */
const rubyLine: LineReader = (line) => {
  const at = line.indexOf(':in ');
  if (at < 0) return undefined;
  const place = /^(?:from )?(\S+\.rb):\d+$/.exec(line.slice(0, at));
  return place === null ? undefined : frame(line.slice(at + 4).replace(/[`']/g, ''), place[1]);
};

/** The loader and the module are told in newer Java: `app//a.b.C`. Numbers of lambdas and proxies change. */
function javaCall(call: string): string {
  const named = call.replace(/\$\$Lambda[^.]*/g, '#');
  return named.slice(named.lastIndexOf('/') + 1).replace(/\d+/g, '#');
}

function nodeCall(call: string): string | undefined {
  const plain = call
    .replace(/^async /, '')
    .replace(/^new /, '')
    .replace(/ \[as [^\]]*\]$/, '');
  return plain === 'Object.<anonymous>' || plain === '<anonymous>' ? undefined : plain;
}

function withoutPlace(file: string): string {
  return file.replace(/(?::\d{1,9}){1,2}$/, '').replace(/^file:\/\//, '');
}

/** The frames of the innermost failure, innermost first; of Java's chain the last cause, which began it. */
export function framesOf(stack: string): readonly StackFrame[] {
  let lines = stack
    .slice(0, textMax)
    .split('\n', linesMax)
    .map((line) => line.slice(0, lineMax).trim());
  const cause = lines.findLastIndex((line) => line.startsWith('Caused by: '));
  if (cause >= 0) lines = lines.slice(cause + 1);
  const read = (reader: LineReader): StackFrame[] => lines.map(reader).filter((each) => each !== undefined);
  const python = read(pythonLine);
  if (python.length > 0) return python.reverse();
  const others = read(atLine);
  return others.length > 0 ? others : read(rubyLine);
}

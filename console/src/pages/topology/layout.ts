/**
 * Places the picture of a graph: columns from what leads here to where it goes on. Pure. Invariant: no two boxes lie upon
 * each other, and everything lies within the width and the height.
 */
import type { Graph, GraphEdge, GraphNode } from './explore.ts';

export const boxWidth = 150;
export const boxHeight = 36;
const columnGap = 104;
const rowGap = 20;
const margin = 8;
const lettersMax = 17;
const keyLettersMax = 14;

export interface PlacedNode extends GraphNode {
  readonly x: number;
  readonly y: number;
  /** As much of its name as fits. */
  readonly text: string;
}

export interface PlacedEdge extends GraphEdge {
  /** For the `d` of an SVG path. */
  readonly path: string;
  readonly labelX: number;
  readonly labelY: number;
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

/** Letters of East Asian scripts are twice as wide. */
function widthOf(letter: string): number {
  return /[\u1100-\u115f\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]/u.test(letter)
    ? 2
    : 1;
}

/** A text cut to so many letters, with an ellipsis. */
export function clipped(text: string, max = lettersMax): string {
  let width = 0;
  let kept = '';
  for (const letter of text) {
    width += widthOf(letter);
    if (width > max) return `${kept}…`;
    kept += letter;
  }
  return text;
}

export function clippedKey(key: string): string {
  return clipped(key, keyLettersMax);
}

export function layoutOf({ nodes, edges }: Graph): Picture {
  const columns = [...new Set(nodes.map(({ column }) => column))].sort((a, b) => a - b);
  const rows = ordered(nodes, edges, columns);
  const tallest = Math.max(...rows.map((row) => row.length));
  const height = tallest * (boxHeight + rowGap) - rowGap + 2 * margin;
  const placed = new Map<string, PlacedNode>();
  for (const [index, row] of rows.entries()) {
    const own = row.length * (boxHeight + rowGap) - rowGap;
    for (const [place, node] of row.entries()) {
      const x = margin + index * (boxWidth + columnGap);
      const y = (height - own) / 2 + place * (boxHeight + rowGap);
      placed.set(node.id, { ...node, x, y, text: clipped(node.name) });
    }
  }
  // Ways within the last column, or back from it, bend out to the right.
  const last = columns.at(-1);
  const bends = edges.some(({ from, to }) => {
    const start = placed.get(from)!.column;
    return placed.get(to)!.column <= start && (start === last || placed.get(to)!.column === last);
  });
  const width =
    columns.length * (boxWidth + columnGap) - columnGap + 2 * margin + (bends ? columnGap / 2 : 0);
  return { width, height, nodes: [...placed.values()], edges: edges.map((edge) => placedEdge(edge, placed)) };
}

/** Each column, its nodes beside those that they are connected with. */
function ordered(
  nodes: readonly GraphNode[],
  edges: readonly GraphEdge[],
  columns: readonly number[],
): readonly (readonly GraphNode[])[] {
  const rows = columns.map((column) => nodes.filter((node) => node.column === column));
  const middle = columns.indexOf(0);
  const outwards = columns
    .map((_, index) => index)
    .sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle));
  const places = new Map<string, number>();
  for (const index of outwards) {
    const row = rows[index]!;
    const weight = new Map(row.map((node) => [node.id, centreOf(node, edges, places)]));
    row.sort((a, b) => weight.get(a.id)! - weight.get(b.id)! || (a.name < b.name ? -1 : 1));
    for (const [place, { id }] of row.entries()) places.set(id, place - row.length / 2);
  }
  return rows;
}

/** The mean place of those that it is connected with and that are placed already. */
function centreOf(
  { id }: GraphNode,
  edges: readonly GraphEdge[],
  places: ReadonlyMap<string, number>,
): number {
  const others = edges.flatMap(({ from, to }) => (from === id ? [to] : to === id ? [from] : []));
  const known = others.flatMap((other) => places.get(other) ?? []);
  return known.length === 0 ? 0 : known.reduce((sum, place) => sum + place, 0) / known.length;
}

function placedEdge(edge: GraphEdge, placed: ReadonlyMap<string, PlacedNode>): PlacedEdge {
  const [from, to] = [placed.get(edge.from)!, placed.get(edge.to)!];
  const goesOn = to.column > from.column;
  const startX = from.x + boxWidth;
  const startY = from.y + boxHeight / 2;
  const endX = goesOn ? to.x : to.x + boxWidth;
  const endY = to.y + boxHeight / 2;
  const bend = goesOn ? (endX - startX) / 2 : columnGap / 2;
  const path = `M${startX} ${startY}C${startX + bend} ${startY} ${goesOn ? endX - bend : endX + bend} ${endY} ${endX} ${endY}`;
  // Close to where keys part: those that lead to one box do not cover each other.
  const share = goesOn && from.column >= 0 ? 0.62 : 0.38;
  return {
    ...edge,
    path,
    labelX: goesOn ? startX + (endX - startX) * 0.5 : Math.max(startX, endX) + bend * 0.5,
    labelY: startY + (endY - startY) * (goesOn ? share : 0.5) - 5,
  };
}

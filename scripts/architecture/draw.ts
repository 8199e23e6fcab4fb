import { type Floor, floors } from "./floors.ts";
import { importsOfRooms, roomOf, type SourceFile } from "./imports.ts";

/** Where the drawing is, from the top of the repository. */
export const drawingFile = "docs/architecture.svg";

const width = 960;
const floorHeight = 56;
const boxHeight = 32;
const gap = (floorHeight - boxHeight) / 2;
const radius = 6;

/** Where the middle of each column is. The second one is the spine: rooms that are alone on their floor. */
const columns = [330, 470, 620, 765, 895];
const columnOf: Readonly<Record<string, number>> = {
  login: 0,
  vault: 2,
  rotation: 0,
  admission: 2,
  backup: 3,
  jwt: 0,
  config: 2,
  metrics: 3,
  "audit-log": 4,
  "store/sqlite": 2,
  "store/mongo": 3,
  text: 0,
  files: 2,
  log: 3,
  flow: 4,
  console: 1,
  "error.ts": 2,
};

interface Box {
  readonly room: string;
  readonly files: number;
  readonly floor: number;
  readonly column: number;
  readonly y: number;
}

/**
 * The floors of `src/` as an SVG, drawn from its own imports: a box for each room, and an arrow for each import between
 * rooms, unless a longer path of imports implies it. Three kinds of arrows are left out because they would only add
 * noise: those to the ground floor, which every room may import, those of `service` to the rooms that it puts together,
 * and those inside a driver or inside `rpc`.
 */
export function drawArchitecture(files: readonly SourceFile[]): string {
  const shown = drawnFloors();
  const height = shown.length * floorHeight;
  const boxes = shown.flatMap(({ rooms }, floor) =>
    rooms.map((room) => ({
      room,
      floor,
      files: files.filter(({ path }) => drawnRoom(roomOf(path)) === room).length,
      column: columnOf[room] ?? 1,
      y: height - (floor + 1) * floorHeight + gap,
    })),
  );
  const boxOf = new Map(boxes.map((box) => [box.room, box]));
  const arrows = essentialImports(files).flatMap(([room, target]) => {
    const [from, to] = [boxOf.get(room), boxOf.get(target)];
    if (from === undefined || to === undefined || to.floor === 0) return [];
    return room === "service" && target !== "http/connection" ? [] : [arrow(from, to, boxes)];
  });
  const bands = shown.map(({ about }, floor) => band(about, height - (floor + 1) * floorHeight, floor));
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title about">`,
    '<title id="title">The floors of src</title>',
    '<desc id="about">A box for each folder, with its number of files. An arrow points from a folder to one that it imports; imports that a longer path implies are left out. All arrows point down.</desc>',
    style,
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="tip" d="M0 0L8 4L0 8z"/></marker></defs>',
    ...bands,
    ...arrows,
    ...boxes.map(drawBox),
    "</svg>",
  ].join("\n")}\n`;
}

const style = `<style>
text{font:13px system-ui,sans-serif;fill:#1f2328}
.about{fill:#59636e;font-size:12px}
.count{fill:#59636e;font-size:11px}
.floor{fill:#fff}
.even{fill:#f6f8fa}
.box{fill:#ddf4ff;stroke:#0969da}
.line{fill:none;stroke:#818b98;stroke-width:1.3}
.tip{fill:#818b98}
@media (prefers-color-scheme:dark){
text{fill:#e6edf3}
.about,.count{fill:#9198a1}
.floor{fill:#0d1117}
.even{fill:#151b23}
.box{fill:#10233f;stroke:#4493f8}
}
</style>`;

/** The room that stands for this one in the drawing. */
function drawnRoom(room: string): string {
  for (const driver of ["store/mongo", "store/sqlite"]) if (room.startsWith(driver)) return driver;
  return room.startsWith("rpc/") ? "rpc" : room;
}

/** The floors with the rooms that are drawn, each where it comes first. */
function drawnFloors(): readonly Floor[] {
  const seen = new Set<string>();
  return floors
    .map(({ rooms, about }) => {
      const drawn = [...new Set(rooms.map(drawnRoom))].filter((room) => !seen.has(room));
      for (const room of drawn) seen.add(room);
      return { rooms: drawn, about };
    })
    .filter(({ rooms }) => rooms.length > 0);
}

/** Imports between rooms without those that a longer path of imports implies. */
function essentialImports(files: readonly SourceFile[]): readonly (readonly [from: string, to: string])[] {
  const graph = new Map<string, Set<string>>();
  for (const [room, targets] of importsOfRooms(files)) {
    const from = graph.get(drawnRoom(room)) ?? new Set<string>();
    graph.set(drawnRoom(room), from);
    for (const target of targets) if (drawnRoom(target) !== drawnRoom(room)) from.add(drawnRoom(target));
  }
  const reaches = (from: string, to: string): boolean =>
    [...(graph.get(from) ?? [])].some((next) => next === to || reaches(next, to));
  return [...graph].flatMap(([from, targets]) =>
    [...targets]
      .filter((to) => ![...targets].some((other) => other !== to && reaches(other, to)))
      .map((to) => [from, to] as const),
  );
}

function band(about: string, y: number, floor: number): string {
  const kind = floor % 2 === 0 ? "floor even" : "floor";
  const shade = `<rect class="${kind}" x="0" y="${y}" width="${width}" height="${floorHeight}"/>`;
  return `${shade}<text class="about" x="16" y="${y + floorHeight / 2 + 4}">${about}</text>`;
}

function drawBox({ room, files, column, y }: Box): string {
  const count = room.endsWith(".ts") ? "" : `<tspan class="count" dx="7">${files}</tspan>`;
  const boxWidth = room.length > 10 ? 142 : 112;
  const x = middleOf(column);
  return (
    `<rect class="box" x="${x - boxWidth / 2}" y="${y}" width="${boxWidth}" height="${boxHeight}" rx="5"/>` +
    `<text x="${x}" y="${y + boxHeight / 2 + 4.5}" text-anchor="middle">${room}${count}</text>`
  );
}

/** Goes down in the column of the end that has no other box in between. */
function arrow(from: Box, to: Box, boxes: readonly Box[]): string {
  const [x1, y1] = [middleOf(from.column), from.y + boxHeight];
  const [x2, y2] = [middleOf(to.column), to.y - 1];
  const draw = (path: string) => `<path class="line" marker-end="url(#tip)" d="M${x1} ${y1}${path}V${y2}"/>`;
  if (x1 === x2) return draw("");
  const isFree = boxes.every(({ column, floor }) => column !== to.column || floor <= to.floor || floor >= from.floor);
  const turn = isFree ? y1 + gap : y2 + 1 - gap;
  const side = x2 > x1 ? radius : -radius;
  const corners = `V${turn - radius}Q${x1} ${turn} ${x1 + side} ${turn}H${x2 - side}Q${x2} ${turn} ${x2} ${turn + radius}`;
  return draw(corners);
}

function middleOf(column: number): number {
  return columns[column] ?? 0;
}

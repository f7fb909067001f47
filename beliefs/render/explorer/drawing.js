// The drawing: nodes laid out in layers, in the colours, shapes and lines of the legend.

/** With up to so many nodes in a connected part, dagre lays it out well and in time; larger ones go into plain columns. */
const WELL = 120;
const GAP = 44;

/** With more nodes than this drawn, lines are plain and faint, and away while the view moves. */
const LARGE = 400;

/** Smaller than this, nobody can read what stands in a node. */
const LEGIBLE = 0.66;
const SHAPES = {
  fact: ["round-rectangle", "--fact", "--fact-line"],
  rule: ["rectangle", "--rule-fill", "--rule-line"],
  symbol: ["ellipse", "--source", "--source-line"],
  source: ["barrel", "--source", "--source-line"],
  conclusion: ["rectangle", "--seen", "--seen-line"],
  expectation: ["round-rectangle", "--seen", "--seen-line"],
  conflict: ["octagon", "--conflict", "--conflict-line"],
  observation: ["round-rectangle", "--seen", "--seen-line"],
  change: ["hexagon", "--change", "--change-line"],
  episode: ["tag", "--episode", "--episode-line"],
};
const LINES = {
  feeds: ["solid", "triangle", "--edge"],
  "speaks of": ["dotted", "none", "--edge"],
  "told by": ["dotted", "vee", "--source-line"],
  supports: ["solid", "chevron", "--seen-line"],
  refutes: ["solid", "tee", "--conflict-line"],
  needs: ["dotted", "triangle", "--seen-line"],
  "in conflict": ["solid", "none", "--conflict-line"],
  "settled in": ["solid", "vee", "--conflict-line"],
  "led to": ["solid", "circle", "--seen-line"],
  "taken in by": ["dashed", "circle", "--change-line"],
  "given up in": ["dashed", "tee", "--change-line"],
  "weakened from": ["dashed", "diamond", "--episode-line"],
  "tells of": ["dotted", "diamond", "--episode-line"],
};

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const cut = (text, most) => {
  const letters = Array.from(text);
  return letters.length > most ? letters.slice(0, most - 1).join("") + "…" : text;
};

/** The lines written in a node, none longer than its box; `hidden` is how many neighbours are not drawn. */
function caption(node, hidden) {
  const more = hidden ? `  +${hidden}` : "";
  if (!node.isBelief) return cut(titleOf(node).replaceAll("\n", " "), 30) + more + said(node);
  const head = cut(node.name, 24 - more.length - node.at.length) + " " + node.at + more;
  return head + "\n" + cut(node.label.replaceAll("\n", " "), 31);
}

function said(node) {
  return node.kind === "observation" || node.kind === "conclusion" || node.kind === "expectation"
    ? "\n" + cut(node.label, 31)
    : "";
}

function sizeOf(node) {
  const lines = caption(node, 0).split("\n");
  const longest = Math.max(...lines.map((line) => Array.from(line).length), 6);
  // What narrows to a point has room for a text in its middle only.
  const narrowing = { change: 1.22, conflict: 1.12, episode: 1.2 }[node.kind] ?? 1;
  return [longest * 7.9 * narrowing + 14, lines.length > 1 ? 44 : 32];
}

function styleOfDrawing() {
  const style = [
    {
      selector: "node",
      style: {
        label: "data(caption)",
        "text-wrap": "wrap",
        "text-max-width": "1000px",
        "text-valign": "center",
        "font-size": 13,
        "line-height": 1.25,
        "font-family": "ui-monospace, Consolas, DejaVu Sans Mono, monospace",
        color: colour("--text"),
        "border-width": 1.6,
        width: "data(width)",
        height: "data(height)",
        "min-zoomed-font-size": 5,
      },
    },
    {
      selector: "edge",
      style: {
        "curve-style": "bezier",
        width: 1.4,
        "arrow-scale": 0.9,
        "line-color": colour("--edge"),
        "target-arrow-color": colour("--edge"),
      },
    },
    { selector: ".certain", style: { "border-width": 4, "border-style": "double" } },
    {
      selector: ".past",
      style: {
        "background-color": colour("--past"),
        "border-color": colour("--past-line"),
        "border-style": "dashed",
        color: colour("--past-text"),
      },
    },
    { selector: "edge.past", style: { "line-style": "dotted", opacity: 0.5 } },
    { selector: "edge.faint", style: { width: 1, opacity: 0.35, "curve-style": "haystack" } },
    { selector: ".away", style: { display: "none" } },
    { selector: ".lit", style: { width: 3, opacity: 1, "z-index": 9 } },
    {
      selector: "node.found",
      style: { "underlay-color": colour("--change-line"), "underlay-opacity": 0.45, "underlay-padding": 5 },
    },
    {
      selector: "node.chosen",
      style: { "outline-width": 4, "outline-color": colour("--accent"), "outline-offset": 2, "z-index": 10 },
    },
  ];
  const kinds = Object.entries(SHAPES).map(([kind, [shape, fill, line]]) => ({
    selector: `node[kind = "${kind}"]`,
    style: {
      shape: shape,
      "background-color": colour(fill),
      "border-color": colour(line),
      ...(kind === "conclusion" && { "border-style": "double", "border-width": 4 }),
      ...(kind === "expectation" && { "border-style": "dotted" }),
    },
  }));
  const lines = Object.entries(LINES).map(([kind, [line, arrow, shade]]) => ({
    selector: `edge[kind = "${kind}"]`,
    style: {
      "line-style": line,
      "target-arrow-shape": arrow,
      "line-color": colour(shade),
      "target-arrow-color": colour(shade),
      ...((kind === "supports" || kind === "refutes" || kind === "in conflict") && { width: 2.2 }),
    },
  }));
  // What is said of all comes first, then of kinds, then of what holds at the moment.
  return [...style.slice(0, 2), ...kinds, ...lines, ...style.slice(2)];
}

/** Lay out nodes and the edges between them: each connected part for itself, the parts in rows; to fit a shape. */
function positions(nodes, edges, shape) {
  const parts = connectedParts(nodes, edges).map((part) => {
    if (part.nodes.length === 1) return alone(part);
    if (part.nodes.length > WELL) return inColumns(part);
    const across = byDagre(part, "LR");
    if (part.nodes.length > WELL / 2) return across;
    const down = byDagre(part, "TB");
    return largest(down, shape) > largest(across, shape) ? down : across;
  });
  return packed(parts, shape);
}

/** How large a part can be drawn in a space. */
function largest(part, { width, height }) {
  return Math.min(1, width / part.width, height / part.height);
}

function connectedParts(nodes, edges) {
  const within = new Set(nodes);
  const touching = new Map(nodes.map((node) => [node, []]));
  for (const edge of edges) {
    touching.get(edge.tail).push(edge);
    touching.get(edge.head).push(edge);
  }
  const parts = [];
  for (const first of nodes) {
    if (!within.delete(first)) continue;
    const part = { nodes: [first], edges: new Set() };
    for (const node of part.nodes) {
      for (const edge of touching.get(node)) {
        part.edges.add(edge);
        const next = other(edge, node);
        if (within.delete(next)) part.nodes.push(next);
      }
    }
    parts.push(part);
  }
  return parts;
}

function alone({ nodes: [node] }) {
  const [width, height] = sizeOf(node);
  return { places: new Map([[node, [width / 2, height / 2]]]), width, height };
}

function byDagre({ nodes, edges }, direction) {
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: direction, nodesep: 10, ranksep: 46, ranker: "tight-tree" });
  for (const node of nodes) {
    const [width, height] = sizeOf(node);
    graph.setNode(String(node.place), { width, height });
  }
  let number = 0;
  for (const edge of edges)
    graph.setEdge(String(edge.tail.place), String(edge.head.place), {}, String(number++));
  dagre.layout(graph);
  const places = new Map(
    nodes.map((node) => {
      const { x, y } = graph.node(String(node.place));
      return [node, [x, y]];
    }),
  );
  return { places, width: graph.graph().width, height: graph.graph().height };
}

/** Columns by the longest way from what nothing leads to; in each, near to what leads there. Linear, but for sorting. */
function inColumns({ nodes, edges }) {
  const [into, from] = [new Map(nodes.map((node) => [node, []])), new Map(nodes.map((node) => [node, []]))];
  for (const edge of edges) {
    if (edge.tail === edge.head) continue;
    into.get(edge.head).push(edge.tail);
    from.get(edge.tail).push(edge.head);
  }
  const columnOf = new Map();
  const waiting = new Map(nodes.map((node) => [node, into.get(node).length]));
  const ready = nodes.filter((node) => !waiting.get(node));
  const rest = new Set(nodes);
  while (rest.size) {
    // Where only circles are left, one of them is opened at its first node.
    if (!ready.length) ready.push(rest.values().next().value);
    for (const node of ready.splice(0)) {
      if (!rest.delete(node)) continue;
      columnOf.set(node, Math.max(-1, ...into.get(node).map((each) => columnOf.get(each) ?? -1)) + 1);
      for (const next of from.get(node)) {
        waiting.set(next, waiting.get(next) - 1);
        if (waiting.get(next) === 0) ready.push(next);
      }
    }
  }
  const tallest = Math.ceil(Math.sqrt(nodes.length) * 2.2);
  const rank = new Map();
  const columns = grouped(nodes, columnOf);
  const places = new Map();
  let [x, height] = [0, 0];
  for (const column of [...columns.keys()].sort((one, two) => one - two)) {
    const members = columns.get(column);
    const weight = new Map(
      members.map((node) => [node, mean(into.get(node).map((each) => rank.get(each) ?? 0))]),
    );
    members.sort((one, two) => weight.get(one) - weight.get(two));
    members.forEach((node, row) => {
      rank.set(node, row / members.length);
      const [width, tall] = [240, 60];
      places.set(node, [
        x + width / 2 + width * Math.floor(row / tallest),
        tall / 2 + tall * (row % tallest),
      ]);
    });
    height = Math.max(height, 60 * Math.min(tallest, members.length));
    x += 240 * Math.ceil(members.length / tallest) + 140;
  }
  return { places, width: x - 140, height };
}

function grouped(nodes, keyOf) {
  const groups = new Map();
  for (const node of nodes) {
    const key = keyOf.get(node);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(node);
  }
  return groups;
}

function mean(numbers) {
  return numbers.length ? numbers.reduce((sum, each) => sum + each, 0) / numbers.length : 0;
}

/** Put parts into rows that together have about the shape of the space, the tallest first. */
function packed(parts, { width, height }) {
  parts.sort((one, two) => two.height - one.height || two.width - one.width);
  const area = parts.reduce((sum, part) => sum + (part.width + GAP) * (part.height + GAP), 0);
  const widest = Math.max(...parts.map((part) => part.width), Math.sqrt((area * width) / height));
  const placed = new Map();
  let [x, y, tall] = [0, 0, 0];
  for (const part of parts) {
    if (x && x + part.width > widest) [x, y, tall] = [0, y + tall + GAP, 0];
    for (const [node, [left, top]] of part.places) placed.set(node, { x: x + left, y: y + top });
    x += part.width + GAP;
    tall = Math.max(tall, part.height);
  }
  return placed;
}

/** The drawing on the page: it draws the nodes it is told to, and shows which of them there are at the moment. */
class Drawing {
  constructor(place, onChoose) {
    this.drawn = new Set();
    this.canvas = cytoscape({
      container: place,
      style: styleOfDrawing(),
      minZoom: 0.02,
      maxZoom: 2.5,
      autoungrabify: true,
      boxSelectionEnabled: false,
      selectionType: "single",
      hideEdgesOnViewport: world.nodes.length > LARGE,
    });
    this.canvas.on("tap", "node", (event) => onChoose(world.nodes[Number(event.target.id())]));
    new ResizeObserver(() => this.canvas.resize()).observe(place);
  }

  /** Draw just these nodes, with the edges between them; `still` stays where it is on the screen.
   * Returns whether it could: else the view is yet to be chosen. */
  draw(nodes, hiddenOf, still) {
    const before = still && this.drawn.has(still) ? this.element(still).renderedPosition() : null;
    const kept = before && { ...before };
    this.drawn = new Set(nodes);
    const edges = new Set();
    for (const node of nodes) {
      for (const edge of node.edges)
        if (this.drawn.has(edge.tail) && this.drawn.has(edge.head)) edges.add(edge);
    }
    const where = positions([...nodes], edges, {
      width: this.canvas.width() || 1,
      height: this.canvas.height() || 1,
    });
    const elements = [...nodes].map((node) => {
      const [width, height] = sizeOf(node);
      return {
        group: "nodes",
        data: {
          id: String(node.place),
          kind: node.kind,
          width,
          height,
          caption: caption(node, hiddenOf(node)),
        },
        position: where.get(node),
        classes: node.level === "certain" ? "certain" : "",
      };
    });
    for (const edge of edges) {
      elements.push({
        group: "edges",
        data: { source: String(edge.tail.place), target: String(edge.head.place), kind: edge.kind },
        classes: nodes.size > LARGE ? "faint" : "",
      });
    }
    this.canvas.batch(() => {
      this.canvas.elements().remove();
      this.canvas.add(elements);
    });
    this.shown = new Map();
    if (kept) {
      const now = this.element(still).renderedPosition();
      this.canvas.panBy({ x: kept.x - now.x, y: kept.y - now.y });
    }
    return Boolean(kept);
  }

  /** Show which nodes are there, which are past, which were found, and which is chosen; touch only what changes. */
  show({ isShown, isPast, isFound, chosen }) {
    const state = (node) =>
      [
        !isShown(node) && "away",
        isPast(node) && "past",
        isFound(node) && "found",
        node === chosen && "chosen",
      ]
        .filter(Boolean)
        .join(" ");
    this.canvas.batch(() => {
      const changed = [...this.drawn].filter((node) => this.shown.get(node) !== state(node));
      for (const node of changed) {
        this.shown.set(node, state(node));
        this.element(node).classes(`${node.level === "certain" ? "certain" : ""} ${state(node)}`);
      }
      for (const node of changed) {
        this.element(node)
          .connectedEdges()
          .forEach((edge) => {
            const ends = [edge.source(), edge.target()];
            edge.toggleClass(
              "past",
              edge.data("kind") === "feeds" && ends.some((end) => end.hasClass("past")),
            );
            edge.toggleClass(
              "lit",
              ends.some((end) => end.hasClass("chosen")),
            );
          });
      }
    });
  }

  element(node) {
    return this.canvas.getElementById(String(node.place));
  }

  /** Show all of it, but no larger than it is meant to be. */
  fit() {
    const shown = this.canvas.nodes().not(".away");
    if (!shown.length) return;
    this.canvas.fit(shown, 28);
    if (this.canvas.zoom() > 1.15) this.canvas.zoom(1.15);
    this.canvas.center(shown);
  }

  /** Bring a node into view, where it is not, with what is next to it, at a size that can be read. */
  reveal(node) {
    if (!node || !this.drawn.has(node)) return;
    const element = this.element(node);
    const small = this.canvas.zoom() < LEGIBLE;
    const box = element.renderedBoundingBox();
    if (
      !small &&
      box.x1 >= 0 &&
      box.y1 >= 0 &&
      box.x2 <= this.canvas.width() &&
      box.y2 <= this.canvas.height()
    )
      return;
    const about = element.closedNeighborhood().not(".away");
    if (small) {
      this.canvas.fit(about, 28);
      this.canvas.zoom(Math.max(LEGIBLE, Math.min(1, this.canvas.zoom())));
    }
    const { w, h } = about.boundingBox();
    const whole =
      w * this.canvas.zoom() <= this.canvas.width() && h * this.canvas.zoom() <= this.canvas.height();
    this.canvas.center(whole ? about : element);
    this.fill();
  }

  /** Move the view by no more than it takes to have no empty space on one side while there is more on the other. */
  fill() {
    const box = this.canvas.nodes().not(".away").renderedBoundingBox();
    const shift = (least, most, size) => {
      const [before, after] = [least - 28, size - 28 - most];
      if (before > 0 && after < 0) return -Math.min(before, -after);
      return before < 0 && after > 0 ? Math.min(-before, after) : 0;
    };
    this.canvas.panBy({
      x: shift(box.x1, box.x2, this.canvas.width()),
      y: shift(box.y1, box.y2, this.canvas.height()),
    });
  }

  zoomBy(factor) {
    this.canvas.zoom({
      level: this.canvas.zoom() * factor,
      renderedPosition: { x: this.canvas.width() / 2, y: this.canvas.height() / 2 },
    });
  }

  restyle() {
    this.canvas.style(styleOfDrawing());
  }

  /** The node to go to from another by an arrow key: along or against an edge, or to the nearest above or below. */
  next(node, key) {
    const from = this.element(node).position();
    const ahead = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[key];
    const sideways = ahead[0] !== 0;
    const joined = new Set(node.edges.map((edge) => other(edge, node)));
    let [best, least] = [null, Infinity];
    for (const each of this.drawn) {
      const element = this.element(each);
      if (each === node || element.hasClass("away") || (sideways && !joined.has(each))) continue;
      const [x, y] = [element.position("x") - from.x, element.position("y") - from.y];
      const along = x * ahead[0] + y * ahead[1];
      const across = Math.abs(x * ahead[1]) + Math.abs(y * ahead[0]);
      if (along <= 1) continue;
      const far = sideways ? along + across : along + 4 * across;
      if (far < least) [best, least] = [each, far];
    }
    return best;
  }
}

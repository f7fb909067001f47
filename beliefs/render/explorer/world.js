// What there is: the data of the page, and what of it was there after which entry of the journal.

const world = JSON.parse(document.getElementById("data").textContent);
const BELIEFS = new Set(["fact", "rule"]);

// Every node knows its place, its edges, and what a search looks through.
world.nodes.forEach((node, place) => {
  node.place = place;
  node.edges = [];
  node.isBelief = BELIEFS.has(node.kind);
  node.sought = [node.name ?? node.id, node.label, node.source ?? ""].join("\n").toLowerCase();
});
world.edges = world.edges.map(([tail, head, kind, label]) => {
  const edge = { tail: world.nodes[tail], head: world.nodes[head], kind: world.edgeKinds[kind], label };
  edge.tail.edges.push(edge);
  if (edge.head !== edge.tail) edge.head.edges.push(edge);
  return edge;
});
const changeOf = new Map(world.changes.map((change) => [change.entry, change]));
const episodeOf = new Map(world.episodes.map((episode) => [episode.episode, episode]));
const turningPoints = world.changes
  .filter((change) => change.operation !== "undo" && (change.removed.length || change.kernels.length))
  .map((change) => change.entry);
for (const change of world.changes) {
  change.sought = [
    change.title,
    change.source ?? "",
    change.reason ?? "",
    String(change.entry),
    ...[...change.added, ...change.removed].slice(0, 50).map((place) => world.nodes[place].name),
  ]
    .join("\n")
    .toLowerCase();
}
for (const episode of world.episodes) {
  episode.sought = [episode.title, ...episode.story.map((part) => part.said)].join("\n").toLowerCase();
}

/** Whether a node is held or there after an entry: "now", "past" (no more), or "future" (not yet). */
function phase(node, entry) {
  if (!node.spans) return "now";
  let found = "future";
  for (const [came, went] of node.spans) {
    if (came > entry) break;
    found = went === null || went > entry ? "now" : "past";
  }
  return found;
}

/** Whether a node is on the stage after an entry: beliefs stay when they are given up, what was undone goes. */
function isThere(node, entry) {
  const when = phase(node, entry);
  if (node.spans) return when === "now" || (node.isBelief && when === "past");
  // What has no time of its own is there with the first thing next to it that is.
  return node.edges.some((edge) => isTimed(other(edge, node)) && isThere(other(edge, node), entry));
}

function isTimed(node) {
  return Boolean(node.spans);
}

function other(edge, node) {
  return edge.tail === node ? edge.head : edge.tail;
}

/** What a node is called in a list: the name of a belief, or what else it stands for. */
function titleOf(node) {
  return (
    node.name ??
    (node.kind === "change" || node.kind === "source" || node.kind === "symbol" ? node.label : node.id)
  );
}

const KIND_WORDS = {
  fact: "fact",
  rule: "rule",
  symbol: "function",
  source: "source",
  conclusion: "what was asked",
  expectation: "expectation",
  conflict: "conflict",
  observation: "what was seen",
  change: "change",
  episode: "episode",
};

/** The last change that gave something up by an entry, or else the newest belief: where a large graph begins. */
function newest(entry) {
  let found = null;
  let latest = -1;
  for (const node of world.nodes) {
    if (!isTimed(node) || !isThere(node, entry)) continue;
    const came = node.kind === "change" ? node.entry + world.last : node.isBelief ? node.spans[0][0] : -1;
    if (came > latest) [found, latest] = [node, came];
  }
  return found;
}

/** The nodes within reach of one, the nearest first, up to a number; of each other's neighbours only a few, so that a
 * rule that a thousand facts feed leaves room for what else there is. Sources are not gone through. */
function near(start, most, few, admitted) {
  const found = new Set([start]);
  for (const node of found) {
    if (node.kind === "source" && node !== start) continue;
    let room = node === start ? most : few;
    for (const next of neighbours(node)) {
      if (found.size >= most || !room) break;
      if (found.has(next) || !admitted(next)) continue;
      found.add(next);
      room -= 1;
    }
  }
  return found;
}

/** What is next to a node, each once; first what tells of changes, as there is most of mere feeding. */
function neighbours(node) {
  const plain = (edge) => edge.kind === "feeds";
  return new Set(
    [...node.edges.filter((edge) => !plain(edge)), ...node.edges.filter(plain)].map((edge) =>
      other(edge, node),
    ),
  );
}

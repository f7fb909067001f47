// What stands in the lists and in the details. Whatever comes from the base is put on the page as text, never as markup.

/** An element with a class, attributes and contents: elements, or texts that stay texts. */
function make(tag, { of = "", on = {}, ...attributes } = {}, ...contents) {
  const element = document.createElement(tag);
  if (of) element.className = of;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  for (const [name, listener] of Object.entries(on)) element.addEventListener(name, listener);
  element.append(...contents.filter((each) => each !== null && each !== undefined));
  return element;
}

/** A button that does something; the rest is as in `make`. */
function button(action, attributes, ...contents) {
  return make("button", { type: "button", on: { click: action }, ...attributes }, ...contents);
}

/** A text with what was searched for in it marked. */
function marked(text, sought) {
  const whole = document.createDocumentFragment();
  const lower = text.toLowerCase();
  let from = 0;
  // Some letters change their length with their case; then there is nothing to be marked by place.
  for (
    let at;
    sought && lower.length === text.length && (at = lower.indexOf(sought, from)) >= 0;
    from = at + sought.length
  ) {
    whole.append(text.slice(from, at), make("mark", {}, text.slice(at, at + sought.length)));
  }
  whole.append(text.slice(from));
  return whole;
}

/** A formula, in which no arrow is broken in two at the end of a line; or with what was searched for marked. */
function formula(text, sought = "") {
  const parts = sought
    ? [marked(text, sought)]
    : text.split(/(<?->)/).map((part) => (/^<?->$/.test(part) ? make("span", { of: "arrow" }, part) : part));
  return make("code", { of: "formula" }, ...parts);
}

const timeOf = (time) => {
  const moment = new Date(time);
  return Number.isNaN(moment.valueOf())
    ? time
    : moment.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
};

const counted = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;

/** The button for a node, as it stands in lists and details. */
function nodeRow(node, page, sought = "") {
  const gone = node.isBelief && phase(node, page.at) !== "now";
  const title = make("span", { of: "name" }, marked(titleOf(node), sought));
  if (node.isBelief)
    title.append(make("span", { of: "at" }, ` ${node.at}${gone ? ", " + absence(node, page.at) : ""}`));
  const row = button(() => page.choose({ node }), { of: `row ${node.kind}${gone ? " past" : ""}` }, title);
  if (node.isBelief || said(node)) row.append(formula(node.label, sought));
  return row;
}

function absence(node, entry) {
  if (phase(node, entry) === "future") return "not yet";
  const [, went] = node.spans.findLast(([, end]) => end !== null && end <= entry);
  return changeOf.get(went)?.undoes ? "taken back" : "given up";
}

function changeRow(change, page, sought = "") {
  const moved = [];
  if (change.added.length) moved.push(make("span", { of: "plus" }, `+${change.added.length} taken in`));
  if (change.removed.length) moved.push(make("span", { of: "minus" }, `−${change.removed.length} given up`));
  const turning = change.removed.length || change.kernels.length;
  return button(
    () => page.choose({ change }),
    { of: `row ${turning ? "change" : ""}` },
    make("span", { of: "name" }, `${change.entry}: `, marked(change.title, sought)),
    make(
      "span",
      { of: "quiet" },
      ...moved.flatMap((each) => [each, "  "]),
      change.undone ? `undone by ${change.undone}` : "",
    ),
  );
}

function episodeRow(episode, page, sought = "") {
  return button(
    () => page.choose({ episode }),
    { of: "row episode" },
    make("span", { of: "name" }, `Episode ${episode.episode}: `, marked(episode.title, sought)),
    make("span", {}, marked(episode.story.at(-1).said, sought)),
  );
}

function rows(elements) {
  return make("ul", { of: "rows" }, ...elements.map((each) => make("li", {}, each)));
}

/** A heading with rows beneath it, of which many are shown on demand; nothing where there are none. */
function section(title, elements, most = 30) {
  if (!elements.length) return null;
  const list = rows(elements.slice(0, most).map((each) => each()));
  const whole = make("div", {}, make("h3", {}, title), list);
  if (elements.length > most) {
    const more = button(
      () => {
        more.replaceWith(rows(elements.slice(most).map((each) => each())));
      },
      {},
      `${elements.length - most} more`,
    );
    whole.append(more);
  }
  return whole;
}

const nodeRows = (nodes, page) => [...new Set(nodes)].map((node) => () => nodeRow(node, page));

function facts(pairs) {
  return make(
    "dl",
    {},
    ...pairs
      .filter(Boolean)
      .flatMap(([name, ...values]) => [make("dt", {}, name), make("dd", {}, ...values)]),
  );
}

const entryButton = (entry, page) =>
  changeOf.has(entry)
    ? button(() => page.choose({ change: changeOf.get(entry) }), {}, `entry ${entry}`)
    : `entry ${entry}`;

/** The neighbours of a node by one kind of edge, in one direction. */
const along = (node, kind) =>
  node.edges.filter((edge) => edge.kind === kind && edge.tail === node).map((edge) => edge.head);
const against = (node, kind) =>
  node.edges.filter((edge) => edge.kind === kind && edge.head === node).map((edge) => edge.tail);

function detailsOf({ node, change, episode }, page) {
  if (episode) return episodeDetails(episode, page);
  if (change) return changeDetails(change, page);
  if (node) return node.isBelief ? beliefDetails(node, page) : nodeDetails(node, page);
  return overview(page);
}

function overview(page) {
  return [
    make("h2", {}, "What is believed, and why"),
    make(
      "p",
      {},
      "Choose a belief, a change or an episode, in the list or in the graph. The slider below shows it all as it " +
        "was after any entry of the journal.",
    ),
    section(
      "The last changes that gave something up",
      turningPoints
        .slice(-8)
        .reverse()
        .map((entry) => () => changeRow(changeOf.get(entry), page)),
    ),
  ];
}

function beliefDetails(node, page) {
  const status = phase(node, page.at);
  const standing =
    status === "now"
      ? make("span", { of: "tag held" }, "held")
      : make("span", { of: "tag gone" }, absence(node, page.at));
  const history = node.spans.flatMap(([came, went]) => [
    [came, "taken in"],
    ...(went === null ? [] : [[went, "given up"]]),
  ]);
  return [
    make("h2", {}, make("bdi", {}, node.name)),
    formula(node.label),
    make("p", {}, standing, make("span", { of: "tag" }, KIND_WORDS[node.kind])),
    facts([
      [
        "entrenchment",
        node.level === "certain" ? "certain: never given up" : `level ${node.level} (${node.at})`,
      ],
      node.source !== null && [
        "source",
        button(
          () => page.filterBySource(node.source),
          { title: "Show what this source said" },
          make("bdi", {}, node.source),
        ),
      ],
      ...(node.record ?? []).map((line) => ["record", line]),
    ]),
    section("Fed by", nodeRows(against(node, "feeds"), page)),
    section("Feeds", nodeRows(along(node, "feeds"), page)),
    section("Speaks of", nodeRows(along(node, "speaks of"), page)),
    section("Supports", nodeRows(along(node, "supports"), page)),
    section("Refutes", nodeRows(along(node, "refutes"), page)),
    section("Takes the place of", nodeRows(along(node, "weakened from"), page)),
    section("Replaced by", nodeRows(against(node, "weakened from"), page)),
    section("In conflict", nodeRows(along(node, "in conflict"), page)),
    section("Expected because of it", nodeRows(against(node, "needs"), page)),
    section(
      "History",
      history
        .filter(([entry]) => changeOf.has(entry))
        .map(([entry, what]) => () => {
          const row = changeRow(changeOf.get(entry), page);
          row.firstChild.prepend(make("span", { of: what === "taken in" ? "plus" : "minus" }, `${what} `));
          return row;
        }),
    ),
  ];
}

function nodeDetails(node, page) {
  const kinds = new Map();
  for (const edge of node.edges) {
    const title = edge.tail === node ? edge.kind : INVERSE[edge.kind];
    const whole =
      edge.label && (edge.kind === "supports" || edge.kind === "refutes")
        ? `${title} (reason ${edge.label})`
        : title;
    if (!kinds.has(whole)) kinds.set(whole, []);
    kinds.get(whole).push(other(edge, node));
  }
  return [
    make("h2", {}, make("bdi", {}, titleOf(node))),
    node.label === titleOf(node) ? null : formula(node.label),
    make("p", {}, make("span", { of: "tag" }, KIND_WORDS[node.kind])),
    ...[...kinds].map(([title, nodes]) =>
      section(title[0].toUpperCase() + title.slice(1), nodeRows(nodes, page)),
    ),
  ];
}

const INVERSE = {
  feeds: "fed by",
  "speaks of": "spoken of by",
  "told by": "told",
  supports: "supported by",
  refutes: "refuted by",
  needs: "needed by",
  "in conflict": "between",
  "settled in": "settled",
  "led to": "came from",
  "taken in by": "took in",
  "given up in": "gave up",
  "weakened from": "replaced by",
  "tells of": "told in",
};

function changeDetails(change, page) {
  const [added, removed] = [change.added, change.removed].map((places) =>
    places.map((place) => world.nodes[place]),
  );
  const involved = change.kernels.flat().map((place) => world.nodes[place]);
  const jump = (entry, label) =>
    button(() => page.goTo(entry), { "aria-pressed": String(page.at === entry) }, label);
  return [
    make("h2", {}, `Entry ${change.entry}: `, make("bdi", {}, change.operation)),
    change.input ? formula(change.input) : null,
    make("p", { of: "quiet" }, timeOf(change.time)),
    make("div", { of: "buttons" }, jump(change.entry - 1, "See before"), jump(change.entry, "See after")),
    facts([
      change.source && ["source", make("bdi", {}, change.source)],
      change.reason && ["reason", change.reason],
      change.cost && ["cost", change.cost],
      change.undoes && ["undoes", entryButton(change.undoes, page)],
      change.undone && ["undone by", entryButton(change.undone, page)],
      change.episode && [
        "episode",
        button(
          () => page.choose({ episode: episodeOf.get(change.episode) }),
          {},
          `Episode ${change.episode}`,
        ),
      ],
      change.declared && ["declared", make("code", { of: "formula" }, change.declared.join("\n"))],
      change.notShown && ["not shown", `${counted(change.notShown, "belief")} that this page does not hold`],
    ]),
    section("Before: given up", nodeRows(removed, page)),
    section(
      "Before: in conflict, and kept",
      nodeRows(
        involved.filter((node) => !removed.includes(node)),
        page,
      ),
    ),
    section("After: taken in", nodeRows(added, page)),
    ...change.kernels.map((kernel, place) =>
      kernel.length
        ? section(
            change.kernels.length > 1 ? `Kernel ${place + 1} of ${change.kernels.length}` : "Kernel",
            nodeRows(
              kernel.map((each) => world.nodes[each]),
              page,
            ),
          )
        : null,
    ),
    ...(change.certificate
      ? certificateDetails(change)
      : [make("h3", {}, "Certificate"), make("p", { of: "quiet" }, "It has none.")]),
  ];
}

function certificateDetails({ entry, certificate }) {
  const whole = certificate.whole
    ? make(
        "details",
        {},
        make("summary", {}, "The certificate"),
        make("pre", { tabindex: "0" }, JSON.stringify(certificate.whole, null, 1)),
      )
    : make(
        "p",
        { of: "quiet" },
        `It has ${counted(certificate.size, "character")}, too many for this page; the journal holds it.`,
      );
  return [
    make("h3", {}, "Certificate"),
    make(
      "p",
      {},
      `It was checked before entry ${entry} was made; \`beliefs verify\` checks it again. It claims:`,
    ),
    make("ul", {}, ...certificate.claims.map((claim) => make("li", {}, claim))),
    whole,
  ];
}

function episodeDetails(episode, page) {
  const place = world.episodes.indexOf(episode);
  const step = (next, label) => {
    const made = button(() => page.choose({ episode: next }), {}, label);
    made.disabled = !next;
    return made;
  };
  return [
    make("h2", {}, `Episode ${episode.episode}: `, make("bdi", {}, episode.title)),
    make("p", { of: "quiet" }, `${timeOf(episode.time)}.${episode.undone ? " Undone since." : ""}`),
    ...episode.story.map((part) =>
      make(
        "div",
        { of: `story ${part.stage}` },
        make("p", {}, part.said),
        part.beliefs.length ? rows(part.beliefs.map((each) => nodeRow(world.nodes[each], page))) : null,
      ),
    ),
    make(
      "div",
      { of: "buttons" },
      entryButton(episode.entry, page),
      button(() => page.goTo(episode.entry - 1), {}, "See before"),
      button(() => page.goTo(episode.entry), {}, "See after"),
      step(world.episodes[place - 1], "‹ Episode before"),
      step(world.episodes[place + 1], "Next episode ›"),
    ),
  ];
}

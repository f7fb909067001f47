// The page: what the reader searched, filtered and chose, and the keys and buttons that change it.

/** Of more nodes than this, only what lies around one of them is drawn at first: so many, and few of each other's. */
const AT_ONCE = 160;
const NEIGHBOURHOOD = 45;
const FEW = 5;
const OPENED = 24;
const LISTED = 200;
const PARTS = { beliefs: nodeRow, changes: changeRow, episodes: episodeRow };
const KINDS_OFF = new Set(["source", "episode"]);

const $ = (id) => document.getElementById(id);

class Page {
  constructor() {
    this.at = world.last;
    this.tab = "beliefs";
    this.sought = "";
    this.listed = LISTED;
    this.chosen = {};
    this.rowOf = new Map();
    this.whole = false;
    this.resetFilters();
    this.drawing = new Drawing($("graph"), (node) => this.choose({ node }, { fromGraph: true }));
    this.centre = world.start === null ? newest(this.at) : world.nodes[world.start];
    this.opened = [];
    this.prepare();
    if (world.start !== null) this.chosen = { node: this.centre };
    this.admit();
    this.draw();
    this.refresh();
    this.view();
  }

  // What is admitted, drawn and shown

  resetFilters() {
    this.filters = {
      source: "",
      level: "",
      status: "",
      kinds: new Set(world.nodes.map((node) => node.kind).filter((kind) => !KINDS_OFF.has(kind))),
    };
  }

  /** Find out which nodes the filters leave, at whatever time. */
  admit() {
    const { source, level, kinds } = this.filters;
    this.admitted = new Set(
      world.nodes.filter(
        (node) =>
          kinds.has(node.kind) &&
          (!node.isBelief ||
            ((source === "" || (source === "-" ? node.source === null : node.source === source.slice(1))) &&
              (level === "" ||
                node.level === "certain" ||
                (level !== "certain" && node.level >= Number(level))))),
      ),
    );
  }

  /** Whether all that the filters leave is drawn. */
  get drawsAll() {
    return this.whole || this.admitted.size <= AT_ONCE;
  }

  /** Lay out anew: all that is admitted, or what lies around the centre and what was opened. */
  draw(still = null) {
    const all = this.drawsAll;
    if (!all && this.centre && !this.admitted.has(this.centre)) this.admitted.add(this.centre);
    const nodes = all
      ? this.admitted
      : new Set([...this.nearCentre(), ...this.opened].filter((node) => this.admitted.has(node)));
    const isHidden = (node) => this.admitted.has(node) && !nodes.has(node);
    const hiddenOf = (node) => (all ? 0 : [...neighbours(node)].filter(isHidden).length);
    this.drawing.draw(nodes, hiddenOf, still) || this.view();
    $("extent").hidden = this.admitted.size <= AT_ONCE;
    $("extent").textContent = this.whole
      ? "Draw what is near"
      : `Draw all ${this.admitted.size.toLocaleString("en")}`;
  }

  nearCentre() {
    return this.centre ? near(this.centre, NEIGHBOURHOOD, FEW, (node) => this.admitted.has(node)) : [];
  }

  /** Show the whole of what was drawn, or, where nobody could read it then, what lies around the centre. */
  view() {
    this.drawing.fit();
    if (!this.whole)
      this.drawing.reveal(
        this.chosenNode && this.drawing.drawn.has(this.chosenNode) ? this.chosenNode : this.centre,
      );
  }

  /** Show the moment: what is there, what is past, what was found and chosen; in the drawing, the lists, the details. */
  refresh() {
    this.there = new Set(world.nodes.filter((node) => isThere(node, this.at)));
    const { status } = this.filters;
    this.shown = (node) => {
      if (!this.there.has(node) || !this.admitted.has(node)) return false;
      if (!node.isBelief || status === "") return true;
      if (status === "blamed") return (node.blamed ?? 0) > 0;
      return (phase(node, this.at) === "now") === (status === "held");
    };
    this.showGraph();
    this.showList();
    this.showDetails();
    this.showTime();
  }

  showGraph() {
    const chosen =
      this.chosen.node ??
      (this.chosen.change && this.nodeOf(this.chosen.change.entry)) ??
      (this.chosen.episode && this.nodeOf(this.chosen.episode.entry));
    this.chosenNode = chosen ?? null;
    this.drawing.show({
      isShown: this.shown,
      isPast: (node) => node.isBelief && phase(node, this.at) === "past",
      isFound: (node) => this.sought !== "" && node.sought.includes(this.sought),
      chosen,
    });
    const shown = [...this.drawing.drawn].filter(this.shown).length;
    const all = world.nodes.filter(this.shown).length;
    $("drawn").textContent =
      shown < all ? `${shown.toLocaleString("en")} of ${counted(all, "node")}` : counted(shown, "node");
  }

  nodeOf(entry) {
    return world.nodes.find((node) => node.kind === "change" && node.entry === entry);
  }

  found() {
    const has = (each) => this.sought === "" || each.sought.includes(this.sought);
    if (this.tab === "changes")
      return world.changes.filter((change) => change.entry <= this.at && has(change)).reverse();
    if (this.tab === "episodes")
      return world.episodes.filter((episode) => episode.entry <= this.at && has(episode));
    return world.nodes.filter((node) => node.isBelief && this.shown(node) && has(node));
  }

  showList() {
    const found = this.found();
    const focusedOn = [...this.rowOf].find(([, row]) => row === document.activeElement)?.[0];
    this.rowOf = new Map(
      found.slice(0, this.listed).map((each) => [each, PARTS[this.tab](each, this, this.sought)]),
    );
    const list = rows([...this.rowOf.values()]);
    const many = found.length === 1 ? this.tab.slice(0, -1) : this.tab;
    const count = make(
      "p",
      { of: "quiet" },
      found.length
        ? `${found.length.toLocaleString("en")} ${many}`
        : `No ${this.tab} here${this.sought ? ": nothing has what you search for" : ""}.`,
    );
    $("list").replaceChildren(count, list);
    if (found.length > this.listed) {
      $("list").append(
        button(
          () => {
            this.listed += LISTED;
            this.showList();
          },
          {},
          `${(found.length - this.listed).toLocaleString("en")} more`,
        ),
      );
    }
    this.markChosen();
    if (focusedOn) (this.rowOf.get(focusedOn) ?? $("list")).focus();
    for (const tab of ["beliefs", "changes", "episodes"]) {
      const label = $(`tab-${tab}`);
      label.setAttribute("aria-selected", String(tab === this.tab));
      label.tabIndex = tab === this.tab ? 0 : -1;
    }
    $("list").setAttribute("aria-labelledby", `tab-${this.tab}`);
  }

  /** Mark the row of what is chosen; it, or else the first, is the one that the tabulator goes to. */
  markChosen() {
    for (const [each, row] of this.rowOf) {
      const isChosen = Object.values(this.chosen).includes(each);
      row.tabIndex = -1;
      if (isChosen) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    }
    const all = [...this.rowOf.values()];
    const reached = all.find((row) => row.hasAttribute("aria-current")) ?? all[0];
    if (reached) reached.tabIndex = 0;
  }

  /** Show what is chosen in full. Where the focus was in there, it stays, at the beginning. */
  showDetails() {
    const wasFocused = $("details").contains(document.activeElement);
    $("details").replaceChildren(...detailsOf(this.chosen, this).filter(Boolean));
    if (wasFocused) $("details").focus();
  }

  showTime() {
    $("slider").value = String(this.at);
    const change = changeOf.get(this.at);
    const moment =
      this.at === 0
        ? "Before the first entry"
        : `After entry ${this.at} of ${world.last}${change ? `: ${change.title}` : ""}`;
    $("moment").textContent = moment;
    $("slider").setAttribute("aria-valuetext", moment);
    $("earlier").disabled = this.at === 0;
    $("later").disabled = $("now").disabled = this.at === world.last;
    const held = world.nodes.filter((node) => node.isBelief && phase(node, this.at) === "now").length;
    const whole = world.complete
      ? ""
      : `; this page holds ${world.nodes.filter((node) => node.isBelief).length.toLocaleString("en")} of ${counted(world.believed, "belief")}`;
    $("summary").textContent =
      `${counted(held, "belief")} held, ${counted(world.episodes.filter((each) => each.entry <= this.at).length, "episode")}${whole}`;
  }

  // What the reader does

  choose(what, { fromGraph = false } = {}) {
    this.chosen = what;
    const node = what.node ?? this.nodeOf((what.change ?? what.episode)?.entry);
    if (node && !fromGraph && !this.drawsAll && !this.drawing.drawn.has(node)) {
      [this.centre, this.opened] = [node, []];
      this.draw();
    } else if (node && fromGraph) this.open(node);
    this.showGraph();
    this.markChosen();
    this.showDetails();
    $("details").scrollTop = 0;
    if (!fromGraph) this.drawing.reveal(this.chosenNode);
    if (node)
      $("spoken").textContent =
        `${titleOf(node)}, ${KIND_WORDS[node.kind]}${node.isBelief ? `, ${node.at}: ${node.label}` : ""}`;
  }

  /** Draw what else is next to a node, where not all is drawn. */
  open(node) {
    if (this.drawsAll) return;
    const fresh = [...neighbours(node)]
      .filter((each) => this.admitted.has(each) && !this.drawing.drawn.has(each))
      .slice(0, OPENED);
    if (!fresh.length) return;
    this.opened.push(...fresh);
    this.draw(node);
    this.showGraph();
  }

  goTo(entry) {
    this.at = Math.max(0, Math.min(world.last, entry));
    this.refresh();
    $("spoken").textContent = $("moment").textContent;
  }

  search(text) {
    this.sought = text.trim().toLowerCase();
    this.listed = LISTED;
    this.showGraph();
    this.showList();
  }

  show(tab) {
    this.tab = tab;
    this.listed = LISTED;
    this.showList();
  }

  filter(change) {
    Object.assign(this.filters, change);
    const plain = new Set(world.nodes.map((node) => node.kind).filter((kind) => !KINDS_OFF.has(kind)));
    const { source, level, status, kinds } = this.filters;
    const some = source || level || status || [...plain].some((kind) => !kinds.has(kind));
    $("filtered").textContent = some ? "(not all is shown)" : "";
    $("source").value = source;
    $("level").value = level;
    $("status").value = status;
    for (const box of $("kinds").querySelectorAll("input")) box.checked = kinds.has(box.value);
    this.opened = [];
    this.admit();
    this.draw();
    this.refresh();
  }

  filterBySource(source) {
    $("filters").open = true;
    this.show("beliefs");
    this.filter({ source: `=${source}` });
  }

  // What stands on the page from the beginning

  prepare() {
    const option = (value, label) => make("option", { value }, label);
    const sources = [
      ...new Set(
        world.nodes.filter((node) => node.isBelief && node.source !== null).map((node) => node.source),
      ),
    ].sort();
    $("source").append(
      option("", "all"),
      option("-", "none"),
      ...sources.map((source) => option(`=${source}`, source)),
    );
    const levels = [
      ...new Set(
        world.nodes.filter((node) => node.isBelief && node.level !== "certain").map((node) => node.level),
      ),
    ].sort((one, two) => one - two);
    $("level").append(
      option("", "all"),
      ...levels.map((level) => option(String(level), `${level} and above`)),
      option("certain", "certain"),
    );
    $("status").append(
      option("", "held and given up"),
      option("held", "held"),
      option("gone", "given up"),
      option("blamed", "blamed for failures"),
    );
    for (const kind of Object.keys(KIND_WORDS)) {
      if (!world.nodes.some((node) => node.kind === kind)) continue;
      const box = make("input", { type: "checkbox", value: kind });
      box.checked = this.filters.kinds.has(kind);
      $("kinds").append(make("label", {}, box, KIND_WORDS[kind]));
      $("legend-of").append(make("li", {}, shapeOf(kind), KIND_WORDS[kind]));
    }
    $("legend-of").append(make("li", {}, shapeOf("past"), "given up"));
    for (const kind of world.edgeKinds) $("legend-of").append(make("li", {}, lineOf(kind), kind));
    $("slider").max = String(world.last);
    for (const entry of turningPoints.slice(-500)) {
      const mark = make("i");
      mark.style.left = `${(100 * entry) / Math.max(1, world.last)}%`;
      $("marks").append(mark);
    }
    for (const [name, text] of Object.entries(JSON.parse($("licence-texts").textContent))) {
      $("licences").append(make("h3", {}, name), make("pre", {}, text));
    }
    this.listen();
    this.dye(matchMedia("(prefers-color-scheme: dark)").matches);
  }

  dye(dark) {
    document.documentElement.dataset.theme = dark ? "dark" : "light";
    $("theme").textContent = dark ? "Light" : "Dark";
    this.drawing.restyle();
  }

  listen() {
    $("search").addEventListener("input", () => this.search($("search").value));
    $("source").addEventListener("change", () => this.filter({ source: $("source").value }));
    $("level").addEventListener("change", () => this.filter({ level: $("level").value }));
    $("status").addEventListener("change", () => this.filter({ status: $("status").value }));
    $("kinds").addEventListener("change", () =>
      this.filter({
        kinds: new Set([...$("kinds").querySelectorAll("input:checked")].map((box) => box.value)),
      }),
    );
    $("reset").addEventListener("click", () => {
      this.resetFilters();
      this.filter({});
    });
    for (const tab of Object.keys(PARTS)) $(`tab-${tab}`).addEventListener("click", () => this.show(tab));
    $("fit").addEventListener("click", () => this.drawing.fit());
    $("closer").addEventListener("click", () => this.drawing.zoomBy(1.3));
    $("farther").addEventListener("click", () => this.drawing.zoomBy(1 / 1.3));
    $("extent").addEventListener("click", () => {
      this.whole = !this.whole;
      this.draw();
      this.showGraph();
    });
    $("slider").addEventListener("input", () => this.goTo(Number($("slider").value)));
    $("earlier").addEventListener("click", () => this.goTo(this.at - 1));
    $("later").addEventListener("click", () => this.goTo(this.at + 1));
    $("now").addEventListener("click", () => this.goTo(world.last));
    $("theme").addEventListener("click", () => this.dye(document.documentElement.dataset.theme !== "dark"));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", (event) => this.dye(event.matches));
    $("show-help").addEventListener("click", () => $("help").showModal());
    document.addEventListener("keydown", (event) => this.press(event));
  }

  press(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || $("help").open) return;
    const here = document.activeElement;
    const typing = here.matches("input[type=search], select");
    const done =
      this.pressedIn(here, event.key) ||
      (!typing && this.pressedAnywhere(event.key)) ||
      (event.key === "Escape" && this.leave(here));
    if (done) event.preventDefault();
  }

  pressedAnywhere(key) {
    const keys = {
      "/": () => $("search").select() ?? $("search").focus(),
      "?": () => $("help").showModal(),
      "[": () => this.goTo(this.at - 1),
      "]": () => this.goTo(this.at + 1),
      "{": () => this.goTo(turningPoints.findLast((entry) => entry < this.at) ?? 0),
      "}": () => this.goTo(turningPoints.find((entry) => entry > this.at) ?? world.last),
      "+": () => this.drawing.zoomBy(1.3),
      "-": () => this.drawing.zoomBy(1 / 1.3),
      0: () => this.drawing.fit(),
    };
    keys[key]?.();
    return key in keys;
  }

  /** Keys that mean something where the focus is: in the search, a list, the tabs or the graph. */
  pressedIn(here, key) {
    if (here === $("search") && (key === "ArrowDown" || key === "Enter"))
      return focused($("list").querySelector(".row"));
    if (here.getAttribute("role") === "tab" && (key === "ArrowLeft" || key === "ArrowRight")) {
      const tabs = Object.keys(PARTS);
      this.show(tabs[(tabs.indexOf(this.tab) + (key === "ArrowRight" ? 1 : 2)) % 3]);
      return focused($(`tab-${this.tab}`));
    }
    if (here.matches("#list .row, #details .row") && (key === "ArrowDown" || key === "ArrowUp")) {
      const all = [...here.closest("#list, #details").querySelectorAll(".row")];
      const next = all[all.indexOf(here) + (key === "ArrowDown" ? 1 : -1)];
      return focused(next ?? (here.closest("#list") && key === "ArrowUp" ? $("search") : here));
    }
    if (here === $("graph")) return this.pressedInGraph(key);
    return false;
  }

  pressedInGraph(key) {
    if (key.startsWith("Arrow")) {
      const now =
        this.chosenNode && this.drawing.drawn.has(this.chosenNode) && this.shown(this.chosenNode)
          ? this.chosenNode
          : null;
      const next = now ? this.drawing.next(now, key) : [...this.drawing.drawn].find(this.shown);
      if (next) this.choose({ node: next });
      return true;
    }
    if (key === "Enter" && this.chosenNode) {
      this.open(this.chosenNode);
      return true;
    }
    return false;
  }

  leave(here) {
    if (here === $("search") && here.value) {
      here.value = "";
      this.search("");
    } else if ($("legend").open) $("legend").open = false;
    else this.choose({});
    return true;
  }
}

function focused(element) {
  element?.focus();
  return Boolean(element);
}

/** A small picture for the legend. Shapes are those of the drawing, nearly. */
function picture(...children) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [name, value] of Object.entries({
    width: 34,
    height: 18,
    viewBox: "0 0 34 18",
    "aria-hidden": "true",
  }))
    svg.setAttribute(name, value);
  for (const [tag, attributes, style] of children) {
    const child = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) child.setAttribute(name, value);
    Object.assign(child.style, style);
    svg.append(child);
  }
  return svg;
}

const OUTLINES = {
  rectangle: "M2 2H32V16H2Z",
  "round-rectangle": "M6 2H28Q32 2 32 6V12Q32 16 28 16H6Q2 16 2 12V6Q2 2 6 2Z",
  ellipse: "M2 9A15 7 0 0 0 32 9A15 7 0 0 0 2 9Z",
  barrel: "M2 4Q17 0 32 4V14Q17 18 2 14Z",
  octagon: "M9 2H25L32 6V12L25 16H9L2 12V6Z",
  hexagon: "M9 2H25L32 9L25 16H9L2 9Z",
  tag: "M2 2H25L32 9L25 16H2Z",
};

function shapeOf(kind) {
  const [shape, fill, line] = SHAPES[kind] ?? ["rectangle", "--past", "--past-line"];
  const dash = kind === "past" ? "4 3" : kind === "expectation" ? "2 2" : "none";
  return picture([
    "path",
    { d: OUTLINES[shape], "stroke-dasharray": dash, "stroke-width": kind === "conclusion" ? 3 : 1.6 },
    { fill: `var(${fill})`, stroke: `var(${line})` },
  ]);
}

const ARROWS = {
  triangle: "M26 5L33 9L26 13Z",
  vee: "M26 5L33 9L26 13L28 9Z",
  chevron: "M25 5H28L33 9L28 13H25L30 9Z",
  tee: "M31 4H33V14H31Z",
  circle: "M27 9A3 3 0 0 0 33 9A3 3 0 0 0 27 9Z",
  diamond: "M25 9L29 5.5L33 9L29 12.5Z",
  none: "M0 0",
};

function lineOf(kind) {
  const [line, arrow, shade] = LINES[kind];
  const dash = { solid: "none", dashed: "5 3", dotted: "1.5 3" }[line];
  return picture(
    ["path", { d: "M1 9H27", "stroke-dasharray": dash, "stroke-width": 1.8 }, { stroke: `var(${shade})` }],
    ["path", { d: ARROWS[arrow] }, { fill: `var(${shade})` }],
  );
}

new Page();

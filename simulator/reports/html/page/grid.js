
const ROW = 32, HIGHEST = 8000000;

// The table of objects: only the rows that are seen exist. The table sticks to the top of a tall
// box, and how far the box is scrolled says which row comes first.
class Grid {
  constructor(objects, selection, open) {
    this.objects = objects;
    this.selection = selection;
    this.open = open;
    this.box = document.getElementById("grid");
    this.tall = document.getElementById("tall");
    this.table = document.getElementById("rows");
    this.active = 0;
    this.first = 0;
    this.columns = this.layout();
    this.head();
    this.box.addEventListener("scroll", () => this.draw());
    this.box.addEventListener("keydown", (event) => this.key(event));
    this.body.addEventListener("click", (event) => {
      const row = event.target.closest("tr");
      if (row) this.choose(this.first + row.sectionRowIndex, true);
    });
    new ResizeObserver(() => this.draw()).observe(this.box);
  }

  get body() { return this.table.tBodies[0]; }

  layout() {
    const { objects } = this;
    const side = (number) => (row) => `${objects.outcome(number, row)} ${objects.coded("verdict.code", objects.verdict(number, row))}`;
    const middle = objects.preview
      ? [["state", "Change", "w-state", (row) => objects.state(row)],
         ["before", "Before", "w-reason", side(0)], ["after", "After", "w-reason", side(1)]]
      : [["state", "Outcome", "w-state", (row) => objects.state(row)],
         ["reason", "Reason", "w-reason", (row) => objects.block.column("verdict.text")[objects.verdict(0, row)]]];
    return [
      ["name", "Name", "w-name", (row) => objects.names[row] || objects.dn(row)],
      ...middle,
      ["system", "Operating system", "w-system", (row) => objects.coded("system", row)],
      ["unit", "Organizational unit", "w-unit", (row) => objects.coded("unit", row)],
      ["end", "Certificates end", "w-end", (row) => this.end(row)],
    ];
  }

  end(row) {
    const held = this.objects.held(row);
    if (!held) return "";
    const day = instant(this.objects.latest(row)).slice(0, 10) || "unreadable";
    return held > 1 ? `${day} (of ${held})` : day;
  }

  head() {
    const sort = (key) => () => {
      const { sorting } = this.selection;
      this.selection.sorting = sorting.key !== key ? { key, down: false } : sorting.down ? { key: "", down: false } : { key, down: true };
      this.renew();
    };
    this.table.tHead.replaceChildren(element("tr", { "aria-rowindex": "1" }, ...this.columns.map(([key, title, width]) =>
      element("th", { scope: "col", class: width, "data-key": key },
        element("button", { type: "button", onclick: sort(key) }, title)))));
  }

  // Selects anew and goes to the top.
  renew() {
    this.selection.select();
    const { rows, sorting } = this.selection;
    for (const cell of this.table.tHead.rows[0].cells) {
      const sorted = cell.dataset.key === sorting.key;
      const title = this.columns[cell.cellIndex][1];
      cell.firstChild.textContent = sorted ? `${title} ${sorting.down ? "\u25bc" : "\u25b2"}` : title;
      if (sorted) cell.setAttribute("aria-sort", sorting.down ? "descending" : "ascending");
      else cell.removeAttribute("aria-sort");
    }
    this.table.setAttribute("aria-rowcount", rows.length + 1);
    const all = this.objects.count.toLocaleString("en");
    const { warning } = this.selection.wanted;
    document.getElementById("found").textContent =
      `${rows.length.toLocaleString("en")} of ${all} objects${warning ? ", those with the warning " + warning : ""}`;
    this.active = 0;
    this.box.scrollTop = 0;
    this.draw();
  }

  // How many rows fit, how many do not, and how far the box scrolls for the last of them.
  get seen() { return Math.max(3, Math.floor((this.box.clientHeight - ROW) / ROW)); }
  get hidden() { return Math.max(0, this.selection.rows.length - this.seen); }
  get far() { return Math.min(this.hidden * ROW, HIGHEST); }

  draw() {
    const { rows } = this.selection;
    this.tall.style.height = `${this.far + this.box.clientHeight}px`;
    const first = this.far ? Math.round(this.box.scrollTop / this.far * this.hidden) : 0;
    const last = Math.min(rows.length, first + this.seen);
    const focused = this.body.contains(document.activeElement);
    this.first = Math.min(first, this.hidden);
    const { body } = this;
    while (body.rows.length > last - this.first) body.lastChild.remove();
    while (body.rows.length < last - this.first) body.append(this.blank());
    for (let at = this.first; at < last; at++) this.fill(body.rows[at - this.first], at, rows[at]);
    if (focused) (this.button(this.active) ?? this.box).focus({ preventScroll: true });
  }

  blank() {
    return element("tr", {}, ...this.columns.map(([key]) => (key === "name"
      ? element("th", { scope: "row" }, element("button", { type: "button", class: "link", tabindex: "-1" }))
      : element("td"))));
  }

  fill(line, at, row) {
    const active = at === this.active;
    line.setAttribute("aria-rowindex", at + 2);
    line.classList.toggle("active", active);
    this.columns.forEach(([key, , , text], number) => {
      const cell = line.cells[number], told = visible(text(row).slice(0, 300));
      const holder = key === "name" ? cell.firstChild : cell;
      if (holder.textContent !== told) holder.textContent = told;
      if (key === "state") cell.className = "state edge-" + told.toLowerCase();
      if (key === "name") holder.tabIndex = active ? 0 : -1;
    });
  }

  button(at) { return this.body.rows[at - this.first]?.querySelector("button"); }

  // Makes a row the active one, brings it into sight and, if asked, explains it.
  choose(at, explain = false) {
    const { rows } = this.selection;
    if (!rows.length) return;
    this.active = Math.max(0, Math.min(rows.length - 1, at));
    if (this.active < this.first) this.scroll(this.active);
    else if (this.active >= this.first + this.seen) this.scroll(this.active - this.seen + 1);
    this.draw();
    this.button(this.active)?.focus({ preventScroll: true });
    if (explain) this.open(rows[this.active], this.active, rows.length);
  }

  scroll(first) { this.box.scrollTop = this.hidden ? first / this.hidden * this.far : 0; }

  key(event) {
    if (event.altKey || event.metaKey || this.table.tHead.contains(event.target)) return;
    const moves = {
      ArrowDown: 1, ArrowUp: -1, PageDown: this.seen, PageUp: -this.seen, Home: -Infinity, End: Infinity,
    };
    if (event.key in moves) {
      event.preventDefault();
      const inside = this.body.contains(document.activeElement);
      this.choose(inside ? this.active + moves[event.key] : Math.abs(moves[event.key]) === Infinity ? moves[event.key] : this.active);
    } else if (event.key === "Enter" && event.target === this.box) {
      event.preventDefault();
      this.choose(this.active, true);
    }
  }

  // The beginning of the table, for paper.
  printed(most) {
    const rows = this.selection.rows.slice(0, most);
    const line = (row) => element("tr", {}, ...this.columns.map(([, , , text]) => element("td", {}, visible(text(row).slice(0, 300)))));
    return element("table", {},
      element("caption", {}, `${rows.length} of ${this.selection.rows.length} objects`),
      element("thead", {}, element("tr", {}, ...this.columns.map(([, title]) => element("th", { scope: "col" }, title)))),
      element("tbody", {}, ...Array.from(rows, line)));
  }
}

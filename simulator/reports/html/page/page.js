
const PRINTED = 100;

function theme() {
  const button = document.getElementById("theme");
  const root = document.documentElement;
  const dark = () => (root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const name = () => { button.textContent = dark() ? "Light" : "Dark"; };
  button.hidden = false;
  button.addEventListener("click", () => { root.dataset.theme = dark() ? "light" : "dark"; name(); });
  name();
}

// The fields above the table. Each value says how many objects have it.
function fields(objects, selection, changed) {
  const form = document.getElementById("filters");
  const inputs = {};
  const field = (key, title, input, wide) => {
    inputs[key] = input;
    input.id = "filter-" + key;
    form.append(element("div", { class: wide ? "field wide" : "field" }, element("label", { for: input.id }, title), input));
  };
  let waiting;
  const soon = () => { clearTimeout(waiting); waiting = setTimeout(changed, 150); };
  const text = (key, title, wide, list) => {
    const input = element("input", { type: "search", autocomplete: "off", spellcheck: "false", name: key, ...(list ? { list } : {}) });
    input.addEventListener("input", () => { selection.wanted[key] = input.value.trim(); soon(); });
    field(key, title, input, wide);
  };
  const choice = (key, title) => {
    const select = element("select", { name: key }, element("option", { value: "" }, "all"));
    const states = objects.head.states;
    const known = ["state", "before", "after"].includes(key);
    const values = selection.tally(key).sort((a, b) => (known ? states.indexOf(a.value) - states.indexOf(b.value) : b.count - a.count));
    for (const { value, count } of values) {
      select.append(element("option", { value }, `${visible(value).slice(0, 120)} (${count.toLocaleString("en")})`));
    }
    select.addEventListener("change", () => { selection.wanted[key] = select.value; changed(); });
    field(key, title, select);
  };
  text("search", "Search name, DN, GUID, system, reason", true);
  choice("state", objects.preview ? "Change" : "Outcome");
  if (objects.preview) { choice("before", "Outcome before"); choice("after", "Outcome after"); }
  choice("reason", objects.preview ? "Reason after" : "Reason");
  choice("system", "Operating system");
  text("unit", "Organizational unit and below", false, "units");
  const units = objects.block.column("unit.values").slice(0, 2000).sort();
  form.append(element("datalist", { id: "units" }, ...units.map((value) => element("option", { value: visible(value) }))));
  const clear = element("button", { type: "button" }, "Show all");
  form.append(clear);
  form.addEventListener("submit", (event) => event.preventDefault());
  const set = (wanted) => {
    selection.wanted = { ...wanted };
    for (const [key, input] of Object.entries(inputs)) input.value = wanted[key] ?? "";
    changed();
  };
  clear.addEventListener("click", () => set({}));
  return set;
}

// Names and numbers of the summary become buttons that show their objects.
function links(set) {
  for (const place of document.querySelectorAll("[data-filter]")) {
    const { filter, value, and, also } = place.dataset;
    const wanted = { [filter]: value, ...(and ? { [and]: also } : {}) };
    const told = Object.values(wanted).map((each) => visible(each)).join(" to ");
    const button = element("button", { type: "button", class: "link", title: `Show these objects: ${told}`.slice(0, 200) }, ...place.childNodes);
    button.addEventListener("click", (event) => {
      event.preventDefault();
      set(wanted);
      document.getElementById("objects").scrollIntoView();
      document.getElementById("grid").focus({ preventScroll: true });
    });
    place.replaceChildren(button);
  }
}

// Names of objects in the summary become buttons that explain them.
function names(set, grid) {
  for (const place of document.querySelectorAll("[data-row]")) {
    const button = element("button", { type: "button", class: "link" }, ...place.childNodes);
    button.addEventListener("click", () => {
      set({ state: place.dataset.state });
      grid.choose(grid.selection.rows.indexOf(Number(place.dataset.row)), true);
    });
    place.replaceChildren(button);
  }
}

async function start() {
  theme();
  const objects = new Objects(await unpack(document.getElementById("block")));
  const selection = new Selection(objects);
  let grid;
  const explanation = new Explanation(objects, (by) => grid.choose(grid.active + by, true));
  grid = new Grid(objects, selection, (row, place, total) => explanation.open(row, place, total));
  document.getElementById("table").hidden = false;
  const set = fields(objects, selection, () => grid.renew());
  links(set);
  names(set, grid);
  grid.renew();
  explanation.dialog.addEventListener("close", () => grid.choose(grid.active));
  addEventListener("beforeprint", () => document.getElementById("printed").replaceChildren(grid.printed(PRINTED)));
  addEventListener("afterprint", () => document.getElementById("printed").replaceChildren());
  document.documentElement.dataset.ready = "true";
}

start().catch((error) => {
  const place = document.getElementById("failed");
  place.hidden = false;
  place.textContent = `The table cannot be shown: ${error.message}. It needs a browser of 2023 or newer; --format csv has every object.`;
  throw error;
});

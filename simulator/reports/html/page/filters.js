
// Which objects are shown, and in what order.
class Selection {
  constructor(objects) {
    this.objects = objects;
    this.wanted = {};
    this.sorting = { key: "", down: false };
    this.ranks = new Map();
    this.rows = new Uint32Array(0);
  }

  // The names of the columns behind a filter: a number for each row, and what the numbers mean.
  coding(key) {
    const { block, last, preview } = this.objects;
    switch (key) {
      case "state": return preview
        ? { codes: block.column("change"), values: block.column("change.values") }
        : this.verdicts("outcome", 0);
      case "before": return this.verdicts("outcome", 0);
      case "after": return this.verdicts("outcome", 1);
      case "reason": return this.verdicts("code", last);
      case "system": case "unit": case "type":
        return { codes: block.column(key), values: block.column(key + ".values") };
    }
  }

  // A fact of the verdicts of a side, as if each row had it.
  verdicts(fact, side) {
    const { block } = this.objects;
    return {
      codes: block.column("side" + side),
      through: block.column("verdict." + fact),
      values: block.column("verdict." + fact + ".values"),
    };
  }

  // For each number of a coding whether it passes.
  passing({ through, values }, test) {
    const good = Uint8Array.from(values, (value) => (test(value) ? 1 : 0));
    return through ? Uint8Array.from(through, (code) => good[code]) : good;
  }

  // How many objects have each value.
  tally(key) {
    const { codes, through, values } = this.coding(key);
    const counts = new Uint32Array(values.length + 1);
    for (let row = 0; row < codes.length; row++) counts[through ? through[codes[row]] : codes[row]]++;
    return values.map((value, at) => ({ value, count: counts[at] })).filter((each) => each.count);
  }

  // Computes the rows that pass, in the order that was asked for.
  select() {
    const { count } = this.objects;
    const tests = [];
    for (const [key, value] of Object.entries(this.wanted)) {
      if (!value) continue;
      if (key === "search") tests.push(this.searching(value));
      else if (key === "warning") tests.push(this.warned(value));
      else {
        const coding = this.coding(key);
        const good = this.passing(coding, key === "unit" ? within(value, coding.values) : (v) => v === value);
        tests.push((row) => good[coding.codes[row]]);
      }
    }
    const kept = new Uint32Array(count);
    let size = 0;
    outer: for (let row = 0; row < count; row++) {
      for (const test of tests) if (!test(row)) continue outer;
      kept[size++] = row;
    }
    this.rows = this.ordered(kept.subarray(0, size));
  }

  warned(code) {
    const coding = this.verdicts("findings", this.objects.last);
    const good = this.passing(coding, (told) => JSON.parse(told).some((finding) => finding[1] === code));
    return (row) => good[coding.codes[row]];
  }

  // Looks for a text in name, DN, GUID, operating system, reason.
  searching(text) {
    const { objects } = this;
    const { block } = objects;
    const term = text.toLowerCase();
    const names = this.lowered();
    const hit = (values) => Uint8Array.from(values, (value) => (value.toLowerCase().includes(term) ? 1 : 0));
    const system = hit(block.column("system.values")), systems = block.column("system");
    const unit = hit(block.column("unit.values")), units = block.column("unit");
    const told = hit(block.column("verdict.text"));
    const code = this.passing(this.verdicts("code", 0), (value) => value.includes(term));
    const sides = objects.preview ? [block.column("side0"), block.column("side1")] : [block.column("side0")];
    const digits = term.replace(/[{}]/g, "");
    const guid = /^[0-9a-f-]{6,}$/.test(digits);
    const whole = /[=,]/.test(term);
    return (row) => names[row].includes(term) || system[systems[row]] || unit[units[row]]
      || sides.some((side) => told[side[row]] || code[side[row]])
      || (guid && objects.guid(row).includes(digits))
      || (whole && objects.dn(row).toLowerCase().includes(term));
  }

  lowered() {
    this.lower ??= this.objects.names.map((name) => name.toLowerCase());
    return this.lower;
  }

  ordered(rows) {
    const { key, down } = this.sorting;
    if (!key) return rows;
    const ranks = this.ranked(key), count = this.objects.count;
    // rank and row in one number: sorting numbers is fast, and what is equal keeps its order
    const mixed = Float64Array.from(rows, (row) => (down ? -ranks[row] : ranks[row]) * count + row);
    mixed.sort();
    return Uint32Array.from(mixed, (number) => ((number % count) + count) % count);
  }

  // For each row its place among all when sorted by *key*; equal values have equal places.
  ranked(key) {
    if (this.ranks.has(key)) return this.ranks.get(key);
    const { objects } = this;
    let ranks;
    if (key === "name") ranks = places(this.lowered());
    else if (key === "end") {
      ranks = places(Float64Array.from({ length: objects.count }, (_, row) => objects.latest(row)));
    } else {
      const { codes, through, values } = this.coding(key);
      const states = objects.head.states;
      const known = ["state", "before", "after"].includes(key);
      const order = places(values.map((v) => (known ? states.indexOf(v) : v.toLowerCase())));
      ranks = Float64Array.from(codes, (code) => order[through ? through[code] : code] ?? -1);
    }
    this.ranks.set(key, ranks);
    return ranks;
  }
}

function places(values) {
  const order = Uint32Array.from(values, (_, at) => at);
  order.sort((a, b) => (values[a] < values[b] ? -1 : values[a] > values[b] ? 1 : 0));
  const ranks = new Uint32Array(values.length);
  for (let at = 1; at < order.length; at++) {
    ranks[order[at]] = ranks[order[at - 1]] + (values[order[at]] === values[order[at - 1]] ? 0 : 1);
  }
  return ranks;
}

// Whether a unit is the one that is wanted or below it; a text that names no unit is looked for.
function within(wanted, units) {
  const text = wanted.toLowerCase();
  const below = (unit) => unit === text || unit.endsWith("," + text);
  if (units.some((unit) => below(unit.toLowerCase()))) return (unit) => below(unit.toLowerCase());
  return (unit) => unit.toLowerCase().includes(text);
}

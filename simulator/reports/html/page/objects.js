
// What is known of each object, by its row.
class Objects {
  constructor(block) {
    this.block = block;
    this.head = block.head;
    this.preview = block.head.sides === 2;
    this.last = block.head.sides - 1;
    this.names = block.column("name");
    this.count = this.names.length;
    this.starts = new Map();
  }

  // The value in *row* of a column of which few differ.
  coded(name, row) { return this.block.column(name + ".values")[this.block.column(name)[row]] ?? ""; }

  verdict(side, row) { return this.block.column("side" + side)[row]; }

  outcome(side, row) { return this.coded("verdict.outcome", this.verdict(side, row)); }

  state(row) { return this.preview ? this.coded("change", row) : this.outcome(0, row); }

  reason(side, row) {
    const verdict = this.verdict(side, row);
    return {
      code: this.coded("verdict.code", verdict),
      text: this.block.column("verdict.text")[verdict],
      rule: this.coded("verdict.rule", verdict),
      attribute: this.coded("verdict.attribute", verdict),
      clause: this.coded("verdict.clause", verdict),
      assumptions: JSON.parse(this.coded("verdict.assumptions", verdict)),
      readings: JSON.parse(this.coded("verdict.readings", verdict)),
      findings: JSON.parse(this.coded("verdict.findings", verdict)),
    };
  }

  dn(row) {
    const first = this.block.column("rdn")[row] || "CN=" + this.names[row];
    const unit = this.coded("unit", row);
    return unit ? first + "," + unit : first;
  }

  guid(row) {
    const column = this.block.column("guid");
    if (!(column instanceof Digits)) return column[row];
    return column.at(row).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  // Where each object's certificates begin, and last where all end.
  begins(side) {
    if (!this.starts.has(side)) {
      const counts = this.block.column(`certificates${side}.count`);
      const begins = new Uint32Array(this.count + 1);
      for (let row = 0; row < this.count; row++) begins[row + 1] = begins[row] + counts[row];
      this.starts.set(side, begins);
    }
    return this.starts.get(side);
  }

  // The side that tells what the certificates of *side* are: they are told once, if they are the same.
  telling(side) { return this.block.has(`certificates${side}.count`) ? side : 0; }

  certificates(side, row) {
    const from = `certificates${this.telling(side)}`, judged = `certificates${side}`;
    const begins = this.begins(this.telling(side));
    const found = [];
    for (let at = begins[row]; at < begins[row + 1]; at++) {
      const told = this.block.column(`${from}.subject`)[at];
      const subject = told === this.head.same ? "CN=" + this.guid(row) : told;
      const issuer = this.coded(`${from}.issuer`, at);
      const thumbprints = this.block.column(`${from}.thumbprint`);
      const end = instant(this.block.column(`${from}.not_after`)[at]);
      found.push({
        subject,
        issuer: issuer === this.head.same ? subject : issuer,
        thumbprint: thumbprints instanceof Digits ? thumbprints.at(at).toUpperCase() : thumbprints[at],
        begin: instant(this.block.column(`${from}.not_before`)[at]),
        end,
        verdict: this.coded(`${judged}.verdict`, at),
        text: this.coded(`${judged}.text`, at).replace(this.head.end, () => end),
      });
    }
    return found;
  }

  // The latest end of the certificates, in seconds: of those that count, where one does.
  latest(row) {
    const side = this.telling(this.last), begins = this.begins(side);
    const ends = this.block.column(`certificates${side}.not_after`);
    let counting = -Infinity, any = -Infinity;
    for (let at = begins[row]; at < begins[row + 1]; at++) {
      if (ends[at] > any) any = ends[at];
      if (ends[at] > counting && this.coded(`certificates${this.last}.verdict`, at) === "certificate-valid") {
        counting = ends[at];
      }
    }
    return counting > -Infinity ? counting : any;
  }

  held(row) {
    const begins = this.begins(this.telling(this.last));
    return begins[row + 1] - begins[row];
  }
}

function instant(seconds) {
  return Number.isFinite(seconds) ? new Date(seconds * 1000).toISOString().replace(".000Z", "Z") : "";
}

// Controls and marks that turn the direction of a text are written out: nobody could see them.
function visible(text) {
  return String(text).replace(UNSEEN, (sign) => "\\u" + sign.charCodeAt(0).toString(16).padStart(4, "0"));
}

// An element; texts in it are only ever texts.
function element(name, facts = {}, ...parts) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(facts)) {
    if (key === "class") made.className = value;
    else if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value);
  }
  made.append(...parts.filter((part) => part !== null && part !== undefined));
  return made;
}

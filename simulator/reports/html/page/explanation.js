
// The explanation of one object, in a dialog.
class Explanation {
  constructor(objects, step) {
    this.objects = objects;
    this.dialog = document.getElementById("explanation");
    this.step = step;
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog) this.dialog.close();
    });
  }

  open(row, place, total) {
    const { objects, dialog } = this;
    const button = (text, action, off) => {
      const made = element("button", { type: "button", onclick: action }, text);
      made.disabled = Boolean(off);
      return made;
    };
    dialog.replaceChildren(
      element("div", { class: "bar-of-buttons" },
        button("Previous", () => this.step(-1), place === 0),
        button("Next", () => this.step(1), place === total - 1),
        button("Close", () => dialog.close())),
      element("div", { class: "inner" },
        element("h2", { id: "explained", tabindex: "-1" }, visible(objects.names[row] || objects.dn(row))),
        this.facts(row),
        ...this.sides(row),
        this.command(row)));
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
    dialog.querySelector("h2").focus();
  }

  facts(row) {
    const { objects } = this;
    const facts = [
      [objects.preview ? "change" : "outcome", objects.state(row)],
      ["DN", objects.dn(row)],
      ["objectGUID", objects.guid(row) || "(none)"],
      ["type", objects.coded("type", row)],
      ["operating system", objects.coded("system", row)],
    ];
    return pairs(facts);
  }

  sides(row) {
    const { objects } = this;
    if (!objects.preview) return this.side(0, row, "h3");
    return [0, 1].flatMap((side) => [
      element("h3", { class: "edge-" + objects.outcome(side, row).toLowerCase() }, (side ? "After: " : "Before: ") + objects.outcome(side, row)),
      ...this.side(side, row, "h4"),
    ]);
  }

  side(side, row, heading) {
    const { objects } = this;
    const { codes, assumptions } = objects.head;
    const reason = objects.reason(side, row);
    const parts = [
      element("p", { class: "name" }, element("strong", {}, visible(reason.text))),
      pairs([
        ["reason", reason.code + (codes[reason.code] ? ": " + codes[reason.code] : "")],
        ["rule", [reason.rule, reason.attribute].filter(Boolean).join(" > ")],
      ]),
    ];
    if (reason.clause) parts.push(element(heading, {}, "Deciding clause"), element("pre", {}, visible(reason.clause)));
    const certificates = objects.certificates(side, row);
    parts.push(element(heading, {}, `Certificates: ${certificates.length}`));
    parts.push(...certificates.map((certificate) => this.certificate(certificate)));
    if (reason.readings.length) {
      parts.push(element(heading, {}, "Another reading would give"));
      parts.push(pairs(reason.readings.map(([id, reading, outcome, code, text]) => [id, `read as ${reading}: ${outcome} (${code}), ${text}`])));
    }
    if (reason.assumptions.length) {
      parts.push(element(heading, {}, "Assumptions"));
      parts.push(pairs(reason.assumptions.map((id) => [id, (assumptions[id] ?? [""])[0]])));
    }
    if (reason.findings.length) {
      parts.push(element(heading, {}, "Findings about this object"));
      parts.push(pairs(reason.findings.map(([severity, code, message, help]) => [severity, `${code}: ${message}${help ? " (" + help + ")" : ""}`])));
    }
    return parts;
  }

  certificate(certificate) {
    const counts = certificate.verdict === "certificate-valid";
    return element("div", { class: "certificate" },
      element("p", { class: "name" }, element("strong", {}, counts ? "counts" : visible(certificate.text)), counts ? "" : ` (${certificate.verdict})`),
      pairs([
        ["valid", certificate.begin || certificate.end ? `${certificate.begin} to ${certificate.end}` : ""],
        ["subject", certificate.subject],
        ["issuer", certificate.issuer],
        ["thumbprint", certificate.thumbprint],
      ]));
  }

  // The command that tells every step; an object without GUID is named by its DN, if that is harmless.
  command(row) {
    const [before, after] = this.objects.head.explain;
    const dn = this.objects.dn(row);
    const name = this.objects.guid(row) || (/^[\w .,=-]+$/.test(dn) ? `'${dn}'` : "");
    if (!before || !name) return null;
    const text = before + name + after + " --full";
    const command = element("pre", { tabindex: "0" }, text);
    const said = element("span", { role: "status" });
    return element("div", {},
      element("h3", {}, "Every step, with its values"),
      command,
      element("button", { type: "button", onclick: () => copy(text, command, said) }, "Copy the command"), " ", said);
  }
}

function pairs(facts) {
  return element("dl", {}, ...facts.filter(([, text]) => text).map(([name, text]) =>
    element("div", {}, element("dt", {}, name), element("dd", { class: "name" }, visible(text)))));
}

async function copy(text, shown, said) {
  try {
    await navigator.clipboard.writeText(text);
    said.textContent = "copied";
  } catch {
    getSelection().selectAllChildren(shown);
    said.textContent = "selected: copy it with Ctrl+C";
  }
}

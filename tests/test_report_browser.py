"""The HTML report in Chromium: it opens, filters, sorts, explains, loads nothing, harms nobody.

Without Chromium its tests are skipped, visibly; AADSIM_REQUIRE_SERVERS=1 fails them.
"""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from simulator import load_objects, load_rules
from simulator.answers import Audit, Preview
from simulator.commands import audit, preview
from simulator.compare import Change
from simulator.reports.report import REPORTS, Layout
from simulator.results.counts import change_counts
from simulator.results.results import Results
from tests.conftest import unavailable
from tests.large_results import enlarged

ROOT = Path(__file__).parent.parent
FLEET = str(ROOT / "fixtures" / "fleet.jsonl")
AXE = (ROOT / "tests" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
COUNT = 20_000
READY = "html[data-ready]"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        unavailable("not installed: chromium")
    with sync_playwright() as playwright:
        # no sandbox: a container's root cannot have one
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass
class Opened:
    """A page with a report, what its console said, and what it asked for."""

    page: Page
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """The names in the rows that are seen."""
        return self.page.locator("#rows tbody th").all_inner_texts()

    @property
    def found(self) -> int:
        """How many objects pass the filters."""
        told = self.page.locator("#found").inner_text()
        return int(told.split(" of ")[0].replace(",", ""))


Open = Callable[..., Opened]


@pytest.fixture
def opened(browser: Browser) -> Iterator[Open]:
    """Opens a report; at the end nothing may have been asked for or complained about."""
    pages: list[Opened] = []

    def start(file: Path, *, scripts: bool = True, **settings: Any) -> Opened:
        page = browser.new_page(
            java_script_enabled=scripts, **{"viewport": {"width": 1280, "height": 900}} | settings
        )
        page.set_default_timeout(20_000)
        seen = Opened(page)
        page.on("console", lambda message: seen.said.append(message.text))
        page.on("pageerror", lambda error: seen.said.append(str(error)))
        page.on("dialog", lambda dialog: seen.said.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: seen.asked.append(request.url))
        page.goto(file.as_uri())
        if scripts:
            page.wait_for_selector(READY)
        pages.append(seen)
        return seen

    yield start
    for seen in pages:
        assert seen.said == []
        assert [url.partition("#")[0] for url in seen.asked] == [seen.page.url.partition("#")[0]]
        seen.page.close()


@pytest.fixture(scope="module")
def few() -> Preview:
    new = load_rules("standard-1.4", "server-2012-r2")
    return preview(load_rules("standard-1.4"), new, load_objects(FLEET))


@pytest.fixture(scope="module")
def previewed(few: Preview) -> Preview:
    """A preview of many generated objects."""
    return replace(few, results=enlarged(few.results, COUNT))


@pytest.fixture(scope="module")
def audited() -> Audit:
    return audit(load_rules("standard-1.4", "server-2012-r2"), load_objects(FLEET))


def written(result: Audit | Preview, folder: Path) -> Path:
    file = folder / "report.html"
    lines = REPORTS["html"](result, Layout())
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def large(previewed: Preview, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(previewed, tmp_path_factory.mktemp("large"))


@pytest.fixture(scope="module")
def fleet(audited: Audit, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(audited, tmp_path_factory.mktemp("fleet"))


def test_many_objects_open_and_only_those_that_are_seen_are_rows(
    opened: Open, large: Path, previewed: Preview
) -> None:
    report = opened(large)
    assert report.found == COUNT
    assert report.page.locator("#rows").get_attribute("aria-rowcount") == str(COUNT + 1)
    assert 5 < len(report.names) < 60
    assert report.names[0] == next(iter(previewed)).subject.name


def test_filters_narrow_the_table_to_what_the_results_say(
    opened: Open, large: Path, previewed: Preview
) -> None:
    report = opened(large)
    rows = list(previewed)
    enters = [r for r in rows if r.change is Change.ENTERS]
    report.page.get_by_label("Change", exact=True).select_option("ENTERS")
    assert report.found == len(enters) == change_counts(previewed.results)[Change.ENTERS]
    assert report.names == [r.subject.name for r in enters[: len(report.names)]]
    system = enters[0].subject.system
    report.page.get_by_label("Operating system", exact=True).select_option(system)
    assert report.found == sum(r.subject.system == system for r in enters)
    report.page.get_by_role("button", name="Show all").click()
    assert report.found == COUNT
    unit = "OU=Site 3,DC=corp,DC=example"
    report.page.get_by_label("Organizational unit and below").fill(unit)
    below = sum(r.subject.dn.endswith(f",{unit}") for r in rows)
    expect(report.page.locator("#found")).to_have_text(f"{below:,} of 20,000 objects")
    report.page.get_by_role("button", name="Show all").click()
    code = rows[0].verdict.reason.code
    report.page.get_by_label("Reason after").select_option(code)
    assert report.found == sum(r.verdict.reason.code == code for r in rows)


@pytest.mark.parametrize("what", ["name", "dn", "object_guid"])
def test_the_search_finds_one_object_by(
    opened: Open, large: Path, previewed: Preview, what: str
) -> None:
    report = opened(large)
    subject = list(previewed)[12_345].subject
    wanted = getattr(subject, what)
    report.page.get_by_label("Search").fill(wanted.upper())
    expect(report.page.locator("#found")).to_have_text("1 of 20,000 objects")
    assert report.names == [subject.name]


def test_a_head_sorts_up_then_down_then_not(opened: Open, large: Path, previewed: Preview) -> None:
    report = opened(large)
    names = [r.subject.name for r in previewed]
    head = report.page.locator("#rows thead th").first
    for direction, expected in (
        ("ascending", sorted(names)), ("descending", sorted(names, reverse=True)), (None, names),
    ):  # fmt: skip
        head.get_by_role("button").click()
        assert head.get_attribute("aria-sort") == direction
        assert report.names == expected[: len(report.names)]


def test_sorting_by_end_puts_the_latest_certificate_last(
    opened: Open, large: Path, previewed: Preview
) -> None:
    report = opened(large)
    head = report.page.get_by_role("button", name="Certificates end")
    head.click()
    head.click()

    def latest(row: Any) -> str:
        counting = [c.not_after for c in row.certificates if c.verdict == "certificate-valid"]
        return max(counting or [c.not_after for c in row.certificates] or [""])

    last = max(map(latest, previewed))
    assert report.page.locator("#rows tbody tr").first.inner_text().count(last[:10]) == 1


def test_the_keyboard_moves_and_enter_explains(
    opened: Open, large: Path, previewed: Preview
) -> None:
    report = opened(large)
    rows = list(previewed)
    report.page.locator("#grid").focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowDown"):
        report.page.keyboard.press(key)
    expect(report.page.locator("#rows button:focus")).to_have_text(rows[2].subject.name)
    report.page.keyboard.press("End")
    expect(report.page.locator("#rows button:focus")).to_have_text(rows[-1].subject.name)
    assert report.page.locator("#rows tbody tr").last.get_attribute("aria-rowindex") == "20001"
    report.page.keyboard.press("Home")
    report.page.keyboard.press("Enter")
    dialog = report.page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", level=2)).to_have_text(rows[0].subject.name)
    report.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(report.page.locator("#rows button:focus")).to_have_text(rows[0].subject.name)


def test_an_explanation_says_all_that_the_result_says(
    opened: Open, large: Path, previewed: Preview
) -> None:
    report = opened(large)
    row = next(r for r in previewed if r.change is Change.ENTERS and len(r.certificates) > 2)
    report.page.get_by_label("Search").fill(row.subject.name)
    expect(report.page.locator("#found")).to_have_text("1 of 20,000 objects")
    report.page.locator("#rows").get_by_role("button", name=row.subject.name).click()
    told = report.page.get_by_role("dialog").inner_text()
    expected = {
        row.subject.dn, row.subject.object_guid, row.subject.system, "ENTERS",
        "Before: FILTERED", "After: SYNCS",
        f"aadsim explain {row.subject.object_guid} --rules standard-1.4",
    }  # fmt: skip
    for side in row.sides:
        reason = side.verdict.reason
        expected |= {
            reason.text,
            reason.code,
            reason.clause,
            f"{reason.rule} > {reason.attribute}",
        }
        expected |= {r.assumption for r in side.verdict.readings} | set(side.verdict.assumptions)
        expected |= {f"Certificates: {len(side.certificates)}"}
        for c in side.certificates:
            expected |= {c.thumbprint, c.subject, c.issuer, f"{c.not_before} to {c.not_after}"}
    assert {text for text in expected if text and text not in told} == set()


def test_every_object_of_the_fleet_is_explained_with_its_own_facts(
    opened: Open, fleet: Path, audited: Audit
) -> None:
    """Goes through all of them with the button `Next`."""
    report = opened(fleet)
    report.page.locator("#rows tbody button").first.click()
    told = report.page.evaluate(
        """() => {
          const dialog = document.getElementById("explanation"), found = [];
          for (;;) {
            found.push(dialog.innerText);
            const next = [...dialog.querySelectorAll("button")].find((b) => b.textContent === "Next");
            if (next.disabled) return found;
            next.click();
          }
        }"""
    )
    rows = list(audited)
    assert len(told) == len(rows)
    for row, text in zip(rows, told, strict=True):
        verdict = row.verdict
        parts = {row.subject.dn, row.subject.object_guid, str(verdict.disposition)}
        parts |= {verdict.reason.text, verdict.reason.code, verdict.reason.clause}
        parts |= {p for c in row.certificates for p in (c.thumbprint, c.subject, c.not_after)}
        parts |= (
            {c.text for c in row.certificates if c.verdict != "certificate-valid"}
            | {f.message for f in verdict.findings}
            | {r.reason.text for r in verdict.readings}
        )
        for part in filter(None, parts):
            assert re.sub(r"\s+", " ", part) in re.sub(r"\s+", " ", text)


def test_a_number_of_the_summary_shows_its_objects(
    opened: Open, large: Path, previewed: Preview
) -> None:
    report = opened(large)
    counts = change_counts(previewed.results)
    tiles = report.page.locator(".tile")
    for tile in tiles.all():
        change = tile.get_by_role("button").inner_text()
        tile.get_by_role("button").click()
        assert report.found == counts[Change(change)]
    first = report.page.locator("#changes tbody tr").first.get_by_role("button")
    name = first.inner_text()
    first.click()
    expect(report.page.get_by_role("dialog").get_by_role("heading", level=2)).to_have_text(name)


def test_a_warning_of_the_summary_shows_the_objects_that_it_concerns(
    opened: Open, fleet: Path, audited: Audit
) -> None:
    report = opened(fleet)
    code = "too-many-certificates"
    report.page.locator("#findings").get_by_role("button", name=code).click()
    warned = [r.subject.name for r in audited if code in {f.code for f in r.verdict.findings}]
    assert report.names == warned != []
    assert report.page.locator("#found").inner_text().endswith(f"those with the warning {code}")


def hostile(results: Results) -> Results:
    """*results* with names that would like to be more than names."""
    names = [
        "</script><img src=x onerror=alert(1)>",
        "<svg/onload=alert(2)>",
        "PC\u202egnp.exe\u2066",
        "\u0645\u0631\u062d\u0628\u0627-PC",
        "'\"><b>x</b>{{7*7}}${7*7}",
        "x" * 10_240,
        "javascript:alert(3)",
        "a\x00b\nc",
    ]
    count = len(results)
    subjects = results.subjects
    new = [f"{names[i % len(names)]}{i}" for i in range(count)]
    columns = {
        "name": pa.array(new, pa.string()),
        "dn": pa.array([f"CN={n},OU={names[0]},DC=x" for n in new], pa.string()),
        "operating_system": pa.array(new).dictionary_encode().cast(
            pa.dictionary(pa.int32(), pa.string())
        ),
    }  # fmt: skip
    for name, column in columns.items():
        at = subjects.column_names.index(name)
        subjects = subjects.set_column(at, name, column)
    return replace(results, subjects=subjects)


def test_hostile_names_do_nothing_but_stand_there(
    opened: Open, few: Preview, tmp_path: Path
) -> None:
    bad = hostile(few.results)
    report = opened(written(replace(few, results=bad), tmp_path))
    assert report.page.locator("img, b, svg[onload]").count() == 0
    seen = report.page.locator("#rows tbody button").all_inner_texts()
    assert seen[0] == "</script><img src=x onerror=alert(1)>0"
    assert seen[2] == "PC\\u202egnp.exe\\u20662"
    for number in range(8):
        report.page.locator("#rows tbody button").nth(number).click()
        dialog = report.page.get_by_role("dialog")
        assert dialog.locator("img, b").count() == 0
        assert "\u202e" not in dialog.inner_text()
        report.page.keyboard.press("Escape")
    assert report.page.locator("#rows tbody tr").first.bounding_box()["height"] < 40  # type: ignore[index]
    assert report.page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_the_policy_stops_what_would_get_in(browser: Browser, fleet: Path) -> None:
    """Not through `opened`: here the console must complain."""
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(fleet.as_uri())
    page.wait_for_selector(READY)
    page.evaluate(
        """() => {
          const script = document.createElement("script");
          script.textContent = "window.got = 'in'";
          document.body.append(script);
          const image = new Image();
          image.src = "https://192.0.2.1/x.png";
          document.body.append(image);
        }"""
    )
    page.wait_for_function("() => true")
    assert page.evaluate("window.got") is None
    assert sum("Content Security Policy" in text for text in said) >= 2
    page.close()


@pytest.mark.parametrize(
    ("kind", "scheme", "width"),
    [
        ("large", "light", 1280),
        ("fleet", "light", 1280),
        ("fleet", "dark", 1280),
        ("fleet", "light", 390),
        ("fleet", "dark", 390),
    ],
)
def test_nobody_is_kept_out(
    opened: Open, kind: str, scheme: str, width: int, request: pytest.FixtureRequest
) -> None:
    report = opened(
        request.getfixturevalue(kind),
        color_scheme=scheme,
        viewport={"width": width, "height": 900},
    )
    assert report.page.evaluate("document.documentElement.scrollWidth") <= width
    assert complaints(report.page) == []
    report.page.locator("#rows tbody button").first.click()
    assert complaints(report.page) == []


def complaints(page: Page) -> list[Any]:
    """What axe finds that is serious or critical."""
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert len(found["passes"]) > 10
    return [
        (v["id"], v["impact"], [n["html"][:200] for n in v["nodes"][:3]])
        for v in found["violations"]
        if v["impact"] in ("serious", "critical")
    ]


def test_the_switch_turns_dark_to_light(opened: Open, fleet: Path) -> None:
    report = opened(fleet, color_scheme="dark")
    colour = "getComputedStyle(document.body).backgroundColor"
    dark = report.page.evaluate(colour)
    report.page.get_by_role("button", name="Light").click()
    assert report.page.evaluate(colour) == "rgb(255, 255, 255)" != dark


def test_without_scripts_the_summary_stands(opened: Open, fleet: Path) -> None:
    report = opened(fleet, scripts=False)
    assert report.page.locator("noscript p").is_visible()
    assert report.page.locator("#table").is_hidden()
    for part in ("outcomes", "systems", "units", "certificates", "provenance"):
        assert report.page.locator(f"#{part} h2").is_visible()
    assert report.page.locator("#systems table").first.locator("tbody tr").count() == 15


def test_paper_gets_the_summary_and_the_beginning_of_the_table(opened: Open, large: Path) -> None:
    report = opened(large)
    page = report.page
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#table").is_hidden()
    assert page.locator("nav").is_hidden()
    expect(page.locator("#printed caption")).to_have_text("100 of 20000 objects")
    assert page.locator("#printed tbody tr").count() == 100
    assert page.get_by_text("The table of all objects is not printed").is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("#printed table").count() == 0


@pytest.mark.parametrize("chosen", [False, True])
def test_paper_is_light_whatever_the_screen_is(opened: Open, fleet: Path, chosen: bool) -> None:
    page = opened(fleet).page
    page.emulate_media(color_scheme="light" if chosen else "dark")
    if chosen:
        page.get_by_role("button", name="Dark").click()
    text = "getComputedStyle(document.body).color"
    assert page.evaluate(text) != "rgb(0, 0, 0)"
    page.emulate_media(media="print")
    assert page.evaluate(text) == "rgb(0, 0, 0)"


def test_a_broken_block_is_said(browser: Browser, fleet: Path, tmp_path: Path) -> None:
    text = fleet.read_text(encoding="utf-8")
    broken = tmp_path / "broken.html"
    broken.write_text(re.sub(r'(id="block">\s*)\S{40}', r"\1", text), encoding="utf-8")
    page = browser.new_page()
    page.goto(broken.as_uri())
    expect(page.locator("#failed")).to_contain_text("The table cannot be shown")
    page.close()


def test_the_data_of_the_page_is_what_json_says(opened: Open, fleet: Path, audited: Audit) -> None:
    report = opened(fleet)
    report.page.get_by_label("Outcome", exact=True).select_option("FILTERED")
    document = json.loads("\n".join(REPORTS["json"](audited, Layout())))
    filtered = [r["name"] for r in document["results"] if r["outcome"] == "FILTERED"]
    assert report.found == len(filtered)
    assert report.names == filtered[: len(report.names)]

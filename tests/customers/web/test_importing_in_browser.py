"""Importing and exporting in a real browser: by keyboard, at both widths, with a real worker."""

import csv
import io
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from customers.importing import chunks as chunks_module
from customers.importing.moving import moving
from customers.models import Customer, CustomerExport, CustomerImport, ImportState
from tests.browser.conftest import base_url, browser_type_launch_args, complaints
from tests.customers.importing.files import ada, csv_of, imported, work, workbook_of
from tests.factories.clients import signed_in
from tests.factories.customers import customer

__all__ = ["base_url", "browser_type_launch_args", "complaints"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = {"wide": (1440, 900), "phone": (390, 844)}
MAKERS: dict[str, Callable[..., bytes]] = {"csv": csv_of, "xlsx": workbook_of}
# Headings that nobody can guess, so that the columns have to be chosen.
HEADINGS = ("Wer", "Wo", "Wie")
BAD = ("Bad Row", "nowhere", "12")
CLAIRE = ("Claire Marchetti", "claire@marchetti.example", "+33612345678")
NAMESAKE = ("Claire Marchetti", "", "")
ROWS = [CLAIRE, NAMESAKE, BAD, *((f"Ann {n}", f"ann{n}@x.example", "") for n in range(700))]

FORESEEN = "Nothing is written yet. This is what would become of each row."


@pytest.fixture
def desk(page: Page, live_server: object) -> Page:
    """A browser in which a manager has signed in."""
    cookie = signed_in(ada()).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies(
        [{"name": cookie.key, "value": cookie.value, "url": str(live_server)}]
    )
    return page


@pytest.fixture
def two_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work through the file in two steps, between which the bar can be seen to move."""
    monkeypatch.setattr(chunks_module, "ROWS_PER_CHUNK", 500)


@pytest.mark.usefixtures("two_chunks")
@pytest.mark.parametrize(("size", "kind"), [("wide", "csv"), ("phone", "xlsx")])
def test_a_file_becomes_customers_by_keyboard_and_nothing_changes_the_second_time(
    desk: Page,
    live_server: object,
    complaints: list[str],
    tmp_path: Path,
    size: str,
    kind: str,
) -> None:
    resize(desk, size)
    customer("Claire Marchetti", email="claire@marchetti.example")
    file = tmp_path / f"people.{kind}"
    file.write_bytes(MAKERS[kind](*ROWS, headings=HEADINGS))

    upload(desk, live_server, file)
    choose_columns(desk)
    watch(desk, "Checking the rows", until=FORESEEN)

    expect(chip(desk, "Created")).to_have_text("Created 700")
    expect(chip(desk, "Matched")).to_have_text("Matched 1")
    reads(desk, "Needs review", "Claire Marchetti, C-000001: Same name.")
    reads(desk, "Rejected", "This is not an e-mail address")
    assert Customer.objects.count() == 1, "a check writes nothing"

    press(desk, desk.get_by_role("button", name="Import 702 rows"))
    watch(desk, "Importing", until="Done")
    assert Customer.objects.count() == 702
    before = Customer.history.count()

    upload(desk, live_server, file)
    choose_columns(desk, chosen_before=True)
    watch(desk, "Checking the rows", until=FORESEEN)
    expect(desk.get_by_text("Importing them again changes nothing.")).to_be_visible()
    press(desk, desk.get_by_role("button", name="Import 702 rows"))
    watch(desk, "Importing", until="Done")

    expect(desk.get_by_text("Nothing was changed.")).to_be_visible()
    expect(chip(desk, "Matched")).to_have_text("Matched 702")
    assert (Customer.objects.count(), Customer.history.count()) == (702, before)
    assert complaints == []


def test_rejected_rows_and_the_list_come_as_files(
    desk: Page, live_server: object, complaints: list[str]
) -> None:
    found = imported(csv_of(CLAIRE, BAD, headings=("Name", "E-mail", "Phone")))

    desk.goto(f"{live_server}/customers/imports/{found.pk}/")
    with desk.expect_download() as rejected:
        press(desk, desk.get_by_role("link", name="Rejected rows"))
    rows = list(csv.reader(io.StringIO(rejected.value.path().read_text("utf-8-sig"))))
    assert rows[1][:3] == list(BAD)

    desk.goto(f"{live_server}/customers/?q=marchetti")
    files = [exported(desk, kind) for kind in ("These as CSV", "These as workbook")]
    told = list(csv.reader(io.StringIO(files[0].read_text("utf-8-sig"))))
    with closing(openpyxl.load_workbook(io.BytesIO(files[1].read_bytes()))) as book:
        sheet = [[str(cell or "") for cell in row] for row in book.active.values]
    assert told == sheet
    assert [row[2:4] for row in told[1:]] == [["Claire", "Marchetti"]]
    assert list(CustomerExport.objects.order_by("pk").values_list("kind", "query")) == [
        ("csv", "q=*"),
        ("xlsx", "q=*"),
    ]
    assert complaints == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", sorted(SIZES))
def test_the_pages_are_accessible_and_fit(
    desk: Page, live_server: object, complaints: list[str], tmp_path: Path, size: str, theme: str
) -> None:
    resize(desk, size)
    desk.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
    file = tmp_path / f"customers of the {'very ' * 8}old tool.csv"
    file.write_bytes(csv_of(*ROWS, headings=HEADINGS))

    desk.goto(f"{live_server}/customers/imports/")
    fits(desk, "no imports")
    upload(desk, live_server, file, look=True)
    fits(desk, "columns")
    choose_columns(desk)
    expect(desk.get_by_role("heading", name="Checking the rows")).to_be_visible()
    fits(desk, "progress")
    work(CustomerImport.objects.get())
    expect(desk.get_by_text(FORESEEN)).to_be_visible()
    fits(desk, "checked")
    press(desk, desk.get_by_role("button", name="Import 702 rows"))
    expect(desk.get_by_role("heading", name="Importing")).to_be_visible()
    work(CustomerImport.objects.get())
    expect(desk.get_by_text("Done", exact=True)).to_be_visible()
    fits(desk, "done")
    reads(desk, "Rejected", "This is not an e-mail address")
    fits(desk, "rejected")
    desk.goto(f"{live_server}/customers/imports/")
    fits(desk, "imports")
    desk.goto(f"{live_server}/customers/")
    press(desk, desk.locator("summary", has_text="Export"))
    fits(desk, "export")
    assert complaints == []


def resize(desk: Page, size: str) -> None:
    width, height = SIZES[size]
    desk.set_viewport_size({"width": width, "height": height})


def upload(desk: Page, live_server: object, file: Path, *, look: bool = False) -> None:
    desk.goto(f"{live_server}/customers/imports/new/")
    if look:
        fits(desk, "upload")
    desk.locator("input[type=file]").set_input_files(file)
    press(desk, desk.get_by_role("button", name="Upload"))
    expect(desk.get_by_role("heading", name="Which column is what?")).to_be_visible()


def choose_columns(desk: Page, *, chosen_before: bool = False) -> None:
    """Say by keyboard alone what each column is, or see that it was remembered."""
    desk.get_by_role("combobox", name="Wer").focus()
    for label in ("Name (first and last)", "E-mail", "Phone"):
        if not chosen_before:
            desk.keyboard.type(label)
        focused = desk.evaluate("document.activeElement.selectedOptions[0].label")
        assert focused == label
        desk.keyboard.press("Tab")
    press(desk, desk.get_by_role("button", name="Check the rows"))


def watch(desk: Page, title: str, *, until: str) -> None:
    """Do the work of a worker, one chunk before and the rest after the bar was seen to move."""
    expect(desk.get_by_role("heading", name=title)).to_be_visible()
    moves = (ImportState.CHECKING, ImportState.RUNNING)
    with moving(CustomerImport.objects.get(state__in=moves).pk) as mover:
        assert mover
        assert mover.step(at=timezone.now())
        expect(desk.get_by_role("status")).to_have_text("500 rows done, 71 percent.")
        while mover.step(at=timezone.now()):
            pass
    expect(desk.get_by_role("heading", name=title)).to_have_count(0)
    expect(desk.get_by_text(until, exact=True)).to_be_visible()


def press(desk: Page, control: Locator) -> None:
    control.focus()
    desk.keyboard.press("Enter")


def chip(desk: Page, name: str) -> Locator:
    return desk.get_by_role("group", name="Which rows").get_by_role("link", name=name)


def reads(desk: Page, outcome: str, reason: str) -> None:
    """Choose the rows with ``outcome`` and find ``reason`` beside one of them."""
    press(desk, chip(desk, outcome))
    table = desk.get_by_role("table", name="Rows of the file")
    expect(table.get_by_text(reason).first).to_be_visible()


def exported(desk: Page, kind: str) -> Path:
    press(desk, desk.locator("summary", has_text="Export"))
    with desk.expect_download() as sent:
        press(desk, desk.get_by_role("link", name=kind))
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("link", name=kind)).to_have_count(0)
    return Path(sent.value.path())


def fits(desk: Page, where: str) -> None:
    desk.wait_for_load_state("load")
    faults = [fault["id"] for fault in Axe().run(desk).response["violations"]]
    wide = desk.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
    assert (where, faults, wide) == (where, [], False)

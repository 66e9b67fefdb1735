"""What the scripts of the shell do: themes, toasts, dialogs, shortcuts, forms, tables."""

import re

import pytest
from playwright.sync_api import Dialog, Page, Request, expect

pytestmark = pytest.mark.browser


def posts_to(page: Page, path: str) -> list[Request]:
    seen: list[Request] = []
    page.on("request", lambda sent: seen.append(sent) if sent.url.endswith(path) else None)
    return seen


def test_the_chosen_theme_is_kept_and_there_before_the_first_paint(guide: Page) -> None:
    root = guide.locator("html")
    guide.get_by_label("Theme").click()
    guide.get_by_role("button", name="Dark").click()
    expect(root).to_have_attribute("data-bs-theme", "dark")

    guide.goto(guide.url, wait_until="commit")

    expect(root).to_have_attribute("data-bs-theme", "dark")
    guide.get_by_label("Theme").click()
    guide.get_by_role("button", name="Same as system").click()
    expect(root).to_have_attribute("data-bs-theme", "light")


def test_messages_of_the_server_become_toasts_and_errors_stay(page: Page, look_url: str) -> None:
    page.clock.install()
    page.goto(f"{look_url}/messages/")
    toasts = page.locator(".toasts")
    expect(toasts.get_by_text("Yara Haddad moved to 15:45.")).to_be_visible()

    page.clock.run_for(7_000)

    expect(toasts.get_by_text("Yara Haddad moved to 15:45.")).to_have_count(0)
    expect(toasts.get_by_text("Not moved: Dina Falk")).to_be_visible()
    toasts.get_by_label("Dismiss").click()
    expect(toasts.locator(".toast-h")).to_have_count(0)


def test_undo_is_one_key_away_and_carries_the_csrf_token(page: Page, look_url: str) -> None:
    page.goto(f"{look_url}/messages/")
    sent = posts_to(page, "/undo/")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()

    with page.expect_navigation():
        page.keyboard.press("Control+z")

    assert [one.method for one in sent] == ["POST"]
    assert len(sent[0].headers["x-csrftoken"]) == 64


def test_undo_leaves_typing_alone(guide: Page) -> None:
    guide.evaluate("window.undone = 0; hub.toast('Moved.', { undo: () => window.undone++ })")
    guide.locator("#id_name").press("Control+z")
    assert guide.evaluate("window.undone") == 0

    guide.locator("#id_name").blur()
    guide.keyboard.press("Control+z")

    assert guide.evaluate("window.undone") == 1


def test_a_toast_can_be_used_above_an_open_dialog_and_after_it(guide: Page) -> None:
    guide.evaluate("hub.toast('Not saved.', { bad: true })")
    guide.get_by_role("button", name="Open dialog").click()
    guide.evaluate("hub.toast('Not moved.', { bad: true })")
    guide.get_by_label("Dismiss").last.click()
    expect(guide.locator(".toast-h")).to_have_text("Not saved.")

    guide.keyboard.press("Escape")
    guide.get_by_label("Dismiss").click()

    expect(guide.locator(".toast-h")).to_have_count(0)


def test_a_refusal_of_the_server_is_shown_in_its_words(guide: Page, complaints: list[str]) -> None:
    guide.evaluate("htmx.ajax('POST', '/refuse/', { target: '#buttons', swap: 'innerHTML' })")

    expect(guide.locator(".toast-h.bad")).to_contain_text("Dina Falk is booked 10:30 – 11:15.")
    expect(guide.locator("#buttons").get_by_role("button", name="Plain")).to_be_visible()
    assert [said for said in complaints if "409" not in said] == []
    complaints.clear()


def test_a_question_comes_before_a_form_that_destroys(guide: Page) -> None:
    sent = posts_to(guide, "/styleguide/?")
    guide.get_by_role("button", name="Ask before sending").click()
    question = guide.locator("#confirm")
    expect(question.get_by_role("heading")).to_have_text("Cancel this appointment?")
    question.get_by_role("button", name="Keep as it is").click()
    assert sent == []

    guide.get_by_role("button", name="Ask before sending").click()
    with guide.expect_navigation():
        question.get_by_role("button", name="Cancel it").click()

    assert [one.method for one in sent] == ["POST"]


def test_a_double_click_submits_once(guide: Page) -> None:
    sent = posts_to(guide, "/styleguide/")
    guide.evaluate(
        "addEventListener('submit', event => {"
        " window.passed = (window.passed ?? 0) + !event.defaultPrevented;"
        " event.preventDefault(); })"
    )
    guide.evaluate(
        "() => { const form = document.querySelector('form[data-guard]');"
        " form.requestSubmit(); form.requestSubmit(); }"
    )

    assert sent == []
    assert guide.evaluate("window.passed") == 1


def test_leaving_with_unsaved_input_asks_first(guide: Page) -> None:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    guide.on("dialog", stay)
    guide.locator("#id_name").press_sequentially("Claire")

    guide.get_by_role("link", name="Customers").first.click()

    expect(guide.locator("#id_name")).to_have_value("Claire")
    assert asked == ["beforeunload"]
    guide.evaluate("document.querySelector('form[data-guard]').removeAttribute('data-guard')")


def test_keys_open_pages_unless_someone_types(guide: Page) -> None:
    guide.locator("#id_name").press_sequentially("gu?/n")
    expect(guide.locator("#id_name")).to_have_value("gu?/n")
    expect(guide.locator("dialog[open]")).to_have_count(0)
    guide.evaluate("document.querySelector('form[data-guard]').removeAttribute('data-guard')")
    guide.locator("#id_name").blur()

    guide.keyboard.type("gu")

    expect(guide).to_have_url(re.compile("/customers/$"))


def test_the_question_mark_lists_the_keys_of_this_page(guide: Page) -> None:
    guide.keyboard.press("?")

    dialog = guide.locator("#shortcuts")
    expect(dialog.get_by_text("Go to Customers")).to_be_visible()
    expect(dialog.get_by_text("New booking")).to_be_visible()
    guide.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_chosen_rows_are_counted(guide: Page) -> None:
    bar = guide.locator("[data-bulk]")
    expect(bar).to_be_hidden()

    guide.get_by_label("Select Tom Okafor").check()
    expect(bar).to_contain_text("1 selected")
    guide.get_by_label("Select all").check()
    expect(bar).to_contain_text("3 selected")
    guide.get_by_label("Select all").uncheck()

    expect(bar).to_be_hidden()


def test_a_row_is_a_link_but_its_buttons_are_buttons(guide: Page) -> None:
    row = guide.locator("tr[data-href]").first
    row.get_by_role("button", name="Details").click()
    assert "#" not in guide.url

    row.get_by_text("Hub: +33").click()

    assert guide.url.endswith("#ines-moreau")


def test_the_whole_value_is_copied_and_markup_in_it_stays_text(guide: Page) -> None:
    guide.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for name in ("Copy hostile", "Copy bound"):
        guide.get_by_role("button", name=name).click()
        expect(guide.locator(".toast-h").last).to_contain_text("Copied.")
        told = guide.evaluate("navigator.clipboard.readText()")
        assert told == '"><script>alert(1)</script>'


def test_a_menu_closes_by_escape_and_gives_the_focus_back(guide: Page) -> None:
    account = guide.get_by_label("Your account")
    account.click()
    expect(guide.get_by_role("button", name="Sign out")).to_be_visible()

    guide.keyboard.press("Escape")

    expect(guide.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(account).to_be_focused()


def test_the_clock_shows_the_time_of_the_business(page: Page, look_url: str) -> None:
    page.clock.install(time="2026-11-24T10:41:30Z")
    page.goto(f"{look_url}/styleguide/")
    chip = page.locator("[data-clock]")
    expect(chip).to_have_text("11:41")

    page.clock.run_for(31_000)

    expect(chip).to_have_text("11:42")

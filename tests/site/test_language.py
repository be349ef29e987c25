"""Every text of the interface is there in Dutch and in English, and the Dutch reads easily.

The Dutch texts are the msgids themselves, so reading them is reading the interface. What people
write (lessons, remarks) is left to the pages' own tests.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import jinja2
import pytest
import textstat
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import force_locale, gettext

from courses.rules.errors import Wrong
from lms import clock
from lms.web import i18n, messages
from media.video.errors import RefusalCode

ROOT = Path(__file__).resolve().parents[2]
LMS = ROOT / "lms"
ENGLISH = LMS / "translations" / "en" / "LC_MESSAGES" / "messages.po"
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None, "_l": None}
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}")
SENTENCE_END = re.compile(r"(?<=[.!?:])\s+")
WORD = re.compile(r"[^\W_](?:[\w\u2019'/.:-]*\w)?")

# Words for which English has no other.
SAME = {
    *("Camera", "Coach", "coach", "Demo", "Feedback", "HR", "Privacy officer", "Stop"),
    *("Top", "top", "Tip", "tip", "%(num)s top", "%(num)s tip", "%(n)s min", "%(n)s%%"),
}
# The lowest score of a text of three or more sentences was 67 when this was written (nl scale).
FLESCH_FLOOR = 65
LONGEST_SENTENCE = 15
# One thing has one name. Left: what must not be written; right: how we call it.
TERMS = {
    "aanmelden": "inloggen",
    "clip": "filmpje",
    "clips": "filmpjes",
    "commentaar": "reactie",
    "cursist": "deelnemer",
    "inbox": "postvak",
    "leerling": "deelnemer",
    "module": "les",
    "praktijkbegeleider": "praktijkopleider",
    "student": "deelnemer",
    "take": "poging",
    "takes": "pogingen",
    "trainee": "deelnemer",
    "upload": "verzenden",
    "uploaden": "verzenden",
    "verwijderen": "weggooien",
    "video": "filmpje",
    "video's": "filmpjes",
}
# Words that are no Dutch, and those for which Dutch has a plainer one.
ENGLISH_WORDS = {
    *("accept", "and", "answer", "back", "cancel", "click", "close", "comment"),
    *("comments", "dashboard", "default", "delete", "done", "edit", "error", "file"),
    *("from", "login", "logout", "loading", "next", "page", "password", "please"),
    *("previous", "progress", "record", "recording", "reload", "review", "reviewer", "save"),
    *("search", "send", "settings", "share", "submit", "the", "this", "tool"),
    *("update", "user", "view", "with", "you", "your"),
}
# Not gettext: the product's own name, and languages in their own words.
BARE = {"Goed Gesprek", "Nederlands", "English"}
# What is left of a template and is no text: classes, ends of ids, and marks between texts.
NO_TEXT = re.compile(r'class="[^"]*"|(?:\b(?:gg|nl|utrecht)|(?<!\w))-[\w-]+|&\w+;|[\u2013·/:,.()]')
READ_ALOUD = {"alt", "aria-label", "placeholder", "title"}


@pytest.fixture(scope="module")
def dutch() -> Catalog:
    """What stands in the code and templates now, found the way `make translations` finds it."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    mappings = settings["tool"]["babel"]["mappings"]
    found = extract_from_dir(
        ROOT,
        [(one["pattern"], one["method"]) for one in mappings],
        {one["pattern"]: one for one in mappings},
        keywords=KEYWORDS,
        directory_filter=lambda folder: LMS in (Path(folder), *Path(folder).parents),
    )
    catalog = Catalog()
    for file, _line, text, _comments, context in found:
        catalog.add(text, locations=[(file, 0)], context=context)
    return catalog


@pytest.fixture(scope="module")
def english() -> Catalog:
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def texts(catalog: Catalog) -> Iterator[Message]:
    return (message for message in catalog if message.id)


def forms(text: object) -> tuple[str, ...]:
    """A text, or its singular and plural."""
    return text if isinstance(text, tuple) else (str(text),)


def msgids(catalog: Catalog) -> list[str]:
    return [form for message in texts(catalog) for form in forms(message.id)]


def sentences(text: str) -> list[str]:
    """The sentences of a text, with a figure where a value will stand."""
    return SENTENCE_END.split(PLACEHOLDER.sub("3", text).replace("%%", "%"))


def words(text: str) -> list[str]:
    return WORD.findall(PLACEHOLDER.sub("", text).lower())


# --- complete -------------------------------------------------------------------------------


def test_english_has_every_text_and_no_other(dutch: Catalog, english: Catalog) -> None:
    here = {(message.id, message.context) for message in texts(dutch)}
    there = {(message.id, message.context) for message in texts(english)}
    assert len(here) > 400, "extraction found too little to be true"
    assert here - there == set(), "run `make translations` and translate what it added"
    assert there - here == set(), "run `make translations`: these are gone from the code"


def test_every_english_text_is_filled_in_and_certain(english: Catalog) -> None:
    for message in texts(english):
        assert not message.fuzzy, f"read this again and remove the mark: {message.id}"
        assert len(forms(message.string)) == len(forms(message.id)), message.id
        assert all(form.strip() for form in forms(message.string)), message.id


def test_no_dutch_was_copied_in_place_of_english(english: Catalog) -> None:
    same = {
        forms(message.id)[0]
        for message in texts(english)
        if set(forms(message.id)) & set(forms(message.string))
    }
    assert same == SAME


def test_values_stand_in_both_languages(english: Catalog) -> None:
    for message in texts(english):
        wanted = set(PLACEHOLDER.findall(" ".join(forms(message.id))))
        for form in (*forms(message.id), *forms(message.string)):
            assert set(PLACEHOLDER.findall(form)) == wanted, message.id
            # Templates fill in every text, so a lone percent sign would break the page.
            assert "%" not in re.sub(r"%\(\w+\)s|%%", "", form), message.id


def test_catalogue_gives_small_diffs() -> None:
    """Places without line numbers, and nothing that is gone."""
    text = ENGLISH.read_text(encoding="utf-8")
    assert not re.search(r"^#: .*:\d", text, re.MULTILINE)
    assert "#~" not in text, "obsolete texts stay in the history of the repository"


def test_extraction_knows_every_way_a_text_is_asked_for() -> None:
    for path in LMS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "flask_babel":
                used = {one.asname or one.name for one in node.names if "gettext" in one.name}
                assert used <= set(KEYWORDS), f"{path}: extraction does not look for {used}"
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "flash":
                assert not isinstance(node.args[0], ast.Constant), f"{path}: {node.lineno}"


class Bare(HTMLParser):
    """Collects what a reader sees or hears of a template that came from no expression."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in {"script", "style"}
        self.found |= {value or "" for name, value in attrs if name in READ_ALOUD}

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in {"script", "style"}

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.found.add(data)


@pytest.mark.parametrize(
    "path",
    sorted((LMS / "templates").rglob("*.html")),
    ids=lambda path: path.relative_to(LMS / "templates").as_posix(),
)
def test_no_text_of_a_template_goes_around_gettext(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    tokens = jinja2.Environment(autoescape=True).lex(source)
    parser = Bare()
    parser.feed("".join(text if kind == "data" else "" for _line, kind, text in tokens))
    parser.close()
    left = {NO_TEXT.sub(" ", text).strip() for text in parser.found}
    assert {text for text in left if re.search(r"[^\W\d_]{2}", text)} - BARE == set()


@pytest.mark.parametrize("code", [*Wrong, *RefusalCode], ids=str)
def test_every_refusal_is_said_in_words(code: Wrong | RefusalCode) -> None:
    said = messages.RULES if isinstance(code, Wrong) else messages.CLIPS
    assert code in said


# --- easy Dutch -----------------------------------------------------------------------------


def test_long_texts_are_easy_to_read(dutch: Catalog) -> None:
    textstat.set_lang("nl")
    try:
        scores = {
            text: textstat.flesch_reading_ease(" ".join(sentences(text)))
            for text in msgids(dutch)
            if len(sentences(text)) >= 3
        }
    finally:
        textstat.set_lang("en_US")
    assert len(scores) > 20
    assert {text: score for text, score in scores.items() if score < FLESCH_FLOOR} == {}


def test_sentences_are_short(dutch: Catalog) -> None:
    long = {
        sentence: len(WORD.findall(sentence))
        for text in msgids(dutch)
        for sentence in sentences(text)
        if len(WORD.findall(sentence)) > LONGEST_SENTENCE
    }
    assert long == {}


def test_dutch_is_dutch_and_calls_things_by_one_name(dutch: Catalog) -> None:
    for text in msgids(dutch):
        for word in words(text):
            assert word not in TERMS, f"{text}: {word} is called {TERMS[word]}"
            assert word not in ENGLISH_WORDS, f"{text}: {word} is no Dutch"


def test_we_say_je(dutch: Catalog) -> None:
    """Customers are addressed with u, inside quotes; the people who work here with je."""
    for text in msgids(dutch):
        assert not {"u", "uw", "uzelf"} & set(words(re.sub("“[^”]*”", "", text))), text


# --- dates, figures and names of languages --------------------------------------------------


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, english: Catalog) -> Flask:
    """Only the languages, on a catalogue that was compiled just now."""
    folder = tmp_path_factory.mktemp("translations")
    target = folder / "en" / "LC_MESSAGES" / "messages.mo"
    target.parent.mkdir(parents=True)
    with target.open("wb") as file:
        write_mo(file, english)
    app = Flask(__name__)
    app.extensions["lms_identity"] = lambda: None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(i18n, "TRANSLATIONS", folder)
        i18n.init_app(app)
    return app


NOW = datetime(2026, 11, 26, 9, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "in_dutch", "in_english"),
    [
        ("now|when", "vandaag 10:05", "today 10:05"),
        ("(now - day)|when", "gisteren 10:05", "yesterday 10:05"),
        ("(now - 2 * day)|when", "di 24 nov 10:05", "Tue 24 Nov 10:05"),
        ("(now - 400 * day)|when", "22 okt 2025 11:05", "22 Oct 2025 11:05"),
        ("date|on_day|upper_first", "Dinsdag 24 november 2026", "Tuesday 24 November 2026"),
        ("(now - day / 48)|waiting_time", "30 min", "30 min"),
        ("(now - day / 24)|waiting_time", "1 uur", "1 hour"),
        ("(now - day / 2)|waiting_time", "12 uur", "12 hours"),
        ("(now - day)|waiting_time", "1 dag", "1 day"),
        ("(now - 2 * day)|waiting_time", "2 dagen", "2 days"),
        ("clip|moment", "0:36", "0:36"),
        ("figure|number", "1.234,5", "1,234.5"),
        ("code|language_name", "Nederlands", "Dutch"),
        ("title|in_language(code)", "&lt;b&gt;", '<span lang="nl">&lt;b&gt;</span>'),
        ("ngettext('%(num)s tip', '%(num)s tips', clip)", "36000 tips", "36000 tips"),
    ],
)
def test_dates_and_figures_follow_the_reader(
    app: Flask, expression: str, in_dutch: str, in_english: str
) -> None:
    template = app.jinja_env.from_string(
        "{% autoescape true %}{{ " + expression + " }}{% endautoescape %}"
    )
    # Values and no literals: Jinja works those out once, when it compiles.
    values = {
        "now": NOW,
        "day": timedelta(days=1),
        "date": date(2026, 11, 24),
        "clip": 36_000,
        "figure": 1234.5,
        "code": "nl",
        "title": "<b>",
    }
    with app.test_request_context(), clock.frozen_at(NOW):
        with force_locale("nl"):
            assert template.render(values) == in_dutch
        with force_locale("en"):
            assert template.render(values) == in_english


@pytest.mark.parametrize(
    ("asked", "told"),
    [("nl", "Postvak"), ("en-GB,en;q=0.9", "Inbox"), ("fr", "Postvak"), ("fr,en;q=0.5", "Inbox")],
)
def test_a_browser_is_answered_in_its_language_and_else_in_dutch(
    app: Flask, asked: str, told: str
) -> None:
    with app.test_request_context(headers={"Accept-Language": asked}):
        assert gettext("Postvak") == told

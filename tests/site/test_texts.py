"""Every sentence that somebody reads goes through gettext, in templates and in code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import nodes
from support.language import DUTCH, HUMAN_ATTRIBUTES, WORD
from support.markup import parse, text_of

import lms

PACKAGE = Path(lms.__file__).parent
NOT_SAID = {
    "demo/actions.py": "the name of the invented officer, and what the command line shows",
    "demo/course.py": "what the command line shows while the demo is built",
    "demo/takes.py": "the same",
}
TEMPLATES = sorted(
    path.relative_to(PACKAGE / "templates").as_posix()
    for path in (PACKAGE / "templates").rglob("*.html")
)
CODE = sorted(
    path.relative_to(PACKAGE).as_posix()
    for path in PACKAGE.rglob("*.py")
    if path.relative_to(PACKAGE).as_posix() not in NOT_SAID
    and "cli" not in path.parts  # the command line has its own words, in words_nl and words_en
)
SCRIPTS = sorted(
    path.relative_to(PACKAGE / "static" / "js").as_posix()
    for path in (PACKAGE / "static" / "js").rglob("*.js")
)
TRANSLATORS = {"_", "_l", "gettext", "ngettext", "lazy_gettext", "lazy_ngettext", "pgettext"}
SAME_IN_EVERY_LANGUAGE = {"Goed", "Gesprek", "Nederlands", "English"}
CODES = re.compile(r"class=|\b(?:gg|nl|utrecht)-[\w-]+|\b0-[a-z]+")
"""Where a block or macro fills a part of a class attribute, or of an id (0 stands for a value)."""


def jinja_free(source: str) -> str:
    """The HTML of a template without comments, tags and expressions."""
    source = re.sub(r"\{#.*?#\}|\{%.*?%\}", " ", source, flags=re.DOTALL)
    return re.sub(r"\{\{.*?\}\}", "0", source, flags=re.DOTALL)


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_compiles(name: str, app: Flask) -> None:
    assert app.jinja_env.get_template(name).name == name


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_template_says_something_without_gettext(name: str) -> None:
    tree = parse(jinja_free((PACKAGE / "templates" / name).read_text()), fragment=True)
    texts = [text_of(tree.root)]
    texts += [one.get(key, "") for one in tree.root.iter() for key in HUMAN_ATTRIBUTES]
    words = [word for text in texts for word in WORD.findall(CODES.sub("", text))]
    words = [word for word in words if len(word) > 1]
    assert [word for word in words if word not in SAME_IN_EVERY_LANGUAGE] == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_expression_of_a_template_holds_a_bare_sentence(name: str, app: Flask) -> None:
    source = (PACKAGE / "templates" / name).read_text()
    bare = [text for text in _bare_constants(app.jinja_env.parse(source)) if is_dutch(text)]
    assert bare == []


def _bare_constants(node: nodes.Node) -> Iterator[str]:
    called = node.node if isinstance(node, nodes.Call) else None
    if isinstance(called, nodes.Name) and called.name in TRANSLATORS:
        node = nodes.Tuple([keyword.value for keyword in node.kwargs], "load")
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield node.value
    for child in node.iter_child_nodes():
        yield from _bare_constants(child)


def is_dutch(text: str) -> bool:
    """Whether a text has a word in it that only Dutch has; our own name is no sentence."""
    text = re.sub("goed.gesprek", "", text, flags=re.IGNORECASE)
    return any(word.casefold() in DUTCH for word in WORD.findall(text))


@pytest.mark.parametrize("name", CODE)
def test_no_code_says_something_without_gettext(name: str) -> None:
    tree = ast.parse((PACKAGE / name).read_text())
    assert [text for text in _said(tree) if is_dutch(text)] == []


def _said(node: ast.AST) -> Iterator[str]:
    """String constants that are neither a docstring nor handed to gettext."""
    if isinstance(node, ast.Call):
        called = node.func.id if isinstance(node.func, ast.Name) else ""
        if called in TRANSLATORS:
            for keyword in node.keywords:
                yield from _said(keyword.value)
            return
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for child in ast.iter_child_nodes(node):
        yield from _said(child)


@pytest.mark.parametrize("name", SCRIPTS)
def test_no_script_says_something_of_its_own(name: str) -> None:
    """What scripts say stands in the page, in data-texts, where gettext reaches it."""
    source = (PACKAGE / "static" / "js" / name).read_text()
    source = re.sub(r"/\*.*?\*/|(?<!:)//[^\n]*", "", source, flags=re.DOTALL)
    strings = [max(found) for found in re.findall(r'"([^"\n]*)"|\'([^\'\n]*)\'|`([^`]*)`', source)]
    assert [text for text in strings if is_dutch(text)] == []


def test_the_scan_finds_what_was_forgotten() -> None:
    """The scans above can fail: a forgotten sentence of each kind is found."""
    html = parse(
        jinja_free("<p>Kies een filmpje {# niet dit #} {{ _('Wel dit') }}</p>"), fragment=True
    )
    assert "Kies een filmpje" in text_of(html.root)
    code = ast.parse('"""Niet dit."""\nflash("Kies een les")\nflash(gettext("Kies een les"))')
    assert [text for text in _said(code) if is_dutch(text)] == ["Kies een les"]

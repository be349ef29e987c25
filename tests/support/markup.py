"""What must hold for every page: its HTML, its names, its forms, its scripts.

A real browser and axe look at pages in the journeys; this looks at every page that any other test
fetches, so that no page can be forgotten. Problems are lines for a developer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib

NAMED = {"input", "select", "textarea", "meter", "progress"}
NEEDS_NO_NAME = {"hidden", "submit", "button", "reset", "image"}
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
POINTERS = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "headers")
HANDLER = re.compile(r"on[a-z]+")
FOREIGN = ("http:", "https:", "//", "javascript:", "data:")


@dataclass
class Tree:
    """A parsed page with the parents that ElementTree does not keep."""

    root: Element
    errors: list[str]
    parents: dict[Element, Element] = field(default_factory=dict)

    def all(self, *names: str) -> list[Element]:
        return [one for one in self.root.iter() if one.tag in names]

    def above(self, element: Element) -> Iterator[Element]:
        while element in self.parents:
            element = self.parents[element]
            yield element

    def find_id(self, name: str) -> Element | None:
        return next((one for one in self.root.iter() if one.get("id") == name), None)


def parse(html: str, *, fragment: bool = False) -> Tree:
    """The page as browsers read it, with every error of the standard's own parser."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    root = parser.parseFragment(html) if fragment else parser.parse(html)
    errors = [f"line {line}: {code} {detail}" for (line, _column), code, detail in parser.errors]
    tree = Tree(root, errors)
    tree.parents = {child: parent for parent in root.iter() for child in parent}
    return tree


def is_tag(element: Element) -> bool:
    """False for a comment: its tag is a function, whatever its type says."""
    return isinstance(cast("object", element.tag), str)


def text_of(element: Element) -> str:
    """What is to be read in an element, hidden pictures left out, spaces as one."""
    return " ".join("".join(_texts(element)).split())


def _texts(element: Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if is_tag(child) and child.get("aria-hidden") != "true":
            if child.tag == "img":
                yield child.get("alt", "")
            yield from _texts(child)
        yield child.tail or ""


def name_of(tree: Tree, element: Element) -> str:
    """The accessible name, as far as our pages need the algorithm."""
    pointed = [tree.find_id(one) for one in element.get("aria-labelledby", "").split()]
    said = " ".join(text_of(one) for one in pointed if one is not None)
    name = said or element.get("aria-label", "").strip() or text_of(element)
    return name or element.get("title", "").strip()


def problems(tree: Tree, *, nonce: str, language: str, fragment: bool = False) -> list[str]:
    """All that is wrong with a page; a fragment has no head, title or h1 to look at."""
    found = [f"not valid HTML: {error}" for error in tree.errors]
    if not fragment:
        found += [*_frame(tree, language), *_headings(tree)]
    for check in (_ids, _controls, _names, _forms, _pictures):
        found += check(tree)
    return [*found, *_scripts(tree, nonce)]


def _frame(tree: Tree, language: str) -> Iterator[str]:
    if tree.root.get("lang") != language:
        yield f"<html lang> is {tree.root.get('lang')!r} and not {language!r}"
    h1 = [text_of(one) for one in tree.all("h1")]
    if len(h1) != 1:
        yield f"{len(h1)} h1: {h1}"
    titles = [text_of(one) for one in tree.all("title") if "svg" not in _tags_above(tree, one)]
    if len(titles) != 1 or not titles[0]:
        yield f"title: {titles}"
    elif h1 and h1[0] not in titles[0]:
        yield f"the title {titles[0]!r} does not hold the h1 {h1[0]!r}"
    if len(tree.all("main")) != 1:
        yield f"{len(tree.all('main'))} main"


def _tags_above(tree: Tree, element: Element) -> set[str]:
    return {str(one.tag) for one in tree.above(element)}


def _headings(tree: Tree) -> Iterator[str]:
    before = 0
    for heading in tree.all(*HEADINGS):
        level = int(heading.tag[1])
        if level > before + 1:
            yield f"{heading.tag} {text_of(heading)!r} follows a heading of level {before}"
        if not text_of(heading):
            # The dialog's question and the recorder's title are filled by a script.
            yield f"empty {heading.tag}"
        before = level


def _ids(tree: Tree) -> Iterator[str]:
    ids = Counter(one.get("id") for one in tree.root.iter() if one.get("id") is not None)
    for name, count in ids.items():
        if count > 1 or not name or re.search(r"\s", str(name)):
            yield f"id {name!r} stands {count} times"
    for element in tree.root.iter():
        for attribute in POINTERS:
            for name in element.get(attribute, "").split():
                if name not in ids:
                    yield f"{element.tag} {attribute}={name!r} points at nothing"
        href = element.get("href", "")
        inside = href.startswith("#") and not href.startswith("#t=") and href[1:]
        if element.tag == "a" and inside and inside not in ids:
            yield f"link to {href!r}, which is not on the page"


def _controls(tree: Tree) -> Iterator[str]:
    labels = {label.get("for"): text_of(label) for label in tree.all("label")}
    for control in tree.all(*NAMED):
        if control.tag == "input" and control.get("type", "text") in NEEDS_NO_NAME:
            continue
        around = [text_of(one) for one in tree.above(control) if one.tag == "label"]
        label = labels.get(control.get("id", ""), "") or " ".join(around)
        if not label and not name_of(tree, control):
            yield f"{control.tag} {control.get('name') or control.get('id')!r} has no label"


def _names(tree: Tree) -> Iterator[str]:
    for element in tree.all("a", "button", "summary"):
        if not name_of(tree, element):
            yield f"{element.tag} without a name: {dict(element.attrib)}"
    for element in tree.all("nav", "table"):
        if element.tag == "nav" and not name_of(tree, element):
            yield "nav without a name"
    for element in tree.all("a"):
        if element.get("href", "").startswith("javascript:"):
            yield "a link that is a script"


def _forms(tree: Tree) -> Iterator[str]:
    for form in tree.all("form"):
        method, action = form.get("method", "get").lower(), form.get("action", "")
        if method == "dialog":
            continue
        if not action:
            yield f"form without an action: {dict(form.attrib)}"
        if urlsplit(action).netloc or action.startswith(FOREIGN):
            yield f"form to somewhere else: {action}"
        tokens = [one.get("value") for one in form.iter("input") if one.get("name") == "csrf_token"]
        if method == "post" and (len(tokens) != 1 or not tokens[0]):
            yield f"form to {action} has {len(tokens)} csrf tokens"
        if method == "get" and tokens:
            yield f"form to {action} puts a csrf token in the address"
        if not any(_sends(one) for one in form.iter()) and form.get("hidden") is None:
            yield f"form to {action} has no button to send it"


def _sends(element: Element) -> bool:
    if element.tag == "button":
        return element.get("type", "submit") == "submit"
    return element.tag == "input" and element.get("type") in {"submit", "image"}


def _pictures(tree: Tree) -> Iterator[str]:
    for picture in tree.all("img"):
        if picture.get("alt") is None:
            yield f"img without alt: {picture.get('src')}"
    for table in tree.all("table"):
        if not any(cell.tag == "th" for cell in table.iter()):
            yield "table without headers"


def _scripts(tree: Tree, nonce: str) -> Iterator[str]:
    for script in tree.all("script"):
        if not nonce or script.get("nonce") != nonce:
            yield f"script without the nonce of this answer: {script.get('src')}"
        inline = (script.text or "").strip()
        if inline and script.get("type") != "application/json":
            yield f"inline script: {inline[:60]}"
    for element in tree.root.iter():
        if element.tag == "style" or element.get("style") is not None:
            yield f"inline style on {element.tag}"
        handlers = [name for name in element.attrib if HANDLER.fullmatch(str(name))]
        if handlers:
            yield f"{element.tag} has {handlers}"
        source = element.get("src") or ""
        if source.startswith(("http:", "https:", "//")):
            yield f"{element.tag} loads {source}"

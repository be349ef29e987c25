"""What we ship of others is what the manifest says, and our own templates and styles fit it."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "lms" / "static"
VENDOR = STATIC / "vendor"
TEMPLATES = ROOT / "lms" / "templates"
ALLOWED_LICENCES = {"0BSD", "ISC", "MIT", "MPL-2.0", "EUPL-1.2", "OFL-1.1"}
FIRST_PAGE_BUDGET = 110_000

MANIFESTS = [VENDOR / "vendor.json", ROOT / "tests" / "vendor" / "vendor.json"]


def read_manifest(path: Path) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return entries


def own_templates() -> list[Path]:
    return [*TEMPLATES.glob("layouts/*.html"), *TEMPLATES.glob("components/*.html")]


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.parent.parent.name)
def test_every_vendored_file_has_the_hash_of_the_manifest(path: Path) -> None:
    for entry in read_manifest(path):
        for name, digest in entry["files"].items():
            found = hashlib.sha256((path.parent / name).read_bytes()).hexdigest()
            assert found == digest, f"{name} differs from the manifest: run the vendor script"


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.parent.parent.name)
def test_no_vendored_file_is_missing_from_the_manifest(path: Path) -> None:
    listed = {name for entry in read_manifest(path) for name in entry["files"]}
    there = {one.relative_to(path.parent).as_posix() for one in path.parent.rglob("*.*")}
    there |= {one.relative_to(path.parent).as_posix() for one in path.parent.rglob("LICENSE*")}
    assert {name for name in there if (path.parent / name).is_file()} - {"vendor.json"} == listed


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.parent.parent.name)
def test_every_part_has_an_allowed_licence_and_its_text(path: Path) -> None:
    for entry in read_manifest(path):
        assert entry["licence"] in ALLOWED_LICENCES
        assert any("LICENSE" in name for name in entry["files"]), entry["name"]


def test_versions_are_those_of_package_json() -> None:
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    shipped = {e["name"]: e["version"] for path in MANIFESTS for e in read_manifest(path)}
    assert shipped == wanted


def test_lock_file_names_no_registry_host() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    assert not [name for name, one in lock["packages"].items() if "resolved" in one]


def test_changed_eupl_files_say_so() -> None:
    for name in ("nlds.css", "theme.css"):
        head = (VENDOR / "nl-design-system" / name).read_text(encoding="utf-8")[:2000]
        assert "EUPL-1.2" in head
        assert "Changed for this project" in head


def test_every_static_file_a_template_names_exists() -> None:
    named = {
        name
        for path in own_templates()
        for name in re.findall(r"static_url\(['\"]([^'\"]+)", path.read_text(encoding="utf-8"))
    }
    assert named
    assert [name for name in sorted(named) if not (STATIC / name).is_file()] == []


def test_every_icon_a_component_uses_is_in_the_sprite() -> None:
    sprite = next(VENDOR.glob("lucide-static-*/sprite.svg")).read_text(encoding="utf-8")
    known = set(re.findall(r'<symbol id="([\w-]+)"', sprite))
    used = {
        name
        for path in own_templates()
        for name in re.findall(r"""icon\(["']([\w-]+)["']""", path.read_text(encoding="utf-8"))
    }
    assert used
    assert used - known == set()


def test_every_css_variable_without_fallback_is_defined() -> None:
    sheets = [*STATIC.glob("css/*.css"), VENDOR / "nl-design-system" / "theme.css"]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sheets)
    defined = set(re.findall(r"(--[\w-]+)\s*:", text))
    used = set(re.findall(r"var\((--[\w-]+)\)", text))
    assert used - defined == set()


def test_style_sheets_point_at_fonts_that_are_there() -> None:
    sheet = STATIC / "css" / "app.css"
    urls = re.findall(r'url\("(\.[^"]+)"\)', sheet.read_text(encoding="utf-8"))
    assert urls
    assert [url for url in urls if not (sheet.parent / url).resolve().is_file()] == []


@pytest.mark.parametrize("path", own_templates(), ids=lambda path: path.stem)
def test_templates_keep_to_the_content_security_policy(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<[^>{]*\sstyle=", text), "style attributes are blocked"
    assert not re.search(r"<[^>{]*\son\w+=", text), "inline handlers are blocked"
    assert not re.search(r"<script(?![^>]*nonce=)", text), "a script needs the nonce"
    assert "|safe" not in text


def test_our_modules_write_text_and_never_markup() -> None:
    for path in (STATIC / "js").glob("*.js"):
        text = path.read_text(encoding="utf-8")
        for sink in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
            assert sink not in text, f"{path.name} uses {sink}"


# Pages written before form.text_area() was there. The list may shrink, never grow.
NAMES_NLDS_ITSELF = {
    "learning/_reactions.html",
    "learning/_self_review.html",
    "learning/_spoken.html",
    "learning/_take.html",
    "learning/record.html",
}


def test_nlds_class_names_stay_inside_components_and_layouts() -> None:
    others = set(TEMPLATES.rglob("*.html")) - set(own_templates())
    found = {
        path.relative_to(TEMPLATES).as_posix()
        for path in others
        if re.search(r'class="[^"]*\b(utrecht|nl)-[a-z]', path.read_text(encoding="utf-8"))
    }
    assert found - NAMES_NLDS_ITSELF == set()


def with_imports(module: Path, seen: set[Path]) -> set[Path]:
    """Return a module and everything it imports at once (dynamic imports wait for their page)."""
    if module not in seen:
        seen.add(module)
        text = module.read_text(encoding="utf-8")
        for name in re.findall(r'^import [^(]*?"(\./[^"]+)"', text, flags=re.MULTILINE):
            with_imports((module.parent / name).resolve(), seen)
    return seen


def test_first_page_stays_within_its_budget() -> None:
    """All that app.html loads on a first visit, gzipped, with room for 8 kB of page."""
    layouts = [TEMPLATES / "layouts" / name for name in ("base.html", "app.html")]
    named = "".join(path.read_text(encoding="utf-8") for path in layouts)
    loaded: set[Path] = set()
    for name in re.findall(r"static_url\('([^']+)'\)", named):
        path = STATIC / name
        loaded |= with_imports(path, set()) if name.startswith("js/") else {path}
    loaded |= set(VENDOR.glob("lucide-static-*/sprite.svg"))
    packed = sum(len(gzip.compress(path.read_bytes(), 6)) for path in loaded)
    fonts = sum(p.stat().st_size for p in VENDOR.glob("fontsource*/*latin-wght*.woff2"))
    assert packed + fonts + 8_000 <= FIRST_PAGE_BUDGET

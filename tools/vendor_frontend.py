"""Copy the front-end parts we ship from their npm packages into the repository.

For developers only: `python tools/vendor_frontend.py` reads `package.json` and its lock, installs
them in a temporary folder without running any package script, and writes a whitelist to
`lms/static/vendor` (shipped) and `tests/vendor` (axe-core and tus-js-client, tests only).
Installing or running the application needs no node: what this script writes is committed, and
`vendor.json` beside it holds version, licence and sha256 of every file for the test that compares
them.

NL Design System arrives as many small stylesheets. They become one file in `@layer nlds`, without
the variants no macro of ours uses; its theme becomes one file in `@layer theme`, with only the
tokens something refers to. Both files say that they were changed, as the EUPL asks.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "lms" / "static"
VENDOR = STATIC / "vendor"
TEST_VENDOR = ROOT / "tests" / "vendor"
ALLOWED_LICENCES = frozenset({"0BSD", "ISC", "MIT", "MPL-2.0", "EUPL-1.2", "OFL-1.1"})
NLDS_FOLDER = "nl-design-system"
TOKENS_PACKAGE = "@nl-design-system-unstable/voorbeeld-design-tokens"
ICONS_PACKAGE = "lucide-static"

NLDS_STYLES = {
    "@nl-design-system-candidate/button-css": "dist/button.css",
    "@nl-design-system-candidate/link-css": "dist/link.css",
    "@nl-design-system-candidate/skip-link-css": "dist/skip-link.css",
    "@utrecht/alert-css": "dist/index.min.css",
    "@utrecht/breadcrumb-nav-css": "dist/index.min.css",
    "@utrecht/form-field-css": "dist/index.min.css",
    "@utrecht/form-field-description-css": "dist/index.min.css",
    "@utrecht/form-field-error-message-css": "dist/index.min.css",
    "@utrecht/form-fieldset-css": "dist/index.min.css",
    "@utrecht/form-label-css": "dist/index.min.css",
    "@utrecht/pagination-css": "dist/index.min.css",
    "@utrecht/select-css": "dist/index.min.css",
    "@utrecht/table-css": "dist/index.min.css",
    "@utrecht/textarea-css": "dist/index.min.css",
    "@utrecht/textbox-css": "dist/index.min.css",
}

# Variants that no macro in lms/templates/components writes. Dropping them halves the stylesheet.
UNUSED_VARIANT = re.compile(
    r"--(?:pressed|positive|busy|current|inline-box|active|hover|focus|focus-visible|focus-within"
    r"|row-focus-within|row-hover|read-only|required|oneline|fixed|truncate|selected|sticky\w*"
    r"|sticky-block|sticky-inline|alternate\w*|alternate-row-color|html-article|html-section"
    r"|html-nav|html-figure|html-div|html-span|html-p|arrows|[a-z-]*-size|bic|iban|numeric"
    r"|password|distanced|section|checked|radio|visible(?!-on-focus))(?![\w-])"
    r"|data-placeholder|:read-only|:invalid|:user-invalid|__header-cell-button|utrecht-table__footer|__figcaption"
    r"|breadcrumb-nav__(?:separator|link|item|heading)|--utrecht-hover|utrecht-table--html-table"
    r"|utrecht-table__|form-field--checkbox|form-field__|form-field-description--(?:valid|warning)"
    r"|placeholder-(?:ltr|rtl)|textbox--url|--html-input\[|alert__icon|pagination__\S*--(?:next|prev)"
)

FILES = {
    "htmx.org": ("dist/htmx.min.js",),
    "@fontsource-variable/figtree": (
        "files/figtree-latin-wght-normal.woff2",
        "files/figtree-latin-ext-wght-normal.woff2",
    ),
    "@fontsource-variable/source-sans-3": (
        "files/source-sans-3-latin-wght-normal.woff2",
        "files/source-sans-3-latin-ext-wght-normal.woff2",
    ),
}

ICONS = """
activity arrow-left arrow-right bell book-open briefcase calendar camera camera-off captions
check chevron-down chevron-left chevron-right chevron-up circle-alert circle-check circle-help
clock columns-2 corner-down-right download external-link eye eye-off file-text flag globe home
inbox info lightbulb list log-out mail maximize menu message-circle mic mic-off minus pause
pencil play plus refresh-cw rotate-ccw route search send settings share-2 shield smartphone
sparkles star target thumbs-up trash-2 triangle-alert upload user users video video-off volume-2
wifi-off x
""".split()  # noqa: SIM905 -- a list of 70 names would be 70 lines


@dataclass(frozen=True)
class Package:
    """One installed npm package: its folder and what its own package.json says."""

    name: str
    folder: Path
    version: str
    licence: str

    @property
    def target(self) -> str:
        """Folder name under vendor: scope dropped, version kept, so that URLs never go stale."""
        scope, _, short = self.name.rpartition("/")
        prefix = "fontsource-" if scope.startswith("@fontsource") else ""
        return f"{prefix}{short}-{self.version}"


def open_package(modules: Path, name: str) -> Package:
    """Read an installed package; refuses a licence that is not on the list."""
    about = json.loads((modules / name / "package.json").read_text(encoding="utf-8"))
    if about["license"] not in ALLOWED_LICENCES:
        raise SystemExit(f"{name}: licence {about['license']} is not on the list")
    return Package(name, modules / name, about["version"], about["license"])


def install(folder: Path) -> Path:
    """Install the locked versions in `folder` and return its node_modules."""
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(ROOT / name, folder / name)
    subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit"], cwd=folder, check=True)
    return folder / "node_modules"


def split_rules(css: str) -> Iterator[tuple[str, str]]:
    """Yield (prelude, body) of every top-level rule of a stylesheet without comments."""
    depth, start, opened = 0, 0, 0
    for at, char in enumerate(css):
        if char == "{":
            depth += 1
            opened = at if depth == 1 else opened
        elif char == "}":
            depth -= 1
            if depth == 0:
                yield css[start:opened].strip(), css[opened + 1 : at].strip()
                start = at + 1


def split_selectors(prelude: str) -> list[str]:
    """Split a selector list at its commas, leaving those inside :where() and :not() alone."""
    return [part.strip() for part in re.split(r",(?![^(]*\))", prelude)]


def prune_rules(css: str) -> str:
    """Drop the rules, and the selectors of shared rules, that only serve an unused variant."""
    kept = []
    for prelude, body in split_rules(re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)):
        if prelude.startswith("@media"):
            inner = prune_rules(body)
            kept += [f"{prelude}{{{inner}}}"] if inner else []
            continue
        selectors = [one for one in split_selectors(prelude) if not UNUSED_VARIANT.search(one)]
        kept += [f"{','.join(selectors)}{{{body}}}"] if selectors and body else []
    return "\n".join(kept)


def notice(packages: list[Package], change: str) -> str:
    """Return the comment that names origin, licence and our change."""
    parts = "\n".join(f" * {one.name} {one.version} ({one.licence})" for one in packages)
    return f"/*!\n{parts}\n * See LICENSE.md. Changed for this project: {change}\n */\n"


def build_nlds(packages: list[Package]) -> str:
    """Concatenate the component styles in one cascade layer."""
    rules = "\n".join(
        prune_rules((one.folder / NLDS_STYLES[one.name]).read_text(encoding="utf-8"))
        for one in packages
    )
    head = notice(packages, "joined, unused variants dropped, wrapped in a cascade layer.")
    return f"{head}@layer nlds{{\n{rules}\n}}\n"


def reachable_tokens(tokens: dict[str, str], texts: list[str]) -> set[str]:
    """Return the tokens used by `texts`, directly or through other tokens."""
    use = re.compile(r"var\(\s*(--[\w-]+)")
    seen: set[str] = set()
    todo = [name for text in texts for name in use.findall(text)]
    while todo:
        name = todo.pop()
        if name in tokens and name not in seen:
            seen.add(name)
            todo += use.findall(tokens[name])
    return seen


def build_theme(package: Package, users: list[str]) -> str:
    """Return the theme's rule on :root with only the tokens that `users` need."""
    source = (package.folder / "dist" / "theme.css").read_text(encoding="utf-8")
    source = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
    tokens = dict(re.findall(r"(--[\w-]+):\s*([^;]+);", source))
    used = reachable_tokens(tokens, users)
    lines = "\n".join(f"{name}:{value};" for name, value in tokens.items() if name in used)
    head = notice([package], "unused tokens dropped, set on :root, wrapped in a cascade layer.")
    return f"{head}@layer theme{{\n:root{{\n{lines}\n}}\n}}\n"


def build_sprite(package: Package) -> str:
    """Return one SVG with a symbol per icon of `ICONS`."""
    head = (
        '<svg xmlns="http://www.w3.org/2000/svg">\n'
        f"<!-- {package.name} {package.version} ({package.licence}), see LICENSE -->\n"
    )
    look = (
        'viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
        'stroke-linecap="round" stroke-linejoin="round"'
    )
    symbols = []
    for name in ICONS:
        svg = (package.folder / "icons" / f"{name}.svg").read_text(encoding="utf-8")
        shapes = re.sub(r"\s*\n\s*", "", svg[svg.index(">", svg.index("<svg")) + 1 :])
        symbols.append(f'<symbol id="{name}" {look}>{shapes.replace("</svg>", "")}</symbol>\n')
    return head + "".join(symbols) + "</svg>\n"


def copy_licence(package: Package, folder: Path) -> None:
    """Put the package's licence file beside what we took from it."""
    found = [one for one in package.folder.iterdir() if one.name.upper().startswith("LICENSE")]
    if not found:
        raise SystemExit(f"{package.name}: no licence file to ship")
    for one in found:
        shutil.copyfile(one, folder / one.name)


def copy_files(package: Package, names: tuple[str, ...], folder: Path) -> None:
    """Copy whole files, flat, with the licence."""
    folder.mkdir(parents=True)
    for name in names:
        shutil.copyfile(package.folder / name, folder / Path(name).name)
    copy_licence(package, folder)


def describe(package: Package, folder: Path, base: Path) -> dict[str, object]:
    """Return the manifest entry of a package: every file in its folder with its sha256."""
    return {
        "name": package.name,
        "version": package.version,
        "licence": package.licence,
        "files": {
            one.relative_to(base).as_posix(): hashlib.sha256(one.read_bytes()).hexdigest()
            for one in sorted(folder.iterdir())
            if one.is_file()
        },
    }


def write_manifest(path: Path, entries: list[dict[str, object]]) -> None:
    """Write the manifest, sorted, so that two runs give the same bytes."""
    entries.sort(key=lambda entry: str(entry["name"]))
    path.write_text(json.dumps(entries, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def vendor_nlds(modules: Path) -> list[dict[str, object]]:
    """Write the joined stylesheet and the pruned theme."""
    folder = VENDOR / NLDS_FOLDER
    folder.mkdir(parents=True)
    styles = [open_package(modules, name) for name in NLDS_STYLES]
    tokens = open_package(modules, TOKENS_PACKAGE)
    nlds = build_nlds(styles)
    own = [one.read_text(encoding="utf-8") for one in sorted((STATIC / "css").glob("*.css"))]
    (folder / "nlds.css").write_text(nlds, encoding="utf-8")
    (folder / "theme.css").write_text(build_theme(tokens, [nlds, *own]), encoding="utf-8")
    copy_licence(tokens, folder)
    return [describe(one, folder, VENDOR) for one in (*styles, tokens)]


def vendor_icons(modules: Path) -> dict[str, object]:
    """Write the icon sprite."""
    package = open_package(modules, ICONS_PACKAGE)
    folder = VENDOR / package.target
    copy_files(package, (), folder)
    (folder / "sprite.svg").write_text(build_sprite(package), encoding="utf-8")
    return describe(package, folder, VENDOR)


def vendor_for_tests(modules: Path) -> None:
    """Write what only tests run: a judge of pages, and somebody else's upload client."""
    axe, tus = (open_package(modules, name) for name in ("axe-core", "tus-js-client"))
    shutil.rmtree(TEST_VENDOR, ignore_errors=True)
    copy_files(axe, ("axe.min.js",), TEST_VENDOR)
    entries = [describe(axe, TEST_VENDOR, TEST_VENDOR)]
    copy_files(tus, ("dist/tus.min.js",), TEST_VENDOR / tus.target)
    entries.append(describe(tus, TEST_VENDOR / tus.target, TEST_VENDOR))
    write_manifest(TEST_VENDOR / "vendor.json", entries)


def main() -> None:
    """Rewrite both vendor folders from the locked packages."""
    with tempfile.TemporaryDirectory() as temporary:
        modules = install(Path(temporary))
        shutil.rmtree(VENDOR, ignore_errors=True)
        entries = [*vendor_nlds(modules), vendor_icons(modules)]
        for name, files in FILES.items():
            package = open_package(modules, name)
            copy_files(package, files, VENDOR / package.target)
            entries.append(describe(package, VENDOR / package.target, VENDOR))
        write_manifest(VENDOR / "vendor.json", entries)
        vendor_for_tests(modules)
    print(f"{len(entries)} packages written to {VENDOR.relative_to(ROOT)}")


if __name__ == "__main__":
    main()

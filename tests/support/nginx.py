"""A real nginx before a served site, with the very lines that docs/operations.md shows."""

from __future__ import annotations

import grp
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lms.cli.server import answers
from lms.config import Settings
from support.served import PATIENCE, free_port

MANUAL = Path(__file__).resolve().parents[2] / "docs" / "operations.md"
PROGRAM = shutil.which("nginx") or "/usr/sbin/nginx"
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def shown() -> str:
    """What the manual says under its heading about nginx."""
    (found,) = re.findall(r"^```nginx\n(.*?)^```", MANUAL.read_text(), re.DOTALL | re.MULTILINE)
    return str(found)


def configuration(settings: Settings, folder: Path, port: int) -> str:
    """The manual's lines with this site's port and folder, and what Debian's nginx has around."""
    lines = shown()
    for said, meant in (
        ("http://127.0.0.1:8000;", f"http://127.0.0.1:{settings.port};"),
        ("/srv/goed-gesprek/blobs/", f"{settings.blobs}/"),
    ):
        assert said in lines
        lines = lines.replace(said, meant)
    member = f"user nobody {grp.getgrgid(os.getgid()).gr_name};" if os.geteuid() == 0 else ""
    places = "\n".join(f"{name}_temp_path {folder}/{name};" for name in TEMPORARY)
    return f"""
    daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log warn; {member}
    events {{}}
    http {{
      access_log off; {places}
      server {{ listen 127.0.0.1:{port};
{lines}
      }}
    }}"""


@contextmanager
def in_front_of(settings: Settings, folder: Path) -> Iterator[int]:
    """Run nginx until the block ends; the port people use. Its workers own nothing of the site.

    As root they are somebody else, who is in the site's group, as the manual says.
    """
    port = free_port()
    config = folder / "nginx.conf"
    config.write_text(configuration(settings, folder, port))
    process = subprocess.Popen([PROGRAM, "-p", folder, "-c", config, "-e", folder / "error.log"])
    try:
        while not answers(settings.model_copy(update={"port": port})):
            assert process.poll() is None, (folder / "error.log").read_text()
            threading.Event().wait(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(PATIENCE)

"""Writes the three rings of a Swift of one device: `python s3_rings.py FOLDER PORT PORT PORT`.

A program of its own, because importing Swift patches the standard library of the whole process.
"""

from __future__ import annotations

import sys
from pathlib import Path

from swift.common.ring import RingBuilder

PART_POWER = 2
SERVERS = ("account", "container", "object")


def main(folder: Path, ports: list[int]) -> None:
    for name, port in zip(SERVERS, ports, strict=True):
        builder = RingBuilder(PART_POWER, 1, 0)
        builder.add_dev(
            {
                "id": 0,
                "region": 1,
                "zone": 1,
                "weight": 1,
                "ip": "127.0.0.1",
                "port": port,
                "replication_ip": "127.0.0.1",
                "replication_port": port,
                "device": "disk",
                "meta": "",
            }
        )
        builder.rebalance(seed="1")
        builder.get_ring().save(str(folder / f"{name}.ring.gz"))


if __name__ == "__main__":
    main(Path(sys.argv[1]), [int(port) for port in sys.argv[2:]])

"""Run the rounds from the command line."""

import argparse
import random
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.studies.killing.archive import Archive, everything
from tests.studies.killing.deident import deidentify
from tests.studies.killing.doors import CommandLine, Stow
from tests.studies.killing.files import new_images, new_volumes
from tests.studies.killing.servers import servers

Tell = Callable[[str], None]


def bring_in(archive: Archive, door: str, count: int, numbers: list[int], seed: int, tell: Tell) -> None:
    """Kill imports; AssertionError at the first loss."""
    total = interrupted = 0
    way = Stow(archive) if door == "stow" else CommandLine(archive)
    make = new_volumes if door == "research" else new_images
    try:
        for number in (0, *numbers):
            rng = random.Random(seed * 1000 + number)  # noqa: S311  # kept to repeat what fails
            folder = archive.folder / f"files-{number}"
            folder.mkdir()
            files = make(rng, count)
            share = None if number == 0 else rng.uniform(0, 1.1)  # the first, whole one says how long it takes
            acks = way.run(folder, files, share)
            archive.check(files, acks)
            total += len(acks)
            interrupted += 0 < len(acks) < len(files)
            if number % 3 == 0:
                again = way.run(folder, files, None)
                archive.check(files, again)
                archive.check(files, acks)
                everything(files)
            shown = "whole" if share is None else f"killed at {share:.2f}"
            tell(f"round {number}: {shown} of {way.usual_s:.1f} s, {len(acks)} of {len(files)} acknowledged")
        archive.verify()
    finally:
        way.close()
    tell(f"{len(numbers)} kills: {total} acknowledged files all there and whole, {interrupted} kills in the middle")


def main() -> None:
    """Read the arguments, start the servers, run."""
    parser = argparse.ArgumentParser(prog="python -m tests.studies.killing")
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=1, help="number of the first round, to go on with a long run")
    parser.add_argument("--files", type=int, help="of a round; 300, or 6 research volumes")
    parser.add_argument("--door", choices=["command", "stow", "research", "deident"], default="command")
    parser.add_argument("--storage", choices=["folder", "s3"], default="folder")
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    chosen = parser.parse_args()
    files = chosen.files or (6 if chosen.door == "research" else 300)
    numbers = list(range(chosen.first, chosen.first + chosen.rounds))

    def tell(line: str) -> None:
        print(line, flush=True)

    with tempfile.TemporaryDirectory() as place, servers(chosen.storage, chosen.database) as variables:
        archive = Archive(Path(place), variables)
        if chosen.door == "deident":
            deidentify(archive, numbers, chosen.seed, tell)
        else:
            bring_in(archive, chosen.door, files, numbers, chosen.seed, tell)
        tell(f"by {chosen.door}, on {chosen.storage} and {chosen.database}")


if __name__ == "__main__":
    main()
